// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "syncer/replication/set_digest.h"
#include "syncer/replication/set_hash.h"

namespace syncer::replication {

/// What is known of one remote region. Changed by its Receiver only; the version never goes back, unless
/// what it came from turned out to be false.
class Replica {
 public:
  /// One live entry.
  struct Record {
    Bytes payload;
    std::uint64_t payload_hash = 0;
    std::uint64_t seq = 0;
    std::uint32_t binding = 0;  ///< which binding of the replica `seq` belongs to
  };
  using Records = std::map<Bytes, Record, std::less<>>;

  Epoch epoch() const { return version_.epoch; }
  std::uint64_t seq() const { return version_.seq; }
  Version version() const { return version_; }
  /// The set is exactly the writer's at this version. False in the middle of a catch-up that skips superseded entries.
  bool consistent() const { return version_.seq >= closes_at_ && version_.epoch != Epoch{}; }
  std::size_t size() const { return records_.size(); }
  /// Live entries whose key begins with this byte, which is their kind to those who write them.
  std::size_t size_of(std::uint8_t kind) const;
  /// Keys and payloads held, in bytes.
  std::size_t bytes() const { return bytes_; }
  const Hash128& set_hash() const { return set_hash_.total(); }
  const SetHash& hashes() const { return set_hash_; }
  /// From now on there is a digest of the set.
  void keep_digest(const Expand& expand);
  /// Nothing unless it is kept.
  const std::optional<SetDigest>& digest() const { return digest_; }
  /// Payload of a live key, or nullptr.
  const Bytes* find(ByteView key) const;
  /// Version of a live key. After a rebind all former entries count as written at the place that was bound to.
  std::optional<Version> version_of(ByteView key) const;
  /// Live entries in the order of keys.
  const Records& records() const { return records_; }

  /// True when the payload is new.
  bool put(ByteView key, Bytes payload, std::uint64_t seq);
  /// True when the key was live.
  bool erase(ByteView key);
  /// The next place in the same epoch, by a push whose superseded entries were replaced by `head` at the latest.
  void advance_to(std::uint64_t seq, std::uint64_t head);
  /// A place in this or a newer epoch whose set this replica now holds.
  void bind(Version at);
  /// Keeps the entries, of no version: any place may be bound to next.
  void unbind();
  void hash(StateHasher& hasher) const;

 private:
  Version version_;
  std::uint64_t closes_at_ = 0;  // what was left out of the pushes so far was replaced up to here
  std::uint32_t binding_ = 0;
  std::uint64_t bound_seq_ = 0;
  std::size_t bytes_ = 0;
  SetHash set_hash_;
  std::optional<SetDigest> digest_;
  Records records_;
  std::map<std::uint8_t, std::size_t> by_kind_;
};

}  // namespace syncer::replication
