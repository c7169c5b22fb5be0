// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/debug/playback.h"
#include "syncer/base/result.h"

namespace sim::debug {

/// A place in the state of a syncer or registry, compared with a value.
struct StateTest {
  enum class Compare : std::uint8_t { Equal, Unequal, Less, AtMost, More, AtLeast, Holds };
  std::string who;
  std::string pointer;  ///< JSON pointer into its state, such as /status/ready
  Compare compare = Compare::Equal;
  std::string value;  ///< JSON, or a bare text; of Holds a text that must be found in what stands there
};

/// Where a run stops by itself.
struct Breakpoint {
  struct Time {
    syncer::Instant at;
  };
  struct Event {
    std::uint64_t number;
  };
  struct Label {
    std::string name;
  };
  struct Line {
    std::string text;
  };
  struct Violation {};

  std::string text;  ///< as it was asked for
  std::variant<Time, Event, Label, Line, Violation, StateTest> when;
  bool held = false;  ///< of a StateTest: it held after the event before; it stops when it begins to

  /// From the words after "break": "at 40s", "event 8812", "label cut", "line TEXT", "violation",
  /// "if WHO POINTER OP VALUE" (OP is == != < <= > >= or holds).
  static syncer::Result<Breakpoint> parse(const std::vector<std::string>& words, const Playback& run);
  /// Whether it is reached by the event that just happened; `before` is how it was before that event.
  bool reached(const Playback& run, const Moment& before);
  /// Takes the state of the run as known, without stopping.
  void look(const Playback& run);
};

/// The state of a syncer or registry of that name as JSON text, or the part that the pointer names; an error when there
/// is no such one or no such part.
syncer::Result<std::string> state_text(const Playback& run, const std::string& who, const std::string& pointer);

}  // namespace sim::debug
