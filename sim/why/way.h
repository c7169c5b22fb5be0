// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/run/names.h"
#include "sim/why/recorder.h"

namespace sim::why {

/// What was done about one instance on its way to one foreign registry until a moment, and what was not.
class Way {
 public:
  /// `names` and `run` live as long as this.
  Way(const scenario::Names& names, const Recorder& run, check::InstanceName origin, RegistryIndex target, Instant at);

  /// What was last done to its copy in the registry; nullptr when there never was one.
  const Step* arrived() const { return arrived_; }
  /// Something was done to the copy since the application's last step.
  bool is_over() const { return arrived_ != nullptr && arrived_->at >= began(); }
  bool is_shown() const { return arrived_ != nullptr && arrived_->kind == Step::Kind::Shown; }

  /// What was done last, and where that is not the goal, who did not do the next thing:
  /// "cart-1: w1 heard of it at 1m, and w1 did not write it to sc-w so".
  std::string text() const;
  /// Of what is shown: who had to take it back, and did not.
  std::string not_taken_back() const;

 private:
  Instant began() const { return application_ != nullptr ? application_->at : Instant{}; }
  std::string name() const;
  std::string node(const Step& step) const { return names_.nodes()[step.node].name; }
  std::string said(const Note& note) const;
  std::string nodes_of(RegistryIndex registry) const;
  const Step* last_of(Step::Kind kind, RegistryIndex registry, Instant from, Instant to) const;
  const Note* last_of_replica(Instant from, Instant to) const;
  std::string by_way_of() const;
  std::string brought_by(bool gone) const;
  std::string last_done() const;
  std::string stops(Instant from, bool gone) const;

  const scenario::Names& names_;
  const std::vector<Note>& notes_;
  const std::vector<Step>& steps_;
  const check::InstanceName origin_;
  const RegistryIndex target_;
  const Instant at_;
  const Step* application_ = nullptr;
  const Step* arrived_ = nullptr;
};

}  // namespace sim::why
