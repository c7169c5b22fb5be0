// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/chaos.h"

#include "tests/property/raft/assertions.h"

namespace syncer::raft::property {
namespace {

VoterId any_of(const std::vector<VoterId>& ids, Random& random) { return ids[random.below(ids.size())]; }

void cut_something(Cluster& cluster, Random& random) {
  const VoterId from = any_of(cluster.ids(), random);
  const VoterId to = any_of(cluster.ids(), random);
  if (random.below(2) == 0) return cluster.cut(from, to);
  const std::optional<VoterId> leader = cluster.leader();
  cluster.isolate(leader && random.below(2) == 0 ? *leader : from);
}

void crash_or_restart(Cluster& cluster, Random& random) {
  const VoterId id = any_of(cluster.ids(), random);
  if (!cluster.is_up(id)) return cluster.restart(id);
  cluster.crash(id);
  if (random.below(2) == 0) cluster.restart(id);
}

void do_something(Cluster& cluster, Random& random) {
  const std::uint64_t draw = random.below(100);
  const std::vector<VoterId> up = cluster.up();
  if (draw < 60) {
    if (!up.empty()) cluster.propose_at(any_of(up, random));
  } else if (draw < 70) {
    if (!up.empty()) cluster.take_snapshot(any_of(up, random));
  } else if (draw < 80) {
    crash_or_restart(cluster, random);
  } else if (draw < 86) {
    cut_something(cluster, random);
  } else if (draw < 96) {
    cluster.heal();
  } else if (!up.empty()) {
    const VoterId from = any_of(up, random);
    cluster.transfer(from, any_of(cluster.ids(), random));
  }
}

/// Without pre-vote and check-quorum nothing keeps rivals from raising the term against each other: they agree in the
/// end, but no such bound holds. A syncer always runs with both.
Duration patience(const Options& options) {
  return (options.pre_vote || options.check_quorum ? 10 : 40) * options.election_timeout;
}

void settle(Cluster& cluster, Duration patience) {
  cluster.heal();
  cluster.weather = Weather{};
  for (const VoterId id : cluster.ids()) {
    if (!cluster.is_up(id)) cluster.restart(id);
  }
  const auto settled = [&] { return cluster.settled(); };
  if (!cluster.run_until(settled, patience)) throw Violation("L2 healing: no agreement in time");
  const Index before = cluster.applied(*cluster.leader());
  const auto committed = [&] {
    if (cluster.leader() && cluster.raft(*cluster.leader()).raft().log().last().index == before) cluster.propose();
    return cluster.settled() && cluster.applied(*cluster.leader()) > before;
  };
  if (!cluster.run_until(committed, patience)) throw Violation("L2 healing: proposals do not commit");
}

}  // namespace

Options options_of(std::uint64_t seed) {
  Random random = Random(seed).stream("options");
  Options options;
  options.pre_vote = random.below(4) != 0;
  options.check_quorum = random.below(4) != 0;
  static constexpr std::size_t kBatches[] = {1, 2, 256};
  options.max_message_entries = kBatches[random.below(3)];
  options.max_inflight = 1 + random.below(8);
  options.trailing_entries = random.below(6);
  return options;
}

Outcome run_chaos(std::size_t voters, std::uint64_t seed, Duration span) {
  const AssertionsThrow guard;
  const Options options = options_of(seed);
  Random random = Random(seed).stream("chaos");
  Outcome outcome;
  std::optional<Cluster> cluster;
  try {
    cluster.emplace(voters, options, seed);
    cluster->weather.max_latency = std::chrono::milliseconds(1 + random.below(40));
    cluster->weather.max_write = std::chrono::milliseconds(1 + random.below(60));
    cluster->weather.loss = {8, 100};
    cluster->weather.duplicate = {5, 100};
    cluster->weather.straggler = {4, 100};
    for (Duration left = span; left > Duration::zero();) {
      const Duration pause = random.between(std::chrono::milliseconds(1), std::chrono::milliseconds(120));
      cluster->run_for(pause);
      do_something(*cluster, random);
      left -= pause;
    }
    settle(*cluster, patience(options));
    outcome.committed = cluster->applied(*cluster->leader());
  } catch (const Violation& violation) {
    outcome.violation = violation.what();
  }
  if (cluster) outcome.digest = cluster->digest();
  return outcome;
}

}  // namespace syncer::raft::property
