// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "mocksc/servicecenter/api/model.h"

namespace mocksc {

/// A second model that repeats every write of the first one later: what a reader of an old cache sees. It moves forward
/// only, so its age grows from zero to the lag that is asked for.
class LaggingCopy {
 public:
  using Step = std::function<void(Model&, syncer::Instant)>;

  LaggingCopy(const Model& original, syncer::Instant now) : model_(original.copy()), position_(now) {}
  /// Repeats `step` once the copy gets there. Call it with growing times.
  void record(syncer::Instant at, Step step) { steps_.push_back({at, std::move(step)}); }
  /// Moves the copy to `to`, never back, and gives it out together with where it stands.
  Model& at(syncer::Instant to);
  syncer::Instant position() const { return position_; }

 private:
  struct Recorded {
    syncer::Instant at;
    Step step;
  };
  Model model_;
  syncer::Instant position_;
  std::deque<Recorded> steps_;
};

}  // namespace mocksc
