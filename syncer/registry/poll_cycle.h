// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "syncer/ports/observer.h"
#include "syncer/registry/read_pace.h"
#include "syncer/registry/read_schedule.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {

/// When the registry is read, and how the last readings went. One reading at a time: it ends when everything that was
/// opened is closed, and is complete when no doubt was raised.
///
/// A reading covers the whole registry, unless its driver declares parts: then it covers those that are due.
class PollCycle {
 public:
  PollCycle(const RegistrySettings& settings, Observer& observer) : settings_(settings), observer_(observer) {}

  void start(Instant now) { next_ = now; }
  /// The settings are others: the next reading is due now.
  void hasten(Instant now) {
    if (next_ == kNever) return;
    next_ = std::min(next_, now);
    parts_.hurry_all(now);
  }
  bool is_due(Instant now) const { return open_ == 0 && now >= next_due(); }
  Instant next_deadline() const { return open_ > 0 ? kNever : next_due(); }

  /// A reading begins; it ends when everything that was opened is closed. One past all caches covers all parts, shows
  /// what the store holds, and costs it more.
  void begin(Instant now, bool past_caches = false);
  void open() { ++open_; }
  void close(Instant now);
  /// The next reading begins now, and covers all parts.
  void hurry(Instant now) {
    next_ = now;
    parts_.hurry_all(now);
  }
  /// Something was left out or could not be read: what is missing says nothing.
  void doubt(std::string problem);

  /// The caches show what the store lost, and may hide any removal for as long as a lease of what they show: until then
  /// every reading is one past all of them, at the pace that its cost allows.
  void distrust_caches(Instant now, Duration lease);
  bool distrusts_caches(Instant now) const { return now < distrusted_until_; }
  /// An answer that belongs to the reading took so much.
  void count(std::size_t bytes) { bytes_ += bytes; }

  /// At first everything is waited for: until this is called only the time that reading takes stretches its interval.
  void settle() { settled_ = true; }
  bool settled() const { return settled_; }

  /// The parts that are read each by itself; none: the registry is read as a whole.
  ReadSchedule& parts() { return parts_; }

  /// Everything that stood in the registry at this time and stands still was read; nothing before that is true.
  std::optional<Instant> last_complete() const { return last_complete_; }
  /// Begin of the reading that is under way, or was last.
  Instant began() const { return started_; }
  bool past_caches() const { return past_caches_; }
  /// Begin of the last complete reading past all caches; nothing before there was one.
  std::optional<Instant> last_past_caches() const { return last_past_caches_; }
  /// Begin of the last complete reading before the one that began last; the minimum before there was one.
  Instant former() const { return former_; }
  /// Why the last reading was not complete; empty when it was.
  const std::string& problem() const { return problem_; }
  /// Time between two readings of the same thing.
  Duration interval() const { return interval_; }

 private:
  Instant next_due() const { return parts_.empty() ? next_ : std::max(next_, parts_.next_due()); }
  void conclude(Instant now);
  void conclude_parts(Instant now);
  ReadCost cost(Instant now) const;
  Duration interval_past_caches(Instant now) const;

  const RegistrySettings& settings_;
  Observer& observer_;
  ReadSchedule parts_;
  Instant next_ = kNever;  ///< of the whole; with parts: no reading before
  Instant started_{};
  std::size_t open_ = 0;
  bool past_caches_ = false;
  Instant former_ = Instant::min();
  Instant distrusted_until_ = Instant::min();
  std::size_t bytes_ = 0;  ///< of the answers of the reading
  bool settled_ = false;
  std::optional<Instant> last_complete_;
  std::optional<Instant> last_past_caches_;
  Duration interval_{};
  std::string problem_;
  std::string cycle_problem_;
};

}  // namespace syncer::registry
