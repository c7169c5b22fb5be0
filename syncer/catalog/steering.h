// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"

namespace syncer::catalog {

class Regions;

/// What operators want of the copies of single regions, or of all: a pause, in which nothing of them is written and all
/// is renewed, or a drain, which removes them in steps and pauses. Ends with the process or the lead of its region.
class Steering {
 public:
  /// An empty name stands for all regions.
  void pause(const std::string& region) { paused_.try_emplace(region); }
  /// Begins to remove the copies, so many a second.
  void drain(Instant now, const std::string& region, std::uint32_t per_second);
  /// False when neither that region nor, with an empty name, any one is paused.
  bool resume(const std::string& region);

  bool pauses(const std::string& region) const { return paused_.contains("") || paused_.contains(region); }
  bool is_idle() const { return paused_.empty(); }
  /// For people; empty when nothing is wanted of that region.
  std::string status(const std::string& region) const;

  /// One of the next copies that is to go now.
  struct Step {
    std::string region;
    Bytes after;  ///< the key of the copy before
  };
  std::optional<Step> take_due(Instant now);
  /// The copy of that step; nothing when there was none left.
  void stepped(const std::string& region, std::optional<Bytes> key);
  Instant next_deadline() const;

 private:
  struct Drain {
    Duration pace{};
    Instant next = kNever;  ///< kNever when it is done
    Bytes at;
    std::uint64_t removed = 0;
  };
  std::map<std::string, std::optional<Drain>> paused_;  ///< by region; "" for all
};

/// Marks the copies that a drain removes now, one for each step.
void drain_due(Instant now, Regions& regions);
/// Nothing is wanted of the region any more, or with an empty name of all: its copies are looked at again. False when
/// nothing was.
bool resume_imports(Regions& regions, const std::string& region);
/// All copies of the region, or with an empty name of all, are looked at now, whatever they waited for.
void hurry(Instant now, Regions& regions, std::string_view region);

}  // namespace syncer::catalog
