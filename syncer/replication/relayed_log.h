// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  /// With `vouched` nothing goes on but what the origin vouches for.
  RelayedLog(RegionId origin, const Options& options, Instant now, bool vouched)
      : origin_(origin), vouched_(vouched), publisher_(adapted(options), now) {}

  /// Begins with the set that is held, and what the origin vouched for last, if it did.
  void begin(const Replica& replica, const Attestation* attestation) {
    if (!replica.consistent() || (vouched_ && !bears_out(replica, attestation))) return;
    if (vouched_) said_ = *attestation;
    adopt(replica);
  }
  /// Nothing is held of it any more.
  void close() { open_ = false; }
  void add_reader(RegionId reader) { publisher_.await_beat(reader); }
  void remove_reader(RegionId reader) { publisher_.remove_peer(reader); }
  bool has_readers() const { return publisher_.has_readers(); }

  /// What became of a message of the origin.
  struct Step {
    bool is_heartbeat;
    Heard heard;
    std::span<const Output> news;  ///< outputs of its receiver
    bool follows = false;          ///< a heartbeat that claims no more than is held, be it amid a catch-up
  };
  void follow(Instant now, const Receiver& receiver, const Step& step, Outputs& out);
  /// The same where it waits for the origin to vouch for what came; that is its heartbeat, too.
  void follow_vouched(Instant now, const Receiver& receiver, const Attestation* last, const Step& step, Outputs& out);
  /// Says that the origin is there.
  void beat(Instant now, Outputs& out);
  /// A question of a reader.
  void receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out);

  const Publisher& publisher() const { return publisher_; }
  /// See Publisher.
  void set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out);
  void take_turn(RegionId reader, Outputs& out);
  /// Nothing of a log that ended waits for a turn.
  bool wants_turn(RegionId reader) const;
  std::size_t waiting(RegionId reader) const { return open_ ? publisher_.waiting(reader) : 0; }
  void set_options(Instant now, const Options& options) { publisher_.set_options(now, adapted(options)); }

 private:
  struct Change {
    std::uint64_t seq;
    Op op;
  };
  Options adapted(const Options& options) const;
  static bool bears_out(const Replica& replica, const Attestation* attestation);
  void beat_amid(Instant now, const Step& step, Outputs& out);
  void collect(const Step& step);
  void adopt(const Replica& replica);
  void catch_up(Instant now, const Replica& replica, Outputs& out);
  void send(Outputs& sent, Outputs& out) const;
  void send_vouched(Publish& message, bool beats, Outputs& out) const;

  RegionId origin_;
  bool vouched_;
  Publisher publisher_;
  bool open_ = false;                // the log holds what the origin said
  bool moved_ = false;               // the replica did not go on by entries since then
  std::map<Bytes, Change> waiting_;  // changes since the replica was last what the origin had
  std::optional<Attestation> said_;  // of what the log holds
};

}  // namespace syncer::replication
