// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// A remote region, as writer of its own log and as reader of ours. The peering maps names to these.
using RegionId = Id<struct RegionTag>;

/// What an entry does to its key.
enum class Op : std::uint8_t { Put = 1, Del = 2 };

/// Place in the history of a region; the order of versions is the order of truth.
struct Version {
  Epoch epoch;
  std::uint64_t seq = 0;
  auto operator<=>(const Version&) const = default;
};

/// One change of a region's log. Key and payload are opaque here.
struct Entry {
  std::uint64_t seq = 0;
  Op op = Op::Put;
  Bytes key;
  Bytes payload;  ///< empty for Del
  bool operator==(const Entry&) const = default;
};

/// Hard caps; what goes over them is refused with a reason.
struct Limits {
  std::size_t key_octets = 1024;
  std::size_t payload_octets = std::size_t{2} << 20U;
  std::size_t keys = 2'000'000;                       ///< live entries of one region
  std::size_t region_octets = std::size_t{1} << 30U;  ///< keys and payloads of one region
  std::size_t tombstones = 200'000;                   ///< remembered removals of the own log; the oldest go first
  std::size_t digest_pairs = 200'000;  ///< of one bucket request; more differences than that take a snapshot
};

/// Timing and batching of the exchange.
struct Options {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration retry = std::chrono::seconds(2);        ///< a question without answer is asked again after this
  Duration tombstone_age = std::chrono::hours(24);
  std::size_t batch_octets = std::size_t{64} << 10U;
  std::size_t batch_entries = 256;
  std::size_t window_octets = std::size_t{1} << 20U;  ///< sent to one peer and not acknowledged
  Limits limits;
};

}  // namespace syncer::replication
