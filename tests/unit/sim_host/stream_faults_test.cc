// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "tests/contract/sim/sim_world.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using contract::StreamEvent;
using Kind = StreamEvent::Kind;
using syncer::LinkId;
using syncer::Listener;

constexpr LinkId kDialled{1};
constexpr LinkId kAccepted{2};
const Site kA = Site::node(0);
const Site kB = Site::node(1);

/// Two machines with a recorder each; machine 0 dials machine 1.
class StreamFaults : public testing::Test, protected contract::SimWorld<contract::World> {
 protected:
  StreamFaults() : SimWorld(1) {
    add_machine(true);
    add_machine(true);
  }
  void dial() { ports(0).connect(kDialled, address_of(1, Listener::Rpc), syncer::Channel::Sync); }
  void establish() {
    dial();
    pass(1s);
    ASSERT_EQ(told(0, Kind::Connected), 1);
    ASSERT_EQ(told(1, Kind::Accepted), 1);
  }
  void pass(syncer::Duration time) {
    run_until([] { return false; }, time);
  }
  int told(int host, Kind kind) {
    const auto& events = record(host).streams;
    return static_cast<int>(std::count_if(events.begin(), events.end(), [&](auto& e) { return e.kind == kind; }));
  }
  std::string reason(int host) {
    for (const StreamEvent& e : record(host).streams) {
      if (e.kind == Kind::Closed) return e.text;
    }
    return "open";
  }
  std::string received(int host) {
    std::string all;
    for (const StreamEvent& e : record(host).streams) {
      if (e.kind == Kind::Data) all += e.text;
    }
    return all;
  }
  NodeHost& host(int i) { return *fabric_.nodes.at(static_cast<std::size_t>(i)); }
};

TEST_F(StreamFaults, ACutIsSilenceAndEndsInARetransmission) {
  establish();
  const FaultId cut = fabric_.network.partition(fault::groups({{kA}, {kB}}));
  ports(0).send(kDialled, "hello");
  pass(20s);
  EXPECT_EQ(received(1), "");
  EXPECT_EQ(reason(0), "open");
  fabric_.network.heal(cut);
  pass(30s);
  EXPECT_EQ(received(1), "hello");
}

TEST_F(StreamFaults, ALongCutEndsInATimeout) {
  establish();
  fabric_.network.partition(fault::groups({{kA}, {kB}}));
  ports(0).send(kDialled, "hello");
  pass(300s);
  EXPECT_EQ(reason(0), "connection timed out");
  EXPECT_EQ(reason(1), "open") << "who has nothing to send notices nothing";
}

TEST_F(StreamFaults, AOneWayCutOfTheAcknowledgementsStopsTheWindow) {
  establish();
  fabric_.network.partition(fault::one_way({kB}, {kA}));
  ports(0).send(kDialled, std::string(1U << 20U, 'x'));
  pass(10s);
  EXPECT_EQ(received(1).size(), fabric_.kernel.options.stream_window);
  fabric_.network.heal_all();
  pass(60s);
  EXPECT_EQ(received(1).size(), 1U << 20U);
}

TEST_F(StreamFaults, DialingIntoACutTimesOut) {
  fabric_.network.partition(fault::one_way({kA}, {kB}));
  dial();
  pass(4s);
  EXPECT_EQ(reason(0), "open");
  pass(2s);
  EXPECT_EQ(reason(0), "connect timed out");
}

TEST_F(StreamFaults, AMachineWithoutTheProcessRefuses) {
  host(1).crash(DiskFate::Keep, Farewell::Reset);
  dial();
  pass(1s);
  EXPECT_EQ(reason(0), "connection refused");
}

TEST_F(StreamFaults, AnEndedProcessResetsItsConnections) {
  establish();
  host(1).crash(DiskFate::Keep, Farewell::Reset);
  pass(1s);
  EXPECT_EQ(reason(0), "connection reset");
}

TEST_F(StreamFaults, AVanishedMachineLeavesTheConnectionHalfOpenUntilItIsBack) {
  establish();
  host(1).crash(DiskFate::LoseUnsynced, Farewell::Silent);
  ports(0).send(kDialled, "anybody there?");
  pass(10s);
  EXPECT_EQ(reason(0), "open");
  host(1).start();
  pass(20s);
  EXPECT_EQ(reason(0), "connection reset") << "the new process does not know the connection";
  EXPECT_EQ(received(1), "");
}

TEST_F(StreamFaults, AFrozenReaderPushesBack) {
  establish();
  host(1).pause();
  ports(0).send(kDialled, std::string(1U << 20U, 'x'));
  pass(10s);
  EXPECT_GT(ports(0).backlog(kDialled), 0U);
  EXPECT_EQ(received(1), "");
  host(1).resume();
  pass(10s);
  EXPECT_EQ(received(1).size(), 1U << 20U);
  EXPECT_EQ(ports(0).backlog(kDialled), 0U);
}

TEST_F(StreamFaults, AHalfOpenConnectionIsResetOnlyAfterItsTime) {
  establish();
  fabric_.streams.half_open(0, 1, 10s);
  ports(0).send(kDialled, "into the void");
  pass(9s);
  EXPECT_EQ(reason(0), "open");
  pass(20s);
  EXPECT_EQ(reason(0), "connection reset");
  EXPECT_EQ(received(1), "");
  EXPECT_EQ(reason(1), "open");
}

TEST_F(StreamFaults, AResetEndsBothSides) {
  establish();
  fabric_.streams.reset_between(1, 0);
  pass(1s);
  EXPECT_EQ(reason(0), "connection reset");
  EXPECT_EQ(reason(1), "connection reset");
  ports(0).send(kDialled, "gone");
  EXPECT_EQ(ports(0).backlog(kDialled), 0U);
}

TEST_F(StreamFaults, AJamDeliversEverythingInOrderAtHeal) {
  establish();
  const FaultId jam = fabric_.network.partition(fault::one_way({kA}, {kB}, fault::BlockMode::Jam));
  for (const char* text : {"a", "b", "c"}) ports(0).send(kDialled, text);
  pass(30s);
  EXPECT_EQ(received(1), "");
  fabric_.network.heal(jam);
  pass(1s);
  EXPECT_EQ(received(1), "abc");
}

TEST_F(StreamFaults, ALinkThatRefusesOrHangsDoesSo) {
  fault::LinkRule rule;
  rule.from = {kA};
  rule.to = {kB};
  rule.spec.connect = fault::ConnectFate::Hang;
  const RuleId hang = fabric_.network.add_rule(rule);
  dial();
  pass(6s);
  EXPECT_EQ(reason(0), "connect timed out");
  fabric_.network.remove_rule(hang);
  rule.spec.connect = fault::ConnectFate::Refuse;
  fabric_.network.add_rule(rule);
  ports(0).connect(LinkId{3}, address_of(1, Listener::Rpc), syncer::Channel::Sync);
  pass(1s);
  EXPECT_EQ(record(0).streams.back().text, "connection refused");
}

TEST_F(StreamFaults, AFullSocketOfAFrozenProcessDropsDatagrams) {
  host(1).pause();
  for (int i = 0; i < 1000; ++i) ports(0).send(address_of(1, Listener::Gossip), std::string(1000, 'x'));
  pass(1s);
  host(1).resume();
  const std::size_t got = record(1).packets.size();
  EXPECT_EQ(got, fabric_.kernel.options.socket_buffer / 1000);
}

TEST_F(StreamFaults, ASlowProcessTakesItsWorkOneByOne) {
  host(1).slow(1s);
  for (int i = 0; i < 5; ++i) ports(0).send(address_of(1, Listener::Gossip), "x");
  pass(2500ms);
  EXPECT_EQ(record(1).packets.size(), 3U);
  pass(10s);
  EXPECT_EQ(record(1).packets.size(), 5U);
}

}  // namespace
}  // namespace sim::host
