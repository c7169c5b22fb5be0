// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

/// As a stranger learns to write it who has seen their hellos: in the name of voter `as`, which is away.
struct Forger {
  Forger(ClusterNet& n, std::string victim_name, std::string as_name)
      : net(n), victim(std::move(victim_name)), as(std::move(as_name)) {
    const VoterSet& voters = net.cluster(victim).voters();
    hello = {"east",
             as,
             find_slot(voters.slots, as)->disk,
             wire::VoterStage::Voting,
             voters.slots,
             voters.group,
             voters.list_version,
             net.cluster(victim).term()};
    message.from = voters.voter_of(as, hello.disk);
    message.to = voters.voter_of(victim, voters.disk);
    message.term = net.cluster(victim).term() + 1;
    message.log = net.cluster(victim).raft_node()->raft().log().last();
  }
  void say(const raft::Message& said) {
    link =
        net.intrude(victim, Endpoint::v4(10, 0, 9, 9, 1),
                    wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(hello) + wire::encode_cluster(said));
    net.run(500ms);
  }
  /// Commits this command at the victim, if it lets him.
  void append(const Command& command) {
    message.type = raft::MessageType::Append;
    message.entries = {{message.term, message.log.index + 1, encode_command(command)}};
    message.commit = message.log.index + 1;
    say(message);
  }
  void install(const ReplicatedState& state) {
    message.type = raft::MessageType::InstallSnapshot;
    message.snapshot = raft::Snapshot{{message.term, message.log.index + 5}, encode_state(net.now(), state)};
    message.log = {};
    say(message);
  }

  ClusterNet& net;
  std::string victim;
  std::string as;
  wire::ClusterHello hello;
  raft::Message message;
  LinkId link{};
};

/// Three voters of which c is away; a stranger speaks in its name to a.
class VoterInTheMouthOfAStranger : public testing::Test {
 protected:
  VoterInTheMouthOfAStranger() {
    net.found({"a", "b", "c"});
    net.kill("c");
    net.run(3s);
  }
  /// The stranger goes, all start again, and no disk has suffered.
  void expect_well() {
    for (const char* name : {"a", "b"}) {
      EXPECT_EQ(net.cluster(name).fatal(), "") << name;
      net.kill(name);
    }
    for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name)) << name;
    net.gossip();
    net.run(5s);
    ASSERT_NE(net.writer(), "");
    for (const char* name : {"a", "b", "c"}) {
      EXPECT_EQ(net.cluster(name).leader(), net.writer()) << name;
      EXPECT_TRUE(net.cluster(name).pending().empty()) << name << ": " << net.cluster(name).pending().front();
    }
    ASSERT_TRUE(net.cluster(net.writer()).raise_generation(net.now()));
    net.run(1s);
    EXPECT_EQ(net.cluster(net.writer()).writer_epoch()->generation, 2U);
  }
  ClusterNet net;
};

TEST_F(VoterInTheMouthOfAStranger, BringsNoSnapshotWithOtherVoters) {
  Forger forger(net, "a", "c");
  ReplicatedState state;
  state.list_version = std::uint64_t{1} << 40U;
  for (const char* name : {"x1", "x2", "x3"}) state.slots.push_back({name, 7, Endpoint::v4(10, 0, 9, 9, 1)});
  forger.install(state);
  EXPECT_EQ(names_of(net.cluster("a").voters().slots), "a, b, c");
  expect_well();
}

TEST_F(VoterInTheMouthOfAStranger, GivesNoSlotAwayWhoseDiskIsThere) {
  for (const char* node : {"a", "b"}) {
    Forger forger(net, "a", "c");
    forger.append(ReassignSlot{{node, 99, Endpoint::v4(10, 0, 9, 9, 1)}});
    net.run(12s);
  }
  expect_well();
}

TEST_F(VoterInTheMouthOfAStranger, GivesNoSlotAwayByAListOfOthersThatAgree) {
  Forger forger(net, "a", "c");
  wire::ClusterHello list = forger.hello;
  list.list_version = 1000;
  for (wire::VoterSlot& slot : list.slots) slot = {"x" + slot.node, 7, Endpoint::v4(10, 0, 9, 9, 1)};
  list.disk = 7;
  for (const char* name : {"xa", "xb"}) {
    list.node = name;
    net.intrude("a", Endpoint::v4(10, 0, 9, static_cast<std::uint8_t>(name[1]), 1),
                wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(list));
  }
  forger.append(ReassignSlot{{"b", 99, Endpoint::v4(10, 0, 9, 9, 1)}});
  net.run(12s);
  expect_well();
}

TEST_F(VoterInTheMouthOfAStranger, RaisesNoGenerationOutOfBounds) {
  Forger forger(net, "a", "c");
  forger.append(RaiseGeneration{std::uint64_t{1} << 63U});
  expect_well();
}

TEST_F(VoterInTheMouthOfAStranger, HandsNoLeadershipOverToNobody) {
  const std::string leader = net.writer();
  Forger forger(net, leader, "c");
  forger.message.type = raft::MessageType::Transfer;
  forger.message.term = 0;
  forger.message.log = {};
  forger.message.target = forger.message.from;
  forger.say(forger.message);
  net.run(10s);
  EXPECT_EQ(net.writer(), leader);
  expect_well();
}

}  // namespace
}  // namespace syncer::cluster
