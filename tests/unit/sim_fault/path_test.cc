// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/path.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <vector>

namespace sim::fault {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::Instant;
using Fate = DatagramVerdict::Fate;

LinkModel model() {
  LatencySpec spec;
  spec.shape = Shape::Uniform;
  spec.min = 1ms;
  spec.max = 100ms;
  LinkModel link;
  link.latency = std::make_shared<LatencyTable>(spec);
  return link;
}

Path path(const LinkModel& link) {
  Path result{engine::Draws(3, "path", 1)};
  result.set_model(link);
  return result;
}

std::vector<DatagramVerdict> verdicts(const LinkModel& link, int count) {
  Path p = path(link);
  std::vector<DatagramVerdict> all;
  for (int i = 0; i < count; ++i) all.push_back(p.datagram(Instant{} + i * 1s, 100));
  return all;
}

int count(const std::vector<DatagramVerdict>& all, const std::function<bool(const DatagramVerdict&)>& what) {
  int hits = 0;
  for (const DatagramVerdict& v : all) hits += what(v) ? 1 : 0;
  return hits;
}

TEST(Path, LosesItsShareOfDatagrams) {
  LinkModel link = model();
  link.loss = {1, 10};
  EXPECT_NEAR(count(verdicts(link, 10000), [](auto& v) { return v.fate == Fate::Lost; }), 1000, 100);
}

TEST(Path, DrawsTheSameLatencyWhetherOtherFaultsAreOnOrOff) {
  LinkModel noisy = model();
  noisy.duplicate = {1, 2};
  noisy.corrupt = {1, 2};
  noisy.loss = {1, 5};
  const auto quiet_run = verdicts(model(), 200);
  const auto noisy_run = verdicts(noisy, 200);
  for (std::size_t i = 0; i < 200; ++i) {
    if (noisy_run[i].fate == Fate::Pass) {
      EXPECT_EQ(noisy_run[i].delay, quiet_run[i].delay) << i;
    }
  }
}

TEST(Path, LosesInBurstsThatEnd) {
  LinkModel link = model();
  link.burst = {{1, 100}, {1, 10}, {1, 1}};
  const auto all = verdicts(link, 20000);
  const int lost = count(all, [](auto& v) { return v.fate == Fate::Lost; });
  int pairs = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    pairs += all[i - 1].fate == Fate::Lost && all[i].fate == Fate::Lost ? 1 : 0;
  }
  EXPECT_NEAR(lost, 20000 / 11, 400);
  EXPECT_GT(pairs * 10, lost * 8) << "after a loss the next is lost too in nine of ten cases";
}

TEST(Path, DuplicateArrivesLaterThanTheFirst) {
  LinkModel link = model();
  link.duplicate = {1, 1};
  for (const DatagramVerdict& v : verdicts(link, 50)) {
    EXPECT_TRUE(v.duplicate);
    EXPECT_GT(v.duplicate_delay, v.delay);
  }
}

TEST(Path, DropsWhatIsLargerThanTheMtu) {
  LinkModel link = model();
  link.mtu = 99;
  EXPECT_EQ(path(link).datagram(Instant{}, 100).fate, Fate::TooBig);
  EXPECT_EQ(path(link).datagram(Instant{}, 99).fate, Fate::Pass);
}

TEST(Path, SerializesOnItsBandwidthAndDropsAtTheTail) {
  LinkModel link = model();
  link.latency = std::make_shared<LatencyTable>(LatencySpec{});
  link.bandwidth = 8000;  // 1000 bytes a second
  link.queue = 250;
  Path p = path(link);
  EXPECT_EQ(p.datagram(Instant{}, 100).delay, 100ms);
  EXPECT_EQ(p.datagram(Instant{}, 100).delay, 200ms);
  EXPECT_EQ(p.datagram(Instant{}, 100).delay, 300ms);
  EXPECT_EQ(p.datagram(Instant{}, 100).fate, Fate::Overflowed);
  EXPECT_EQ(p.datagram(Instant{} + 1s, 100).delay, 100ms);
}

TEST(Path, StreamsTurnLossIntoDelay) {
  LinkModel link = model();
  link.loss = {1, 1};
  Path lossy = path(link);
  Path clean = path(model());
  const Duration plain = clean.segment(Instant{}, 100, 200ms);
  EXPECT_EQ(lossy.segment(Instant{}, 100, 200ms), plain + 200ms * 63) << "six losses: 1 + 2 + 4 + 8 + 16 + 32";
}

TEST(FlipBits, ChangesOneToThreeBits) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    syncer::Bytes bytes(20, '\0');
    flip_bits(bytes, syncer::Random(seed));
    int bits = 0;
    for (const char c : bytes) bits += __builtin_popcount(static_cast<unsigned char>(c));
    EXPECT_LE(bits, 3);
    EXPECT_TRUE(bits == 1 || bits == 2 || bits == 3) << bits;
  }
}

}  // namespace
}  // namespace sim::fault
