// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "syncer/membership/roster.h"
#include "tests/unit/membership/recorder.h"

namespace syncer::membership {

State state_of(const std::string& name);

/// The rules put into the `setup` of a row; applies inputs and says in the row's own words what came of them.
class TransitionHarness {
 public:
  using json = nlohmann::json;
  explicit TransitionHarness(const json& setup);

  /// Applies one input; `error` of an exchange is in the answer.
  std::string apply(const json& input);
  /// The member as the rows describe one, with the fields that `expected` names.
  json describe(const std::string& node, const json& expected) const;
  /// Messages that this step queued, newest per name, with their fields.
  json take_broadcasts();
  /// Events that a listener of the reference would have seen.
  json take_events();
  int health() const { return roster_.awareness().score(); }

  const Options& options() const { return options_; }
  Roster& roster() { return roster_; }
  const Member* find(const std::string& node) const { return roster_.table().find(node); }
  Outputs& outputs() { return out_; }
  const Recorder& recorder() const { return recorder_; }

 private:
  void alive(const json& in);
  std::string merge(const json& in);

  Recorder recorder_;
  Options options_;
  Roster roster_;
  Outputs out_;
  Instant now_ = instant(1'000'000'000'000);
  Instant row_start_ = now_;
  std::map<std::string, Instant> changed_before_;
};

}  // namespace syncer::membership
