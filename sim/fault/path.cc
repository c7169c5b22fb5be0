// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/path.h"

#include <algorithm>

namespace sim::fault {

using syncer::Duration;
using syncer::Instant;
using syncer::Random;

namespace {

/// Streams of one packet's draws.
enum Aspect : std::uint64_t {
  kBurst,
  kBurstLoss,
  kLoss,
  kLatency,
  kDuplicate,
  kDuplicateLatency,
  kReorder,
  kCorrupt,
  kBits,
  kRepeat,
};

bool hits(Random packet, Aspect aspect, syncer::Ratio chance) {
  return chance.numerator != 0 && packet.stream(aspect).hits(chance);
}

void flip(syncer::Bytes& bytes, std::uint64_t bit) {
  char& byte = bytes[static_cast<std::size_t>(bit / 8)];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
}

}  // namespace

void flip_bits(syncer::Bytes& bytes, Random random) {
  if (bytes.empty()) return;
  const std::uint64_t bits = bytes.size() * 8;
  const std::uint64_t first = random.below(bits);
  flip(bytes, first);
  // Never the first again: a corrupt packet differs from the one that was sent.
  for (std::uint64_t more = random.below(3); more > 0; --more) flip(bytes, (first + 1 + random.below(bits - 1)) % bits);
}

DatagramVerdict Path::datagram(Instant now, std::size_t size) {
  const Random packet = draws_.next();
  DatagramVerdict verdict;
  const bool gone = lost(packet);
  if (model_.mtu != 0 && size > model_.mtu) {
    verdict.fate = DatagramVerdict::Fate::TooBig;
  } else if (overflows(now)) {
    verdict.fate = DatagramVerdict::Fate::Overflowed;
  } else if (gone) {
    verdict.fate = DatagramVerdict::Fate::Lost;
  }
  if (verdict.fate != DatagramVerdict::Fate::Pass) return verdict;
  verdict.delay = occupy(now, size) + latency(packet, kLatency);
  if (hits(packet, kReorder, model_.reorder.chance)) {
    verdict.delay += packet.stream(kReorder).stream(kLatency).between(Duration::zero(), model_.reorder.extra);
  }
  verdict.duplicate = hits(packet, kDuplicate, model_.duplicate);
  if (verdict.duplicate) verdict.duplicate_delay = verdict.delay + latency(packet, kDuplicateLatency);
  verdict.corrupt = hits(packet, kCorrupt, model_.corrupt);
  verdict.bits = packet.stream(kBits);
  return verdict;
}

Duration Path::segment(Instant now, std::size_t size, Duration timeout) {
  constexpr std::uint64_t kMaxLosses = 6;
  const Random packet = draws_.next();
  Duration delay = occupy(now, size) + latency(packet, kLatency);
  for (std::uint64_t i = 0; i < kMaxLosses; ++i, timeout *= 2) {
    const Random attempt = packet.stream(kRepeat).stream(i);
    if (!lost(attempt) && !hits(attempt, kCorrupt, model_.corrupt)) break;
    delay += timeout;
  }
  return delay;
}

bool Path::lost(Random packet) {
  if (model_.burst.enter.numerator != 0 || burst_) {
    const bool turns = hits(packet, kBurst, burst_ ? model_.burst.exit : model_.burst.enter);
    if (turns) burst_ = !burst_;
    if (burst_ && hits(packet, kBurstLoss, model_.burst.loss)) return true;
  }
  return hits(packet, kLoss, model_.loss);
}

Duration Path::latency(Random packet, std::uint64_t aspect) const {
  return model_.latency->draw(packet.stream(aspect)) + model_.extra;
}

Duration Path::occupy(Instant now, std::size_t size) {
  if (model_.bandwidth == 0) return Duration::zero();
  const auto bits = static_cast<std::int64_t>(size * 8);
  const Duration time(bits * 1'000'000'000 / static_cast<std::int64_t>(model_.bandwidth));
  line_free_ = std::max(now, line_free_) + time;
  return line_free_ - now;
}

bool Path::overflows(Instant now) const {
  if (model_.bandwidth == 0 || model_.queue == 0 || line_free_ <= now) return false;
  const auto waiting = static_cast<__int128>((line_free_ - now).count()) * static_cast<std::int64_t>(model_.bandwidth);
  return waiting / 8'000'000'000 > static_cast<std::int64_t>(model_.queue);
}

}  // namespace sim::fault
