// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/show.h"

#include <gtest/gtest.h>

#include "syncer/admin/status_json.h"

namespace syncer::cli {
namespace {

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
  status.regions[0].link_up = true;
  status.members = {{"a", "10.0.0.10:30190", "10.0.0.10:30191", "home", "alive", 1, {}}};
  status.members[0].tags = {{"region", "home"}, {"mode", "single"}, {"x", "\x1b[2J"}};
  status.members[0].health = 0;
  return status;
}

TEST(Show, AHealthySyncerHasNoProblems) { EXPECT_TRUE(status_problems(admin::status_json(healthy())).value().empty()); }

TEST(Show, EachProblemIsNamed) {
  node::Status status = healthy();
  status.ready = false;
  status.registry.reachable = false;
  status.registry.guard_frozen = true;
  status.registry.parked = 2;
  status.regions[0].link_up = false;
  status.regions[0].guard_frozen = true;
  EXPECT_EQ(status_problems(admin::status_json(status)).value().size(), 6U);
}

TEST(Show, WhoIsNotReadySaysWhy) {
  node::Status status = healthy();
  status.ready = false;
  status.group = cluster::GroupStatus{};
  status.pending = {"2 of 3 syncers are seen"};
  EXPECT_EQ(status_problems(admin::status_json(status)).value(),
            std::vector<std::string>{"not ready: 2 of 3 syncers are seen"});
}

TEST(Show, ThePageNamesRegistryRegionsAndReasons) {
  node::Status status = healthy();
  status.pending = {"the registry was not read yet"};
  const std::string page = status_page(admin::status_json(status)).value();
  for (const char* part : {"a (region home, single", "10.0.0.10:30100: reachable", "east: connected",
                           "pending   the registry was not read yet"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\nin\n" << page;
  }
}

TEST(Show, NoNameOrReasonCommandsTheTerminal) {
  node::Status status = healthy();
  status.regions[0].region = "e\x1b[2Jast";
  status.pending = {
      "refused: \x9b"
      "2J\r"};
  const std::string page = status_page(admin::status_json(status)).value();
  EXPECT_NE(page.find("region    e?[2Jast: connected"), std::string::npos) << page;
  EXPECT_EQ(page.find_first_of("\x1b\r\x9b"), std::string::npos) << page;
}

TEST(Show, AGroupWithoutALeaderOrAVoterIsUnhealthy) {
  node::Status status = healthy();
  status.group = cluster::GroupStatus{false, "e1", 3, 7, 1, {{"e1", "0a", "", "leader"}, {"e2", "0b", "", "follower"}}};
  EXPECT_TRUE(status_problems(admin::status_json(status)).value().empty());
  status.group->voters[1].state = "disk lost";
  EXPECT_EQ(status_problems(admin::status_json(status)).value(), std::vector<std::string>{"voter e2: disk lost"});
  status.group->leader.clear();
  EXPECT_EQ(status_problems(admin::status_json(status)).value().size(), 2U);
}

TEST(Show, ALeaderShowsHowFarBehindItsVotersAre) {
  node::Status status = healthy();
  cluster::VoterStatus late{"e2", "0b", "10.0.0.2:30192", "follower", 5, 2, std::chrono::milliseconds(1200)};
  status.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {late}};
  const std::string page = status_page(admin::status_json(status)).value();
  EXPECT_NE(page.find("voter     e2: follower, heard 1.2 s ago, 2 entries behind\n"), std::string::npos) << page;
}

TEST(Show, AFollowerNamesItsLeaderAndAnswersForNothingElse) {
  node::Status status = healthy();
  status.mode = "cluster";
  status.group = cluster::GroupStatus{false, "b", 3, 7};
  status.registry.reachable = status.regions[0].link_up = false;
  EXPECT_TRUE(status_problems(admin::status_json(status)).value().empty());
  const std::string page = status_page(admin::status_json(status)).value();
  EXPECT_NE(page.find("group     leader b, term 3, commit 7\n"), std::string::npos) << page;
  EXPECT_EQ(page.find("reachable"), std::string::npos) << page;
}

TEST(Show, MembersAreATable) {
  node::Status status = healthy();
  status.members.push_back({"b\x1b[2J", "10.0.0.11:30190", "10.0.0.11:30191", "east", "alive", 1, Duration(135'306)});
  status.members.push_back({"c", "10.0.0.12:30190", "10.0.0.12:30191", "west", "suspect", 7, Duration(88'400'000)});
  EXPECT_EQ(
      members_table(admin::members_json(status)).value(),
      "NAME   REGION  STATE    ADDRESS          RPC              INCARNATION  RTT      HEALTH  TAGS\n"
      "a      home    alive    10.0.0.10:30190  10.0.0.10:30191  1            -        0       mode=single,x=?[2J\n"
      "b?[2J  east    alive    10.0.0.11:30190  10.0.0.11:30191  1            0.14 ms  -\n"
      "c      west    suspect  10.0.0.12:30190  10.0.0.12:30191  7            88 ms    -\n");
}

TEST(Show, VotersAreATable) {
  node::Status status = healthy();
  cluster::VoterStatus self{"e1", "0a", "10.0.0.1:30192", "leader", 7, 0, {}};
  cluster::VoterStatus late{"e2", "0b", "10.0.0.2:30192", "follower", 5, 2, std::chrono::milliseconds(1200)};
  status.group = cluster::GroupStatus{true, "e1", 3, 7, 1, {self, late, {"e3", "0c", "10.0.0.3:30192", "not there"}}};
  EXPECT_EQ(voters_table(admin::cluster_json(status)).value(),
            "NAME  STATE      MATCH  LAG  HEARD  ADDRESS         DISK\n"
            "e1    leader     7      0    -      10.0.0.1:30192  0a\n"
            "e2    follower   5      2    1.2 s  10.0.0.2:30192  0b\n"
            "e3    not there  -      -    -      10.0.0.3:30192  0c\n");
  EXPECT_FALSE(voters_table(admin::cluster_json(healthy())));
}

TEST(Show, AnotherShapeIsAnErrorInWords) {
  EXPECT_FALSE(status_page("{}"));
  EXPECT_FALSE(status_page("<html>"));
  EXPECT_FALSE(members_table("[]"));
}

}  // namespace
}  // namespace syncer::cli
