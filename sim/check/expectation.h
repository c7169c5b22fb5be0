// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/rule.h"

namespace sim::check {

/// Evaluates a predicate on the state after the current event.
using Evaluate = std::function<bool(const scenario::Predicate&)>;

/// What all expectations of a run share.
struct EvaluationContext {
  const scenario::CheckContext* run = nullptr;
  const Ledger* ledger = nullptr;
  Sink* sink = nullptr;
  Evaluate evaluate;
};

/// One demand of the scenario, followed through a run.
class Expectation {
 public:
  Expectation(const EvaluationContext& context, const scenario::Expectation& source)
      : context_(context), source_(source) {}
  virtual ~Expectation() = default;
  /// After an event; `changed` tells whether anything a predicate can see changed since the last call.
  virtual void look(Instant now, bool changed) = 0;
  /// After the last event. Adds what is undecided and the timings.
  virtual void finish(Instant now, scenario::Findings& findings) = 0;

 protected:
  /// A moment of the scenario's text; it is asked for after each event, and looked up when a label was set.
  std::optional<Instant> at(const scenario::Moment& moment) {
    const scenario::Timeline& timeline = context_.run->timeline;
    auto slot = std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.moment == &moment; });
    if (slot == known_.end())
      slot = known_.insert(known_.end(), Known{&moment, timeline.changes(), timeline.at(moment)});
    if (slot->changes != timeline.changes()) *slot = {&moment, timeline.changes(), timeline.at(moment)};
    return slot->at;
  }
  void violated(std::vector<std::string> facts) const {
    context_.sink->violated(source_.id, std::move(facts), &source_.place);
  }
  void undecided(scenario::Findings& findings, const std::string& why) const {
    findings.undecided.push_back(source_.id + ": " + why);
  }

  EvaluationContext context_;
  const scenario::Expectation& source_;

 private:
  struct Known {
    const scenario::Moment* moment;
    std::uint64_t changes;
    std::optional<Instant> at;
  };
  std::vector<Known> known_;
};

/// The follower of one expectation's form; nullptr for forms that are measured at the end (metric).
std::unique_ptr<Expectation> follow(const EvaluationContext& context, const scenario::Expectation& source);

}  // namespace sim::check
