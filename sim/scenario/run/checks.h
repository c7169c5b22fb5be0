// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/host/probe.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::host {
class World;
}

namespace sim::scenario {

class Faults;

/// When the labels of a run come true. All that do not hang on a `when` are known from the beginning.
class Timeline {
 public:
  /// Nothing while the label's trigger has not come.
  std::optional<syncer::Instant> at(const Moment& moment) const;
  void set(const std::string& label, syncer::Instant when) {
    labels_.insert_or_assign(label, when);
    ++changes_;
  }
  /// Another number when a label was set since: what at() said before may be another now.
  std::uint64_t changes() const { return changes_; }
  const std::map<std::string, syncer::Instant>& labels() const { return labels_; }

 private:
  std::map<std::string, syncer::Instant> labels_;
  std::uint64_t changes_ = 0;
};

/// What a run is made of. Borrowed; all of it outlives the run.
struct CheckContext {
  const Scenario& scenario;
  const Names& names;
  const host::World& world;
  const Timeline& timeline;
  const Captures& captures;  ///< what the events named by "as" so far
  const Faults& faults;      ///< those that last
  std::uint64_t seed;
};

/// Watches a run and judges it. The runner adds it to the world as a probe, tells it what the scenario does, and asks
/// it at the end. Observation only: the digest of a run is the same whatever the checks do.
class Checks : public host::Probe {
 public:
  /// Once, after the world is built and before its first event.
  virtual void begin(const CheckContext& run) = 0;
  /// A label came true (an event fired, a workload began, "settle", "end"). Called just before the event takes effect;
  /// `event` is nullptr for labels that are none. An event with `every` is reported each time.
  virtual void on_label(std::string_view label, const Event* event) = 0;
  /// An application of the scenario did something at a registry; `instance` is its id there.
  virtual void on_application(RegistryIndex registry, std::string_view instance, std::string_view verb) = 0;
  /// Whether a predicate is true now; serves the anchor `when`. `since` is when the anchor was armed.
  virtual bool holds(const Predicate& predicate, syncer::Instant since) = 0;
  /// True when nothing that may still come can change the findings: the run may stop early.
  virtual bool decided() const = 0;
  /// What was violated so far; the end may show more.
  virtual const std::vector<Violation>& violations() const = 0;
  /// Once, after the last event.
  virtual Findings finish() = 0;
};

}  // namespace sim::scenario
