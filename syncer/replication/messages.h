// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/replication/quota.h"

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
  std::size_t key_bytes = 1024;
  std::size_t payload_bytes = std::size_t{2} << 20U;
  std::size_t keys = 2'000'000;                      ///< live entries of one region
  std::size_t region_bytes = std::size_t{1} << 30U;  ///< keys and payloads of one region
  std::size_t tombstones = 200'000;                  ///< remembered removals of the own log; the oldest go first
  std::size_t digest_pairs = 200'000;  ///< of one bucket request; more differences than that take a snapshot
};

/// Timing and batching of the exchange.
struct Options {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration retry = std::chrono::seconds(2);        ///< a question without answer is asked again after this
  Duration tombstone_age = std::chrono::hours(24);
  std::size_t batch_bytes = std::size_t{64} << 10U;
  std::size_t batch_entries = 256;
  std::size_t window_bytes = std::size_t{1} << 20U;  ///< sent to one peer and not acknowledged
  Limits limits;
  Quota quota;  ///< of each remote region
};

/// Number of parts a set is split into to find where two copies of it differ.
inline constexpr std::size_t kBuckets = 256;

// From the writer of a region to its readers. The link says which region it is.

/// Where the writer is: every second and first of all on a new link or in a new epoch.
struct Heartbeat {
  Epoch epoch;
  std::uint64_t head = 0;  ///< seq of the newest entry
  std::uint64_t gc = 0;    ///< a reader below it has missed removals that are forgotten
  std::uint64_t live = 0;  ///< number of live entries
  Hash128 set_hash;
  bool healthy = false;  ///< the writer's registry proves that it works; removals held by a guard may go after a while
  bool operator==(const Heartbeat&) const = default;
};

/// Changes of the range (prev, last], latest of each key only. Entries left out were superseded by `head`, the newest
/// when this was built: a reader that got this far holds exactly the writer's set again at `head` and not before.
struct Push {
  Epoch epoch;
  std::uint64_t prev = 0;
  std::uint64_t last = 0;
  std::uint64_t head = 0;
  Hash128 set_hash;  ///< at `head`; only set when `last` is the head, else zero
  std::vector<Entry> entries;
  bool operator==(const Push&) const = default;
};

/// The writer cannot continue from where the reader is: it must repair or reload, never merge.
struct Reset {
  Epoch epoch;
  std::uint64_t gc = 0;
  bool operator==(const Reset&) const = default;
};

/// Sums of the entry hashes of each bucket at `at_seq`.
struct Buckets {
  Epoch epoch;
  std::uint64_t at_seq = 0;
  std::uint64_t live = 0;
  Hash128 set_hash;
  std::array<std::uint64_t, kBuckets> sums{};
  bool operator==(const Buckets&) const = default;
};

/// Part of a repair (what differs) or of a snapshot (`full`: everything). Valid only when all parts have come and the
/// result has `set_hash`.
struct Chunk {
  struct Item {
    Bytes key;
    Bytes payload;
    bool operator==(const Item&) const = default;
  };
  Epoch epoch;
  std::uint64_t at_seq = 0;
  bool full = false;
  std::uint32_t index = 0;
  std::uint32_t count = 0;
  std::uint64_t live = 0;
  Hash128 set_hash;
  std::vector<Item> items;
  std::vector<std::uint64_t> absent;  ///< hashes of keys that the writer does not have
  bool operator==(const Chunk&) const = default;
};

/// Bytes of a SetDigest.
inline constexpr std::size_t kDigestBytes = 32;

/// What a writer vouches for with the key of its certificate, so that it can be believed whoever brings it: where it
/// is, and which set that is. `beat` grows with each one of an epoch: an older one is no sign of life.
struct Attestation {
  Epoch epoch;
  std::uint64_t head = 0;
  std::uint64_t gc = 0;
  std::uint64_t live = 0;
  Hash128 set_hash;
  bool healthy = false;
  std::uint64_t run = 0;  ///< the process that writes
  std::uint64_t beat = 0;
  Bytes digest;       ///< SetDigest of the set at `head`
  Bytes certificate;  ///< that shows whose key it is; empty on a link that has carried it already
  Bytes signature;    ///< over all of the above but the certificate, and the region
  Version version() const { return {epoch, head}; }
  Heartbeat heartbeat() const { return {epoch, head, gc, live, set_hash, healthy}; }
  bool operator==(const Attestation&) const = default;
};

// From a reader to the writer.

/// Cumulative: all up to (epoch, seq) is applied. The hash lets the writer prove equality.
struct Ack {
  Epoch epoch;
  std::uint64_t seq = 0;
  Hash128 set_hash;
  bool operator==(const Ack&) const = default;
};

/// A gap: please continue from here.
struct Pull {
  Epoch epoch;
  std::uint64_t from = 0;
  bool operator==(const Pull&) const = default;
};

/// First step of a repair.
struct BucketsRequest {
  Epoch epoch;
  bool operator==(const BucketsRequest&) const = default;
};

/// Second step: what the reader has in the buckets that differ. `since` is the at_seq of the sums compared with, so
/// that the answer includes what changed in other buckets meanwhile.
struct BucketRequest {
  struct Pair {
    std::uint64_t key_hash = 0;
    std::uint64_t payload_hash = 0;
    auto operator<=>(const Pair&) const = default;
  };
  Epoch epoch;
  std::uint64_t since = 0;
  std::vector<std::uint8_t> buckets;  ///< indexes, ascending
  std::vector<Pair> pairs;            ///< of all these buckets, ascending
  bool operator==(const BucketRequest&) const = default;
};

/// Last resort: everything.
struct SnapshotRequest {
  Epoch epoch;
  bool operator==(const SnapshotRequest&) const = default;
};

/// All chunks below `next` have come. The same number twice asks for that chunk again.
struct ChunkRequest {
  Epoch epoch;
  std::uint64_t at_seq = 0;
  std::uint32_t next = 0;
  bool operator==(const ChunkRequest&) const = default;
};

using WriterMessage = std::variant<Heartbeat, Push, Reset, Buckets, Chunk, Attestation>;
using ReaderMessage = std::variant<Ack, Pull, BucketsRequest, BucketRequest, SnapshotRequest, ChunkRequest>;

}  // namespace syncer::replication
