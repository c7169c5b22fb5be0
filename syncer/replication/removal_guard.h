// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// How many removals are ordinary.
struct GuardOptions {
  std::size_t minimum = 20;  ///< so many are always allowed in one window
  Ratio share = {15, 100};   ///< or this share of the region, whichever is more
  Duration window = std::chrono::seconds(60);
  Duration hold = std::chrono::minutes(10);    ///< released by itself after this, while the origin is healthy
  Duration settle = std::chrono::seconds(5);   ///< entries must have stopped coming back for this long
  Duration excuse = std::chrono::seconds(30);  ///< after inheriting: time for the origin to be heard
};

/// Stops a registry that lost its data from emptying a region everywhere. One per (side, region); knows keys only, so
/// the content of a record cannot get around it.
///
/// Removals of one poll or batch are asked for together and are granted or held together. More than
/// max(minimum, share x size when the window's first removal was granted) in a window trips it, and so does emptying a
/// region that had more than one entry in the window. A tripped guard is frozen: it holds every removal until the
/// entries come back (what is then left must be ordinary for `settle`), an operator releases it, or `hold` passed while
/// the origin was healthy.
class RemovalGuard {
 public:
  enum class Verdict : std::uint8_t { Granted, Held };
  enum class Release : std::uint8_t { None, EntriesBack, Operator, HoldPassed };

  explicit RemovalGuard(GuardOptions options) : options_(options) {}

  /// Entries of the region that are live now, counting those whose removal is asked for or held. To be set before
  /// each request; additions of the same batch count already.
  void set_size(std::size_t live) { size_ = live; }
  /// Wants all of `keys` (distinct) removed. Granted: the caller removes them now. Held: it keeps them; asking again
  /// for a held key changes nothing.
  Verdict request(Instant now, std::span<const Bytes> keys);
  Verdict request(Instant now, const Bytes& key) { return request(now, std::span(&key, 1)); }
  /// The entry came back. True when it was the last one held, which releases the guard.
  bool cancel(Instant now, ByteView key);
  /// Whether the origin proves its registry healthy. The hold time starts anew each time it becomes so.
  void set_origin_healthy(Instant now, bool healthy);
  /// The held keys that may go now, because the hold time passed or because so many came back that the rest is ordinary
  /// (last_release() tells which); empty otherwise. The size is to be set before.
  std::vector<Bytes> advance(Instant now);
  /// An operator's command: all held keys may go now.
  std::vector<Bytes> release();
  /// Another process held removals of this region since `since` and its work is ours now: frozen from here on, before
  /// a removal is asked for, with the hold time that is left. `baseline` is the size it froze at.
  void inherit(Instant now, Instant since, std::size_t baseline);
  /// An operator let so many removals go that may not have happened yet: they are granted until then.
  void allow(std::size_t count, Instant until);
  /// The next request of this size is granted by that allowance.
  bool is_allowed(Instant now, std::size_t count) const {
    return !frozen() && now < allowed_until_ && count <= allowance_;
  }
  /// When advance() will release; kNever while not frozen or the origin is not healthy.
  Instant next_deadline() const;

  bool frozen() const { return !held_.empty() || inherited_; }
  /// Number of removals held.
  std::size_t pending() const { return held_.size(); }
  bool holds(ByteView key) const { return held_.find(key) != held_.end(); }
  /// Most removals that a window starting with the current one may hold.
  std::size_t allowed() const;
  /// When it froze; only meaningful while frozen.
  Instant tripped_at() const { return tripped_at_; }
  /// From when the hold time runs; only meaningful while frozen.
  Instant hold_since() const { return std::max(tripped_at_, healthy_since_); }
  /// The size it froze at; only meaningful while frozen.
  std::size_t baseline() const { return baseline_; }
  /// What ended the last freeze.
  Release last_release() const { return last_release_; }
  void hash(StateHasher& hasher) const;

 private:
  struct Grant {
    Instant at;
    std::size_t count;
    std::size_t size_before;
  };

  bool is_ordinary(std::size_t count) const;
  bool had_more_than_one() const;
  bool is_mostly_back() const;
  std::size_t window_start_size() const;
  Instant hold_passed_at() const;
  void book(Instant now, std::size_t count);
  void forget_old_grants(Instant now);
  std::vector<Bytes> let_go(Release reason);

  GuardOptions options_;
  std::size_t size_ = 0;
  std::deque<Grant> grants_;  // of the current window, oldest first
  std::size_t granted_ = 0;   // sum of their counts
  std::set<Bytes, std::less<>> held_;
  bool inherited_ = false;   // frozen on behalf of another process, even with nothing held
  Instant excused_until_{};  // that the origin is not heard at first says nothing about its health
  std::size_t baseline_ = 0;
  std::size_t allowance_ = 0;
  Instant allowed_until_{};
  bool origin_healthy_ = true;
  Instant healthy_since_{};
  Instant tripped_at_{};
  std::size_t size_seen_ = 0;    // at the last look; more means that entries came back
  Instant settled_at_ = kNever;  // entries came back; when it is time to look at the rest
  Release last_release_ = Release::None;
};

/// Whose removals a guard judges: those that we publish, or those that another region publishes.
enum class GuardSide : std::uint8_t { Sender, Receiver };

/// What the next leader must know of a removal guard of the one before. Instants are of this process.
struct GuardMark {
  GuardSide side = GuardSide::Sender;
  std::string region;  ///< whose instances these are
  bool frozen = false;
  Instant since{};             ///< from when the hold time runs, while frozen
  std::uint64_t baseline = 0;  ///< entries it froze at
  std::uint64_t held = 0;      ///< removals it holds
  std::uint64_t released = 0;  ///< removals that an operator let go, and that may not have happened yet
  Instant released_at{};
  bool operator==(const GuardMark&) const = default;
};

}  // namespace syncer::replication
