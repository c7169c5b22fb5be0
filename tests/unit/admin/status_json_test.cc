// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/status_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace syncer::admin {
namespace {

/// Every field of every struct set to something that is not its default.
node::Status full() {
  node::Status status;
  status.node = "a";
  status.region = "home";
  status.mode = "cluster";
  status.epoch = {1, 42};
  status.ready = true;
  status.group = cluster::GroupStatus{
      true, "a", 3, 7, 1, {{"a", "0a", "10.0.0.1:30192", "leader", 7, 0, std::chrono::milliseconds(250)}}};
  status.failure = "its disk failed";
  status.leaving = true;
  status.conflict = "the region's name is used twice";
  status.starting = "the registry was not read yet";
  status.unreached = "no other syncer reaches 10.0.0.1:30190";
  status.export_paused = true;
  status.unkept_keys = "the keyring file cannot be written";
  status.joins = {{"10.0.0.9:30190", false, "connection refused", true}};
  status.registry = {"servicecenter",
                     "http://10.0.0.1:30100",
                     true,
                     "west writes it",
                     "slow",
                     {"cart: no room"},
                     {"a canary that nobody wrote"},
                     {"till: too large"},
                     {"desk lacks endpoints"},
                     std::chrono::milliseconds(250),
                     {"KIE"},
                     1,
                     2,
                     3,
                     4,
                     6,
                     true,
                     5};
  const std::chrono::milliseconds age(1500);
  status.regions = {{"east",
                     {true, true, true, true, "cut", age, {2, 3}, 9, 5, 11, 2, age, "hub", "hub", 2, "too much"},
                     {true, "paused", {1, 6}}}};
  status.members = {{"a", "10.0.0.1:30190", "10.0.0.1:30191", "home", "alive", 4, Duration(135'000), {{"x", "y"}}, 0}};
  status.certificate = node::CertificateStatus{"syncer://home/sync+voter/a", false, std::chrono::hours(30),
                                               "ends in 1 day", "it ends in 1 day"};
  status.pending = {"the registry was not read yet"};
  status.gossip_dropped = {{"wrong_node", 7}};
  status.sync_refused = {{"newcomer", 5}};
  status.cluster_refused = {{"rival", 3}};
  return status;
}

TEST(StatusJson, EveryFieldIsReadBack) {
  const std::string text = to_json(full());
  const auto read = from_json<node::Status>(text);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->epoch, (Epoch{1, 42}));
  EXPECT_EQ(read->regions[0].link.last_heard, std::chrono::milliseconds(1500));
  EXPECT_EQ(read->group->voters, full().group->voters);
  EXPECT_EQ(read->members[0].health, 0);
}

TEST(StatusJson, NoFieldIsForgottenByItsDescription) {
  // An empty status has the same keys as a full one, but for what may be absent.
  const auto keys_of = [](const nlohmann::json& document) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : document.items()) keys.push_back(key);
    return keys;
  };
  const auto document = nlohmann::json::parse(to_json(full()));
  EXPECT_EQ(keys_of(document),
            (std::vector<std::string>{"certificate", "cluster_refused",  "conflict",       "epoch",    "export_paused",
                                      "failure",     "gossip_datagrams", "gossip_dropped", "group",    "joins",
                                      "leaving",     "members",          "mode",           "node",     "pending",
                                      "ready",       "region",           "regions",        "registry", "schema",
                                      "starting",    "sync_refused",     "unkept_keys",    "unreached"}));
  EXPECT_EQ(keys_of(document.at("registry")), (std::vector<std::string>{"address",
                                                                        "copies",
                                                                        "cut",
                                                                        "excluded_services",
                                                                        "exported",
                                                                        "failing",
                                                                        "forged",
                                                                        "guard",
                                                                        "guard_changes",
                                                                        "guard_held",
                                                                        "guard_mass_expiry",
                                                                        "guard_mass_orphaned",
                                                                        "guard_memory_lost",
                                                                        "guard_unproven",
                                                                        "kind",
                                                                        "pending",
                                                                        "problem",
                                                                        "reachable",
                                                                        "read_interval_seconds",
                                                                        "rejected",
                                                                        "shared",
                                                                        "unfit",
                                                                        "unsigned_copies"}));
  EXPECT_EQ(keys_of(document.at("regions").at(0)), (std::vector<std::string>{"cap_bytes",
                                                                             "epoch",
                                                                             "export_paused",
                                                                             "guard",
                                                                             "guard_changes",
                                                                             "guard_held",
                                                                             "guard_mass_expiry",
                                                                             "guard_mass_orphaned",
                                                                             "guard_memory_lost",
                                                                             "guard_unproven",
                                                                             "holding",
                                                                             "hops",
                                                                             "instances",
                                                                             "lag_seconds",
                                                                             "last_heard_seconds",
                                                                             "left",
                                                                             "link_up",
                                                                             "over_quota",
                                                                             "paused",
                                                                             "policy",
                                                                             "policy_leaving",
                                                                             "policy_not_given",
                                                                             "policy_not_taken",
                                                                             "problem",
                                                                             "read_via",
                                                                             "received_bytes",
                                                                             "receiving",
                                                                             "records",
                                                                             "region",
                                                                             "sending",
                                                                             "sent_bytes",
                                                                             "sequence",
                                                                             "spared_bytes",
                                                                             "unacknowledged",
                                                                             "via",
                                                                             "waiting_records",
                                                                             "waiting_seconds"}));
}

TEST(StatusJson, WhatIsAbsentIsNullOrLeftOut) {
  const auto document = nlohmann::json::parse(to_json(node::Status{}));
  EXPECT_TRUE(document.at("group").is_null());
  EXPECT_TRUE(document.at("registry").is_object());
  node::Status silent;
  silent.regions.resize(1);
  EXPECT_FALSE(nlohmann::json::parse(to_json(silent)).at("regions").at(0).contains("last_heard_seconds"));
  node::Status status;
  status.members.resize(1);
  EXPECT_FALSE(nlohmann::json::parse(to_json(status)).at("members").at(0).contains("health_score"));
}

TEST(StatusJson, AFollowerSaysNothingOfItsLeadersWork) {
  node::Status follower = full();
  follower.group->leads = false;
  const std::string text = to_json(follower);
  const auto document = nlohmann::json::parse(text);
  EXPECT_TRUE(document.at("registry").is_null());
  EXPECT_TRUE(document.at("regions").empty());
  ASSERT_TRUE(from_json<node::Status>(text));
  EXPECT_EQ(to_json(*from_json<node::Status>(text)), text);
}

TEST(StatusJson, BytesThatAreNoTextAreReplaced) {
  node::Status status;
  status.pending = {"\xff"};
  EXPECT_TRUE(from_json<node::Status>(to_json(status)));
}

}  // namespace
}  // namespace syncer::admin
