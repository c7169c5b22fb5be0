// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong: the page, `--check`, `/readyz` and the metrics say it, each once, and all is well in none of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "syncer/admin/metrics.h"
#include "syncer/admin/status_json.h"
#include "syncer/cli/show.h"
#include "syncer/node/facts.h"

namespace syncer::cli {
namespace {

node::Status healthy() {
  node::Status status;
  status.node = "a";
  status.region = "home";
  status.mode = "single";
  status.registry.address = "http://10.0.0.10:30100";
  status.registry.reachable = true;
  status.joins = {{"10.0.0.11:30190", true, "", false}};
  status.regions.resize(1);
  status.regions[0].region = "east";
  peering::LinkStatus& link = status.regions[0].link;
  link.link_up = link.receiving = link.sending = true;
  link.last_heard = std::chrono::milliseconds(200);
  status.members = {{"a", "10.0.0.10:30190", "10.0.0.10:30191", "home", "alive", 1, {}}};
  return status;
}

struct Cause {
  const char* name;  ///< in the metrics
  const char* text;  ///< for people
  std::function<void(node::Status&)> happen;
};

std::vector<Cause> causes() {
  using S = node::Status;
  const auto group = [](S& s) {
    s.group = cluster::GroupStatus{true, "a", 3, 7, 1, {{"a", "0a", "", "leader"}, {"b", "0b", "", "not there"}}};
  };
  return {
      {"failed", "the epoch cannot be stored", [](S& s) { s.failure = "the epoch cannot be stored"; }},
      {"leaving", "the syncer is leaving", [](S& s) { s.leaving = true; }},
      {"region_name_used_twice", "is used by two syncers",
       [](S& s) { s.conflict = "\"home\" is used by two syncers"; }},
      {"starting", "not read completely yet", [](S& s) { s.starting = "the registry was not read completely yet"; }},
      {"not_reached", "no other syncer reaches", [](S& s) { s.unreached = "no other syncer reaches 10.9.9.9:30190"; }},
      {"keys_not_kept", "keyring file", [](S& s) { s.unkept_keys = "the keyring file cannot be written"; }},
      {"certificate", "or a CA above it",
       [](S& s) {
         const std::chrono::hours left(150);
         s.certificate = node::CertificateStatus{"syncer://home/sync", true, left, "", node::certificate_problem(left)};
       }},
      {"registry_shared", "this registry is shared", [](S& s) { s.registry.shared = "this registry is shared"; }},
      {"registry_unreadable", "connection refused",
       [](S& s) { s.registry.problem = "it does not answer: connection refused"; }},
      {"record_not_written", "400001", [](S& s) { s.registry.failing = {"copy of east: cart is refused: 400001"}; }},
      {"instance_too_large", "5173 bytes", [](S& s) { s.registry.unfit = {"till: 5173 bytes"}; }},
      {"registry_guard", "memory-lost", [](S& s) { s.registry.guard.reason = "memory-lost"; }},
      {"region_guard", "mass-orphaned", [](S& s) { s.regions[0].imports.guard.reason = "mass-orphaned"; }},
      {"region_not_connected", "was ever heard",
       [](S& s) { s.regions[0].link.problem = "nothing was ever heard of it"; }},
      {"never_joined", "not joined",
       [](S& s) {
         s.joins = {{"10.0.0.9:30190", false, "not joined: refused", true}};
       }},
      {"group_not_working", "no leader of the region",
       [](S& s) {
         s.group = cluster::GroupStatus{false, "", 3, 7, 1};
         s.group->problems = {"no leader of the region is known"};
       }},
      {"voter_missing", "not there", group},
  };
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(Agreement, NothingIsWrongAnywhereWhenAllIsWell) {
  node::Status status = healthy();
  status.ready = node::problems_of(status).empty();
  EXPECT_TRUE(status.ready);
  EXPECT_TRUE(status_problems(status).empty());
  const std::string metrics = admin::metrics_text(status, {}, {"1.0", "abc", {}});
  EXPECT_EQ(metrics.find("syncer_problem{"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("\nsyncer_ready 1\n"), std::string::npos) << metrics;
}

TEST(Agreement, EveryCauseIsNamedByAllOfThemAndOnce) {
  for (const Cause& cause : causes()) {
    node::Status status = healthy();
    cause.happen(status);
    status.ready = node::problems_of(status).empty();
    const node::Status received = admin::from_json<node::Status>(admin::to_json(status)).value();
    EXPECT_FALSE(received.ready) << cause.name;
    const std::vector<std::string> check = status_problems(received);
    ASSERT_EQ(check.size(), 1U) << cause.name;
    EXPECT_EQ(count(check.front(), cause.text), 1U) << check.front();
    EXPECT_EQ(count(status_page(received), cause.text), 1U) << cause.name << " in\n" << status_page(received);
    EXPECT_EQ(node::problem_lines_of(status), check) << cause.name;
    const std::string metrics = admin::metrics_text(status, {}, {"1.0", "abc", {}});
    EXPECT_EQ(count(metrics, "\nsyncer_problem{"), 1U) << cause.name << " in\n" << metrics;
    EXPECT_NE(metrics.find(std::string("syncer_problem{cause=\"") + cause.name + "\""), std::string::npos) << metrics;
    EXPECT_NE(metrics.find("\nsyncer_ready 0\n"), std::string::npos) << cause.name;
  }
}

TEST(Agreement, EveryFieldThatCanBeAProblemIsInTheTable) {
  node::Status all = healthy();
  for (const Cause& cause : causes()) cause.happen(all);
  std::set<std::string> named;
  for (const Cause& cause : causes()) named.insert(cause.name);
  for (const node::StatusProblem& problem : node::problems_of(all))
    EXPECT_EQ(named.count(problem.cause), 1U) << problem.cause;
}

}  // namespace
}  // namespace syncer::cli
