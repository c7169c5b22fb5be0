// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/debug/breakpoint.h"
#include "sim/debug/playback.h"

namespace sim::debug {

/// What a command of the debugger comes to.
struct Reply {
  std::string text;  ///< whole lines
  bool ok = true;    ///< false: the command was not understood, the text says why
  bool quit = false;
};

/// Goes through a run as its owner says, one line of text a command.
class Debugger {
 public:
  /// The scenario is explicit (explore::materialize) and outlives this.
  Debugger(const scenario::Scenario& scenario, std::uint64_t seed) : run_(scenario, seed) {}

  Reply execute(const std::string& line);
  /// Where the run is: "40.002s event 8812".
  std::string prompt() const;
  const Playback& run() const { return run_; }

 private:
  using Words = std::vector<std::string>;

  Reply go_on();
  Reply next(const Words& words);
  Reply back(const Words& words);
  Reply go_to(const Words& words);
  Reply add_break(const Words& words);
  Reply breaks() const;
  Reply remove_break(const Words& words);
  Reply state(const Words& words) const;
  Reply log(const Words& words) const;
  Reply who() const;
  Reply violations() const;
  Reply travel(std::uint64_t event);
  /// One event; the text of the breakpoints that it reaches.
  std::string step();
  std::string where() const;

  Playback run_;
  std::map<std::uint64_t, Breakpoint> breaks_;
  std::uint64_t next_break_ = 1;
};

}  // namespace sim::debug
