// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "syncer/base/time.h"

namespace syncer::registry {

/// The parts of a registry that are read each by itself, so that a large one is read in small pieces all the time:
/// when each is due, and since when all of them together are known.
class ReadSchedule {
 public:
  /// Adds a part that is due at `due`; one that is there already stays as it is.
  void add(const std::string& part, Instant due);
  /// Adds one that is read besides: it makes nothing complete.
  void add_extra(const std::string& part, Instant due);
  void remove(const std::string& part) { parts_.erase(part); }
  bool empty() const { return parts_.empty(); }

  bool is_due(const std::string& part, Instant now) const;
  Instant next_due() const;
  /// It is read again at `due`, or before if it was due earlier.
  void hurry(const std::string& part, Instant due);
  /// So are all, at once.
  void hurry_all(Instant now);
  /// It is not read before `due`.
  void delay(const std::string& part, Instant due);

  /// It is read again `interval` after a reading that began then.
  void next(const std::string& part, Instant began, Duration interval);
  /// All that belonged to it when a reading began then is known.
  void complete(const std::string& part, Instant began);
  void fail(const std::string& part, Instant retry, std::string problem);

  /// What stood in the registry at that time and stands still is known; nothing while some part was never read.
  std::optional<Instant> covered_since() const;
  /// Of the first part whose last reading failed; empty when none did.
  const std::string& problem() const;
  /// The longest interval that a part is read at.
  Duration interval() const;

 private:
  struct Part {
    Instant due{};
    bool extra = false;
    std::optional<Instant> complete{};
    Duration interval{};
    std::string problem{};
  };

  std::map<std::string, Part> parts_;
};

}  // namespace syncer::registry
