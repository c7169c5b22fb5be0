// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"

namespace sim::engine {

/// One event as the digest sees it.
struct TraceEntry {
  syncer::Instant at;
  std::uint32_t site = 0;     ///< where it happened
  std::uint32_t kind = 0;     ///< what it was; numbers belong to the world
  std::uint64_t payload = 0;  ///< hash of the bytes it carried
  std::uint64_t draws = 0;    ///< fold of the random draws since the event before
  bool operator==(const TraceEntry&) const = default;
};

/// Numbers of events, [first, last).
struct Window {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Rolling 64-bit digest of a run: two runs are equal when their digests are. Keeps a checkpoint each kInterval events,
/// and whole entries inside one window, so that the first difference of two runs can be named.
class Digest {
 public:
  static constexpr std::uint64_t kInterval = 1024;

  /// Keeps the entries of the events in `window`.
  void capture(Window window) { window_ = window; }
  /// Folds in a random draw; it counts for the next event.
  void draw(std::uint64_t value) { draws_ = (draws_ ^ value) * 0x9fb21c651e98df25ULL; }
  void add(syncer::Instant at, std::uint32_t site, std::uint32_t kind, std::uint64_t payload);

  std::uint64_t value() const { return hasher_.digest(); }
  std::uint64_t events() const { return events_; }
  const std::vector<std::uint64_t>& checkpoints() const { return checkpoints_; }
  const std::vector<TraceEntry>& captured() const { return captured_; }

 private:
  syncer::StateHasher hasher_;
  std::uint64_t events_ = 0;
  std::uint64_t draws_ = 0;
  Window window_;
  std::vector<std::uint64_t> checkpoints_;
  std::vector<TraceEntry> captured_;
};

/// Where two runs that should be equal part. An entry is missing when that run had ended before.
struct Difference {
  std::uint64_t event = 0;  ///< number of the first event that differs, from 0
  bool exact = false;       ///< false: somewhere in the 1024 events from `event` on (a repetition agreed with itself)
  std::optional<TraceEntry> first;
  std::optional<TraceEntry> second;
};

/// Makes one whole run from nothing and gives back its digest, having captured the entries of `window`.
using Run = std::function<Digest(Window window)>;

/// Runs twice; nothing when both were equal. Otherwise runs both again to capture the stretch after the last common
/// checkpoint and names the first event that differs.
std::optional<Difference> compare_runs(const Run& first, const Run& second);

/// One sentence for people.
std::string to_string(const Difference& difference);

}  // namespace sim::engine
