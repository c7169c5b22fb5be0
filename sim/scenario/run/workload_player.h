// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/run/run_context.h"

namespace sim::scenario {

/// Plays one workload of a run. Each draw is keyed by the workload and its ordinal.
class WorkloadPlayer {
 public:
  WorkloadPlayer(RunContext& run, const Workload& workload);
  /// Begins now; nothing new happens from `until` on.
  void begin(syncer::Instant until);

 private:
  struct Repetition {
    std::string what;
    Duration mean;
    std::function<void(std::uint64_t turn)> step;
    std::uint64_t turn = 0;
  };

  void play(const Steady& load);
  void play(const Churn& load);
  void play(const BurstLoad& load);
  void play(const RollingDeploy& load);
  void play(const Flap& load);
  void play(const Autoscale& load);
  void play(const Herd& load);

  void register_one(RegistryIndex registry, std::uint64_t service, std::uint64_t number);
  RegistryIndex draw_registry(syncer::Random random) const;
  void churn_in(const Churn& load, std::uint64_t number);
  void churn_out(const Churn& load, syncer::Random random, bool dies);
  std::uint64_t population() const { return living_.size(); }
  void repeat(const std::string& what, Duration mean, std::function<void(std::uint64_t)> step);
  void next_turn(Repetition& repetition);
  void come_back(RegistryIndex registry, const std::string& name);
  void replace(RegistryIndex registry, const std::string& name, const RollingDeploy& load);

  RunContext& run_;
  const Workload& workload_;
  syncer::Random random_;
  syncer::Instant until_ = syncer::kNever;
  std::vector<std::pair<RegistryIndex, std::string>> living_;
  std::uint64_t arrivals_ = 0;
  std::vector<std::unique_ptr<Repetition>> repetitions_;
};

/// The moment a workload begins, and the one it ends (nothing for those that end by themselves).
const Moment& begin_of(const Workload& workload);
const Moment* end_of(const Workload& workload);

}  // namespace sim::scenario
