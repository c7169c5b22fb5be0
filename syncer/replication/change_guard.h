// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/time.h"
#include "syncer/replication/loss_guard.h"

namespace syncer::replication {

/// The receiver's guard over changed endpoints: somebody who speaks for a region and points its copies elsewhere loses
/// them as surely as if they were removed. When at least the share of the region, the minimum and the services of the
/// options changed within a minute, what changes is held for the lease of the entry at most. One per remote region.
class ChangeGuard {
 public:
  enum class Verdict : std::uint8_t { Granted, Held };
  struct Change {
    Bytes key;
    Bytes service;
    Duration lease{};
  };

  explicit ChangeGuard(LossGuardOptions options) : options_(options) {}

  /// Other options from now on; what is held already stays held as long as it was.
  void set_options(const LossGuardOptions& options) { options_ = options; }

  /// Entries whose endpoints are others than those of their copies, all of one batch; `live` counts the copies of the
  /// region. Held: the copies keep their endpoints. One that is held already stays held as long as it was.
  Verdict request(Instant now, std::span<const Change> changes, std::size_t live);
  /// The entry is gone, or has the endpoints of its copy again.
  void cancel(ByteView key);
  /// The held changes that may be done now.
  std::vector<Bytes> advance(Instant now);
  /// An operator's command: all of them, and for a minute the later ones, too.
  std::vector<Bytes> release(Instant now);
  Instant next_deadline() const { return held_until_.empty() ? kNever : held_until_.begin()->first; }

  bool holds(ByteView key) const { return held_.contains(key); }
  std::size_t held() const { return held_.size(); }
  void hash(StateHasher& hasher) const;

 private:
  void book(Instant now, const Change& change);
  void forget_old(Instant now);
  bool is_mass_change(std::size_t live) const;

  struct Booked {
    Bytes service;
    Instant at{};
  };

  LossGuardOptions options_;
  std::map<Bytes, Booked, std::less<>> booked_;  // changes of the last minute, granted or held
  std::set<std::pair<Instant, Bytes>> in_time_;  // the same, oldest first
  std::map<Bytes, std::size_t> services_;        // how many of each
  std::map<Bytes, Instant, std::less<>> held_;
  std::set<std::pair<Instant, Bytes>> held_until_;
  Instant released_until_ = Instant::min();
};

}  // namespace syncer::replication
