// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/scenarios.h"

#include <algorithm>

#include "tests/property/raft/assertions.h"

namespace syncer::raft::property {
namespace {

constexpr std::chrono::milliseconds kTimeout(500);

[[noreturn]] void broken(const char* demand) { throw Violation(demand); }

VoterId any_follower(const Cluster& cluster, Random& random) {
  std::vector<VoterId> followers = cluster.ids();
  followers.erase(std::find(followers.begin(), followers.end(), *cluster.leader()));
  return followers[random.below(followers.size())];
}

bool leads_with_commit(const Cluster& cluster, VoterId id) {
  const Log& log = cluster.raft(id).raft().log();
  return cluster.raft(id).is_leader() && log.term_at(log.commit()) == cluster.raft(id).term();
}

void cut_off(Cluster& cluster, VoterId id, std::uint64_t manner) {
  const VoterId leader = *cluster.leader();
  for (const VoterId other : cluster.ids()) {
    if (manner != 1 && (manner != 3 || other == leader)) cluster.cut(other, id);
    if (manner != 2 && (manner != 3 || other == leader)) cluster.cut(id, other);
  }
}

}  // namespace

Broken on_calm_group(std::size_t voters, std::uint64_t seed, const std::function<void(Cluster&, Random&)>& body) {
  const AssertionsThrow guard;
  Random random = Random(seed).stream("scenario");
  try {
    Cluster cluster(voters, Options{}, seed);
    if (!cluster.run_until([&] { return cluster.settled(); }, 10 * kTimeout)) broken("L2: no leader within 10 T");
    cluster.run_for(random.between(kTimeout, 2 * kTimeout));
    body(cluster, random);
  } catch (const Violation& violation) {
    return violation.what();
  }
  return std::nullopt;
}

std::optional<Duration> failover_time(std::size_t voters, std::uint64_t seed) {
  std::optional<Duration> time;
  on_calm_group(voters, seed, [&](Cluster& cluster, Random&) {
    cluster.crash(*cluster.leader());
    time = cluster.run_until([&] { return cluster.leader() && leads_with_commit(cluster, *cluster.leader()); },
                             10 * kTimeout);
  });
  return time;
}

Broken cut_off_node_disturbs(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    const VoterId leader = *cluster.leader();
    const Term term = cluster.raft(leader).term();
    const VoterId node = any_follower(cluster, random);
    cut_off(cluster, node, random.below(4));
    cluster.run_for(20 * kTimeout);
    cluster.heal();
    cluster.run_for(2 * kTimeout);
    if (cluster.highest_term() != term || !cluster.raft(leader).is_leader())
      broken("L3: the returning node moved the term");
    if (cluster.raft(node).leader() != leader) broken("L3: the returning node does not follow");
  });
}

Broken lonely_leader_stays(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random&) {
    const VoterId leader = *cluster.leader();
    cluster.isolate(leader);
    // 2 T on the slowest clock.
    cluster.run_for(kTimeout * 2000 / 900);
    if (cluster.raft(leader).is_leader()) broken("L4: a leader without a majority stayed");
  });
}

Broken deaf_leader_stays(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random&) {
    const VoterId old = *cluster.leader();
    for (const VoterId other : cluster.ids()) cluster.cut(other, old);
    const auto replaced = [&] { return *cluster.leader() != old && leads_with_commit(cluster, *cluster.leader()); };
    if (!cluster.run_until([&] { return cluster.leader() && replaced(); }, 10 * kTimeout))
      broken("L5: a deaf leader stayed");
  });
}

Broken hub_does_not_lead(std::uint64_t seed) {
  return on_calm_group(5, seed, [&](Cluster& cluster, Random& random) {
    const VoterId hub{1 + random.below(5)};
    for (const VoterId a : cluster.ids()) {
      for (const VoterId b : cluster.ids()) {
        if (a != hub && b != hub) cluster.cut(a, b);
      }
    }
    const auto leads = [&] { return cluster.leader() == hub && leads_with_commit(cluster, hub); };
    if (!cluster.run_until(leads, 10 * kTimeout)) broken("L6: the hub does not lead");
    cluster.run_for(2 * kTimeout);
    const Term term = cluster.highest_term();
    cluster.run_for(10 * kTimeout);
    if (cluster.highest_term() != term || !leads()) broken("L6: the hub does not stay leader");
  });
}

Broken transfer_is_slow(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    const VoterId target = any_follower(cluster, random);
    cluster.transfer(*cluster.leader(), target);
    const auto leads = [&] { return cluster.raft(target).is_leader(); };
    if (!cluster.run_until(leads, 4 * cluster.weather.max_latency)) broken("L7: the target did not take over");
  });
}

Broken lagging_follower_waits(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    const VoterId node = any_follower(cluster, random);
    cluster.isolate(node);
    for (int i = 0; i < 200; ++i) {
      cluster.propose();
      cluster.run_for(cluster.weather.max_latency * 3);
    }
    cluster.take_snapshot(*cluster.leader());
    cluster.heal();
    const Duration limit = 3 * Options{}.heartbeat_interval * 1000 / 900 + 6 * cluster.weather.max_latency;
    if (!cluster.run_until([&] { return cluster.settled(); }, limit)) broken("L9: the lagging node is still behind");
  });
}

Broken quiet_group_moves(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random&) {
    const Term term = cluster.highest_term();
    const Position last = cluster.raft(*cluster.leader()).raft().log().last();
    cluster.run_for(100 * kTimeout);
    const bool same = cluster.highest_term() == term && cluster.raft(*cluster.leader()).raft().log().last() == last;
    if (!same) broken("L11: something happened without a cause");
  });
}

Broken slow_disk_changes_leader(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    const Term term = cluster.highest_term();
    // A record and its mark are two syncs; both together take up to half a timeout.
    cluster.weather.max_write = kTimeout / 4;
    for (int i = 0; i < 100; ++i) {
      cluster.propose();
      cluster.run_for(random.between(Duration(0), kTimeout / 2));
    }
    if (cluster.highest_term() != term) broken("L12: slow disks cost the leader its office");
  });
}

Broken restart_during_cut_gives_two_writers(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    // One follower has not heard the leader for long and keeps asking; the others refuse as they hear it: until one of
    // them forgets that it did.
    const VoterId leader = *cluster.leader();
    const VoterId deaf = any_follower(cluster, random);
    cluster.cut(leader, deaf);
    cluster.run_for(random.between(2 * kTimeout, 4 * kTimeout));
    cluster.isolate(leader);
    for (const VoterId id : cluster.ids()) {
      if (id == leader || id == deaf) continue;
      cluster.crash(id);
      cluster.restart(id);
    }
    cluster.run_for(4 * kTimeout);
  });
}

Broken cut_during_transfer_gives_two_writers(std::size_t voters, std::uint64_t seed) {
  return on_calm_group(voters, seed, [&](Cluster& cluster, Random& random) {
    const VoterId leader = *cluster.leader();
    cluster.transfer(leader, any_follower(cluster, random));
    // Late enough for the order to arrive, early enough for the old leader to hear nothing of the new term.
    for (const VoterId other : cluster.ids()) cluster.cut(other, leader);
    cluster.run_for(4 * kTimeout);
  });
}

}  // namespace syncer::raft::property
