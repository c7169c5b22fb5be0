// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/random.h"
#include "tests/support/allocations/allocations.h"

namespace sim::engine {
namespace {

using syncer::instant;

QueuedEvent event(std::uint32_t kind) { return {kind, 0, {}}; }

TEST(EventQueue, GivesEventsInOrderOfTime) {
  EventQueue queue;
  for (const int at : {50, 10, 40, 20, 30}) queue.push(instant(at), event(static_cast<std::uint32_t>(at)));
  std::vector<std::uint32_t> order;
  while (!queue.empty()) order.push_back(queue.pop().kind);
  EXPECT_EQ(order, (std::vector<std::uint32_t>{10, 20, 30, 40, 50}));
  EXPECT_EQ(queue.now(), instant(50));
}

TEST(EventQueue, KeepsTheOrderOfPuttingInWithinOneInstant) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 100; ++i) queue.push(instant(7), event(i));
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(queue.pop().kind, i);
}

TEST(EventQueue, PutsEventsForNowBehindThoseAlreadyDueNow) {
  EventQueue queue;
  queue.push(instant(5), event(1));
  queue.push(instant(5), event(2));
  EXPECT_EQ(queue.pop().kind, 1U);
  queue.push(instant(5), event(3));
  EXPECT_EQ(queue.next(), instant(5));
  EXPECT_EQ(queue.pop().kind, 2U);
  EXPECT_EQ(queue.pop().kind, 3U);
}

TEST(EventQueue, AgreesWithAStableSortOnRandomTimes) {
  syncer::Random random(1);
  std::vector<std::pair<std::int64_t, std::uint32_t>> expected;
  EventQueue queue;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto at = static_cast<std::int64_t>(random.below(500));
    expected.emplace_back(at, i);
    queue.push(instant(at), event(i));
  }
  std::stable_sort(expected.begin(), expected.end(), [](auto& a, auto& b) { return a.first < b.first; });
  // Events for instant zero are for now and so wait in the FIFO; the order must be the same.
  for (const auto& [at, kind] : expected) {
    EXPECT_EQ(queue.next(), instant(at));
    ASSERT_EQ(queue.pop().kind, kind);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, RefusesAnEventInThePast) {
  const auto former =
      syncer::set_assert_handler([](const char* condition, const char*, int) { throw std::logic_error(condition); });
  EventQueue queue;
  queue.push(instant(10), event(0));
  queue.pop();
  EXPECT_THROW(queue.push(instant(9), event(0)), std::logic_error);
  syncer::set_assert_handler(former);
}

TEST(EventQueue, PassesAnIdleStretchWithoutAnEvent) {
  EventQueue queue;
  queue.push(instant(10), event(0));
  queue.pass_to(instant(9));
  EXPECT_EQ(queue.now(), instant(9));
  EXPECT_EQ(queue.next(), instant(10));
}

/// Timers that set themselves again, some for now, each with a payload as large as a packet: the life of a world.
class Timers {
 public:
  Timers() {
    for (std::uint32_t i = 0; i < 100; ++i) set(instant(1 + i));
  }
  void fire() {
    const QueuedEvent event = queue_.pop();
    packets_.release(event.payload);
    set(random_.below(4) == 0 ? queue_.now() : queue_.now() + std::chrono::nanoseconds(1 + random_.below(1000)));
  }

 private:
  void set(syncer::Instant at) {
    const Handle packet = packets_.acquire();
    packets_.at(packet).assign(1400, 'x');
    queue_.push(at, {0, 0, packet});
  }

  syncer::Random random_{1};
  EventQueue queue_;
  Slab<syncer::Bytes> packets_;
};

TEST(EventQueue, AllocatesNothingInSteadyState) {
  Timers timers;
  for (int i = 0; i < 10'000; ++i) timers.fire();
  const test::Allocations allocations;
  for (int i = 0; i < 100'000; ++i) timers.fire();
  EXPECT_EQ(allocations.count(), 0U);
}

TEST(Slab, ForgetsAHandleOnceItsSlotIsUsedAgain) {
  Slab<std::string> slab;
  const Handle first = slab.acquire();
  slab.at(first) = "first";
  slab.release(first);
  EXPECT_EQ(slab.find(first), nullptr);
  const Handle second = slab.acquire();
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_EQ(slab.find(first), nullptr);
  EXPECT_EQ(slab.at(second), "first") << "the content (and its capacity) is recycled";
}

}  // namespace
}  // namespace sim::engine
