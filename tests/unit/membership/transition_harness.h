// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "syncer/membership/swim.h"
#include "tests/unit/membership/recorder.h"
#include "tests/unit/membership/roster_setup.h"

namespace syncer::membership {

State state_of(const std::string& name);

/// A core put into the `setup` of a row; applies inputs and says in the row's own words what came of them.
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
  int health() const { return swim_->health(); }

  Swim& swim() { return *swim_; }
  RosterSetup& setup() { return *setup_; }
  Outputs& outputs() { return out_; }
  const Recorder& recorder() const { return recorder_; }

 private:
  void add_member(const json& m, std::size_t position);
  void alive(const json& in);
  std::string merge(const json& in);

  Recorder recorder_;
  std::unique_ptr<Swim> swim_;
  std::unique_ptr<RosterSetup> setup_;
  Outputs out_;
  Instant now_ = instant(1'000'000'000'000);
  Instant row_start_ = now_;
  std::map<std::string, Instant> changed_before_;
};

}  // namespace syncer::membership
