// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "syncer/replication/receiver.h"

namespace syncer::replication {

/// What the writer of a region vouches for, and the reading of what others bring of it: nothing they say counts but by
/// an attestation of the writer, whose signature the caller has checked. A push waits for the one that comes behind it,
/// a transfer follows the one of its set; a heartbeat is an attestation and nothing else.
class Vouched {
 public:
  /// The last one of the writer, whoever brought it; nothing before the first.
  const std::optional<Attestation>& last() const { return last_; }
  /// From now on messages come from others, or from the writer himself.
  void set_by_others(bool by_others, Receiver& receiver);
  bool by_others() const { return by_others_; }

  /// A message of the writer himself.
  Heard note(const Attestation& attestation, const Receiver& receiver);
  /// A message that another region brings.
  Heard receive(Instant now, const WriterMessage& message, Receiver& receiver, Outputs& out);

 private:
  Heard on(Instant now, const Heartbeat& heartbeat, Receiver& receiver, Outputs& out);
  Heard on(Instant now, const Push& push, Receiver& receiver, Outputs& out);
  Heard on(Instant now, const Reset& reset, Receiver& receiver, Outputs& out);
  Heard on(Instant now, const Buckets& buckets, Receiver& receiver, Outputs& out);
  Heard on(Instant now, const Chunk& chunk, Receiver& receiver, Outputs& out);
  Heard on(Instant now, const Attestation& attestation, Receiver& receiver, Outputs& out);
  Heard apply_waiting(Instant now, Receiver& receiver, Outputs& out);
  bool holds(const Replica& replica) const;

  bool by_others_ = false;
  std::optional<Attestation> last_;
  std::optional<Push> waiting_;
};

}  // namespace syncer::replication
