// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/show.h"

#include <gtest/gtest.h>

#include "syncer/admin/status_json.h"

namespace syncer::cli {
namespace {

/// The document as the command line reads it from the daemon.
template <class Document>
Document received(const Document& document) {
  return admin::from_json<Document>(admin::to_json(document)).value();
}

node::Status healthy() {
  node::Status status;
  status.node = "a";
  status.region = "home";
  status.mode = "single";
  status.ready = true;
  status.registry.address = "http://10.0.0.10:30100";
  status.registry.reachable = true;
  status.regions.resize(1);
  status.regions[0].region = "east";
  status.regions[0].link.link_up = true;
  status.members = {{"a", "10.0.0.10:30190", "10.0.0.10:30191", "home", "alive", 1, {}}};
  status.members[0].tags = {{"region", "home"}, {"mode", "single"}, {"x", "\x1b[2J"}};
  status.members[0].health = 0;
  return status;
}

TEST(Show, AHealthySyncerHasNoProblems) { EXPECT_TRUE(status_problems(received(healthy())).empty()); }

TEST(Show, EachProblemIsNamed) {
  node::Status status = healthy();
  status.ready = false;
  status.registry.reachable = false;
  status.registry.problem = "it does not answer: connection refused";
  status.registry.guard.held = 3;
  status.registry.guard.reason = "memory-lost: the registry went back in time 3s ago";
  status.regions[0].link.link_up = false;
  status.regions[0].link.problem = "nothing was ever heard of it";
  status.regions[0].imports.guard.reason = "mass-orphaned: 9 of 12 entries are gone";
  EXPECT_EQ(status_problems(received(status)),
            (std::vector<std::string>{
                "registry http://10.0.0.10:30100: it does not answer: connection refused, "
                "guard: memory-lost: the registry went back in time 3s ago",
                "region east: nothing was ever heard of it, guard: mass-orphaned: 9 of 12 entries are gone"}));
}

TEST(Show, WhatIsWrongComesBeforeEverythingElseOfItsLine) {
  node::Status status = healthy();
  status.registry.failing = {"copy of east: cart is refused: no room"};
  const std::string page = status_page(received(status));
  EXPECT_NE(page.find("registry  http://10.0.0.10:30100: copy of east: cart is refused: no room, reachable"),
            std::string::npos)
      << page;
}

TEST(Show, WhoIsNotReadySaysWhy) {
  node::Status status = healthy();
  status.ready = false;
  status.group = cluster::GroupStatus{};
  status.group->problems = {"2 of 3 syncers are seen"};
  EXPECT_EQ(status_problems(received(status)), std::vector<std::string>{"group: 2 of 3 syncers are seen"});
  status.group->problems.clear();
  EXPECT_EQ(status_problems(received(status)), std::vector<std::string>{"not ready"}) << "said by another release";
}

TEST(Show, ThePageNamesRegistryRegionsAndReasons) {
  node::Status status = healthy();
  status.pending = {"the registry was not read yet"};
  const std::string page = status_page(received(status));
  for (const char* part : {"node      a: region home, mode single, ready, epoch 0.0\n", "10.0.0.10:30100: reachable",
                           "east: connected", "pending   the registry was not read yet"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\nin\n" << page;
  }
}

TEST(Show, NoNameOrReasonCommandsTheTerminal) {
  node::Status status = healthy();
  status.regions[0].region = "e\x1b[2Jast";
  status.pending = {
      "refused: \x9b"
      "2J\r"};
  const std::string page = status_page(received(status));
  EXPECT_NE(page.find("region    e?[2Jast: connected"), std::string::npos) << page;
  EXPECT_EQ(page.find_first_of("\x1b\r\x9b"), std::string::npos) << page;
}

TEST(Show, AGroupWithoutALeaderOrAVoterIsUnhealthy) {
  node::Status status = healthy();
  status.group = cluster::GroupStatus{false, "e1", 3, 7, 1, {{"e1", "0a", "", "leader"}, {"e2", "0b", "", "follower"}}};
  EXPECT_TRUE(status_problems(received(status)).empty());
  status.group->voters[1].state = "disk lost";
  EXPECT_EQ(status_problems(received(status)), std::vector<std::string>{"voter e2: disk lost"});
  status.ready = false;
  status.group->problems = {"no leader of the region is known"};
  EXPECT_EQ(status_problems(received(status)),
            (std::vector<std::string>{"group: no leader of the region is known", "voter e2: disk lost"}));
}

TEST(Show, ALeaderShowsHowFarBehindItsVotersAre) {
  node::Status status = healthy();
  cluster::VoterStatus late{"e2", "0b", "10.0.0.2:30192", "follower", 5, 2, std::chrono::milliseconds(1200)};
  status.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {late}};
  const std::string page = status_page(received(status));
  EXPECT_NE(page.find("voter     e2: follower, 2 entries behind, heard 1.2 s ago\n"), std::string::npos) << page;
}

TEST(Show, AFollowerNamesItsLeaderAndAnswersForNothingElse) {
  node::Status status = healthy();
  status.mode = "cluster";
  status.group = cluster::GroupStatus{false, "b", 3, 7};
  status.registry.reachable = status.regions[0].link.link_up = false;
  EXPECT_TRUE(status_problems(received(status)).empty());
  const std::string page = status_page(received(status));
  EXPECT_NE(page.find("group     leader b, term 3, 7 entries committed\n"), std::string::npos) << page;
  EXPECT_EQ(page.find("reachable"), std::string::npos) << page;
}

TEST(Show, MembersAreATable) {
  node::Status status = healthy();
  status.members.push_back({"b\x1b[2J", "10.0.0.11:30190", "10.0.0.11:30191", "east", "alive", 1, Duration(135'306)});
  status.members.push_back({"c", "10.0.0.12:30190", "10.0.0.12:30191", "west", "suspect", 7, Duration(88'400'000)});
  EXPECT_EQ(
      members_table(received(node::MembersReport{status.members})),
      "NAME   REGION  STATE    ADDRESS          RPC              INCARNATION  RTT      HEALTH  TAGS\n"
      "a      home    alive    10.0.0.10:30190  10.0.0.10:30191  1            -        0       mode=single,x=?[2J\n"
      "b?[2J  east    alive    10.0.0.11:30190  10.0.0.11:30191  1            0.14 ms  -\n"
      "c      west    suspect  10.0.0.12:30190  10.0.0.12:30191  7            88 ms    -\n");
}

TEST(Show, WhoAnswersIsATableWithItsSum) {
  node::ReachabilityReport report;
  EXPECT_EQ(reachability_page(report), "no other member is known\n");
  report.members = {{"b", "east", "alive", "10.0.0.11:30190", true, std::chrono::milliseconds(12)},
                    {"c\x1b[2J", "west", "alive", "10.0.0.12:30190", false, {}},
                    {"d", "west", "dead", "10.0.0.13:30190", false, {}}};
  EXPECT_EQ(reachability_page(received(report)),
            "NAME   REGION  STATE  ADDRESS          ANSWERS  RTT\n"
            "b      east    alive  10.0.0.11:30190  yes      12 ms\n"
            "c?[2J  west    alive  10.0.0.12:30190  no       -\n"
            "d      west    dead   10.0.0.13:30190  no       -\n"
            "1 of 3 members answer\n");
  EXPECT_FALSE(report.members[0].is_missed());
  EXPECT_TRUE(report.members[1].is_missed());
  EXPECT_FALSE(report.members[2].is_missed()) << "everybody knows that it is dead";
}

TEST(Show, RoundTripsAreTwoTables) {
  node::RttReport report;
  report.members = {{"b", "east", "alive", std::chrono::milliseconds(2), std::chrono::milliseconds(40)},
                    {"c", "west", "suspect", {}, {}}};
  report.links = {{"east", "out", std::chrono::microseconds(1500), std::chrono::milliseconds(300)}, {"west", "in"}};
  EXPECT_EQ(round_trips_page(received(report)),
            "MEMBER  REGION  STATE    RTT      WORST OF 8\n"
            "b       east    alive    2.00 ms  40 ms\n"
            "c       west    suspect  -        -\n"
            "\n"
            "LINK WITH  WAY  RTT      HEARD\n"
            "east       out  1.50 ms  300 ms\n"
            "west       in   -        -\n");
}

TEST(Show, NamesThereAndHereAreATableWithThePolicies) {
  node::MappingsReport report;
  EXPECT_NE(mappings_page(report).find("no policy is in force"), std::string::npos);
  report.policies = {{"import", "rewrite", "staging", "west*"}};
  report.mappings = {
      {"import", "west", "shop/cart/1.0.0", "shop-west/cart/1.0.0", "CART", 3, 1, {"staging", "no bills"}}};
  EXPECT_EQ(mappings_page(received(report)),
            "DIRECTION  REGION  SERVICE          SHOWN AS              HERE  INSTANCES  WITHHELD  BY\n"
            "import     west    shop/cart/1.0.0  shop-west/cart/1.0.0  CART  3          1         staging, no bills\n"
            "\n"
            "DIRECTION  KIND     POLICY   REGIONS\n"
            "import     rewrite  staging  west*\n");
}

TEST(Show, VotersAreATable) {
  node::Status status = healthy();
  cluster::VoterStatus self{"e1", "0a", "10.0.0.1:30192", "leader", 7, 0, {}};
  cluster::VoterStatus late{"e2", "0b", "10.0.0.2:30192", "follower", 5, 2, std::chrono::milliseconds(1200)};
  status.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {self, late, {"e3", "0c", "10.0.0.3:30192", "not there"}}};
  EXPECT_EQ(voters_table(received(node::ClusterReport{"home", status.group, {}})),
            "NAME  STATE      MATCH  LAG  HEARD  ADDRESS         DISK\n"
            "e1    leader     7      0    -      10.0.0.1:30192  0a\n"
            "e2    follower   5      2    1.2 s  10.0.0.2:30192  0b\n"
            "e3    not there  -      -    -      10.0.0.3:30192  0c\n");
}

TEST(Show, AnotherShapeIsAnErrorInWords) {
  EXPECT_FALSE(admin::from_json<node::Status>("{}"));
  EXPECT_FALSE(admin::from_json<node::Status>("<html>"));
  EXPECT_FALSE(admin::from_json<node::MembersReport>("[]"));
  EXPECT_FALSE(admin::from_json<node::MembersReport>(R"({"members": [{"name": 5}]})"));
}

TEST(Show, ARegionThatTellsOfNoneMayKnowSome) {
  node::Explanation explanation;
  explanation.regions = {{"east", "e1", "", {}, 0}, {"west", "", "it is asked too much", {}, 0}};
  EXPECT_EQ(explanation_page(explanation),
            "region east (e1): nothing is told of it\nregion west: no answer: it is asked too much\n");
}

}  // namespace
}  // namespace syncer::cli
