// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/replication/receiver.h"

namespace syncer::peering {

/// What is known of the process that writes for a region, and what its word about its epoch is worth. An epoch counts
/// as known only once its set was received: what is merely said raises nothing. One that is older than the known one,
/// or further beyond it than a region comes by itself, is doubted; who stands by it for kInsistence, while nobody else
/// proves to be the writer, is believed after all. So whatever somebody made us believe is forgotten soon after he
/// ended.
class WriterTrust {
 public:
  static constexpr Duration kInsistence = std::chrono::seconds(20);
  /// Between two words of who insists.
  static constexpr Duration kPause = std::chrono::seconds(10);

  enum class Verdict : std::uint8_t {
    Hear,       ///< nothing speaks against it
    Doubt,      ///< not that epoch, not yet
    SameEpoch,  ///< the epoch of another process: that one lost its disk and has to open a higher one
    Believe,    ///< doubted for long enough; what was known of the epoch is void
  };

  explicit WriterTrust(Instant started) : last_heard_(started) {}

  /// A process says that it writes in that epoch.
  Verdict judge(Instant now, std::uint64_t run, Epoch epoch);
  /// What came of its message.
  void heard(Instant now, std::uint64_t run, Epoch epoch, replication::Heard what);
  /// The registry's marks, or a former life of this node, show this epoch; who wrote in it is not known. False when no
  /// region can have it.
  bool raise(Epoch epoch);

  /// Highest epoch whose set was received …
  Epoch known_epoch() const { return known_epoch_; }
  /// … and the process that had it; 0 when only marks show it.
  std::uint64_t known_run() const { return known_run_; }
  /// Last message that carried anything; the start of this process before the first.
  Instant last_heard() const { return last_heard_; }
  /// There was such a message.
  bool has_spoken() const { return has_spoken_; }
  /// The writer proved not longer ago than this that it has the set.
  bool proved_within(Instant now, Duration age) const { return proved_ && saturating_add(*proved_, age) > now; }

 private:
  struct Doubted {
    std::uint64_t run;
    Epoch epoch;
    Instant since;
    Instant last;
  };
  bool insists(Instant now, std::uint64_t run, Epoch epoch);

  Epoch known_epoch_;
  std::uint64_t known_run_ = 0;
  Instant last_heard_;
  bool has_spoken_ = false;
  std::optional<Instant> proved_;
  std::optional<Doubted> doubted_;
};

}  // namespace syncer::peering
