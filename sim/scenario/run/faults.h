// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/host/world.h"
#include "sim/scenario/run/names.h"

namespace sim::scenario {

/// Faults that last, each with what ends it.
class Faults {
 public:
  /// Which words end it, besides its own time and "settle".
  enum class Kind : std::uint8_t { Network, Clog, Process, Registry };

  explicit Faults(host::World& world) : world_(world) {}

  /// Notes a fault that has begun; it ends after `lasting` if given.
  void begin(std::string label, Kind kind, Sites touched, std::function<void(host::World&)> end,
             std::optional<Duration> lasting);
  /// Ends those of the label, or with "all" those of the kinds: `clogs_only` or the whole network.
  void heal(std::string_view label, bool clogs_only);
  /// Ends those that touch anybody of the core.
  void settle(const Sites& core);

  bool any() const { return !running_.empty(); }
  /// When one began or ended last.
  syncer::Instant changed_at() const { return changed_at_; }

 private:
  struct Fault {
    std::string label;
    Kind kind;
    Sites touched;
    std::function<void(host::World&)> end;
  };
  void end(std::uint64_t id);

  host::World& world_;
  std::map<std::uint64_t, Fault> running_;
  std::uint64_t next_ = 1;
  syncer::Instant changed_at_{};
};

}  // namespace sim::scenario
