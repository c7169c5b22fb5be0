// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/timer.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "syncer/net/udp_socket.h"
#include "tests/support/raw_peer.h"
#include "tests/support/still_loop.h"

namespace syncer::net {
namespace {

using namespace std::chrono_literals;

TEST(Timer, CallsOnceAtItsTimeAndNotBefore) {
  test::StillLoop loop;
  Timer timer(*loop);
  int calls = 0;
  timer.set(5s, [&] { ++calls; });
  loop.pass(5s - 1ns);
  EXPECT_EQ(calls, 0);
  loop.pass(1ns);
  EXPECT_EQ(calls, 1);
  loop.pass(1h);
  EXPECT_EQ(calls, 1);
}

TEST(Timer, WhatIsSetAnewOrCancelledOrGoneIsNotCalled) {
  test::StillLoop loop;
  std::vector<int> calls;
  Timer anew(*loop);
  Timer cancelled(*loop);
  std::optional<Timer> gone(std::in_place, *loop);
  anew.set(1s, [&] { calls.push_back(1); });
  cancelled.set(1s, [&] { calls.push_back(2); });
  gone->set(1s, [&] { calls.push_back(3); });
  anew.set(2s, [&] { calls.push_back(4); });
  cancelled.cancel();
  gone.reset();
  loop.pass(1s);
  EXPECT_TRUE(calls.empty());
  loop.pass(1s);
  EXPECT_EQ(calls, std::vector<int>{4});
}

TEST(Timer, AClockThatLeapsMakesAllDueInTheirOrder) {
  test::StillLoop loop;
  std::vector<int> calls;
  Timer later(*loop);
  Timer sooner(*loop);
  Timer too(*loop);
  later.set(2s, [&] { calls.push_back(2); });
  sooner.set(1s, [&] { calls.push_back(1); });
  too.set(2s, [&] { calls.push_back(3); });
  loop.pass(1h);
  EXPECT_EQ(calls, (std::vector<int>{1, 2, 3}));
}

TEST(Timer, OneThatIsDueMayCancelOrEndAnotherAndItself) {
  test::StillLoop loop;
  std::vector<int> calls;
  Timer second(*loop);
  std::optional<Timer> first(std::in_place, *loop);
  second.set(1s + 1ns, [&] { calls.push_back(2); });
  first->set(1s, [&] {
    calls.push_back(1);
    second.cancel();
    first.reset();
  });
  loop.pass(2s);
  EXPECT_EQ(calls, std::vector<int>{1});
}

TEST(Timer, OneThatIsSetFromItselfWaitsForTheNextTurn) {
  test::StillLoop loop;
  Timer timer(*loop);
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls < 1000) timer.set(0s, again);
  };
  timer.set(0s, again);
  loop.turn();
  EXPECT_LT(calls, 1000) << "sockets had their turn in between";
  EXPECT_TRUE(loop.await([&] { return calls == 1000; }));
}

TEST(Timer, AHandlerThatNeverRanMayOutliveItsLoop) {
  auto loop = std::make_unique<Loop>();
  auto timer = std::make_shared<Timer>(*loop);
  timer->set(1s, [] {});
  loop->post([timer] {});
  timer.reset();
  loop.reset();
}

TEST(Loop, WhoIsAlwaysDueKeepsNoPacketOut) {
  Loop loop;
  int packets = 0;
  const auto socket = UdpSocket::open(loop, test::loopback(), [&](const Endpoint&, ByteView) { ++packets; });
  ASSERT_TRUE(socket);
  (*socket)->send((*socket)->local(), "hello");
  int turns = 0;
  loop.run([&] {
    if (packets == 1 || ++turns == 10'000) loop.stop();
    return loop.now() - 1s;
  });
  EXPECT_EQ(packets, 1);
}

TEST(Loop, AFloodOfWorkKeepsNoTimerFromItsTurn) {
  test::StillLoop loop;
  Timer timer(*loop);
  bool called = false;
  timer.set(0s, [&] { called = true; });
  int tasks = 0;
  std::function<void()> flood = [&] {
    if (++tasks < 100'000 && !called) loop->post(flood);
  };
  loop->post(flood);
  ASSERT_TRUE(loop.await([&] { return called; }));
  EXPECT_LT(tasks, 1000);
}

}  // namespace
}  // namespace syncer::net
