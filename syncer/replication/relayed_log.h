// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "syncer/replication/publisher.h"
#include "syncer/replication/receiver.h"

namespace syncer::replication {

/// What is held of another region, as a log that third regions read: in the epoch of its origin and with its numbers,
/// so that they may read on at the origin or at another relay. It says only what the origin said: it goes on when the
/// replica does, and where that is in the middle of something it waits; a heartbeat goes out for one that came in.
class RelayedLog {
 public:
  RelayedLog(RegionId origin, const Options& options, Instant now) : origin_(origin), publisher_(options, now) {}

  /// Begins with the set that is held.
  void begin(const Replica& replica) {
    if (replica.consistent()) adopt(replica);
  }
  /// Nothing is held of it any more.
  void close() { open_ = false; }
  void add_reader(RegionId reader) { publisher_.await_beat(reader); }
  void remove_reader(RegionId reader) { publisher_.remove_peer(reader); }
  bool has_readers() const { return publisher_.has_readers(); }

  /// What became of a message of the origin: `news` are the outputs of its receiver.
  void follow(Instant now, const Receiver& receiver, bool is_heartbeat, Heard heard, std::span<const Output> news,
              Outputs& out);
  /// Says that the origin is there.
  void beat(Instant now, Outputs& out);
  /// A question of a reader.
  void receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out);

  const Publisher& publisher() const { return publisher_; }
  void set_options(Instant now, const Options& options) { publisher_.set_options(now, options); }

 private:
  struct Change {
    std::uint64_t seq;
    Op op;
  };
  void adopt(const Replica& replica);
  void catch_up(Instant now, const Replica& replica, Outputs& out);
  void send(Outputs& sent, Outputs& out) const;

  RegionId origin_;
  Publisher publisher_;
  bool open_ = false;                // the log holds what the origin said
  std::map<Bytes, Change> waiting_;  // changes since the replica was last what the origin had
};

}  // namespace syncer::replication
