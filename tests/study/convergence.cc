// SPDX-License-Identifier: Apache-2.0
#include "tests/study/convergence.h"

#include <vector>

#include "syncer/membership/formulas.h"

namespace study {

namespace membership = syncer::membership;

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

/// Nothing is tied to the ticks that everybody started with.
void settle(Pool& pool) {
  pool.acquaint();
  pool.run_for(pool.random().between(Duration(0), std::chrono::seconds(2)));
}

/// Counts who has heard; member 0 spreads.
struct Hearing {
  explicit Hearing(Pool& p) : pool(p), times(p.size(), 0), began(p.now()) {
    pool.on_change([this](std::size_t observer, const Change& c) {
      if (c.kind != Change::Kind::Updated || observer == 0 || c.name != Pool::name(0)) return;
      if (++times[observer] > 1) {
        ++repeated;
        return;
      }
      ++heard;
      last = pool.now() - began;
    });
  }
  bool all() const { return heard + 1 == pool.size(); }

  Pool& pool;
  std::vector<std::size_t> times;
  Instant began;
  Duration last{};
  std::size_t heard = 0;
  std::size_t repeated = 0;
};

/// memberlist's multiplier that sends news at least as often as the grid says.
int grid_mult(const GridRow& row) {
  const int wanted = 3 * 3 * row.ceil_log2;
  const int step = membership::retransmit_limit(1, row.members);
  return (wanted + step - 1) / step;
}

}  // namespace

Crash crash_in(std::size_t members, std::uint64_t seed) {
  Pool pool(members, membership::lan_profile(), {}, seed);
  settle(pool);
  Crash result;
  const Instant crashed = pool.now();
  const std::string victim = Pool::name(0);
  std::size_t know = 0;
  pool.on_change([&](std::size_t, const Change& c) {
    if (c.name != victim) return;
    const Duration passed = pool.now() - crashed;
    if (c.kind == Change::Kind::Suspected && result.first_suspect == Duration{}) result.first_suspect = passed;
    if (c.kind != Change::Kind::Died) return;
    if (know++ == 0) result.first_dead = passed;
    result.all_know = passed;
  });
  pool.crash(0);
  result.complete = pool.run_until([&] { return know + 1 == members; }, minutes(2));
  return result;
}

Spread update_in(std::size_t members, Ratio loss, std::uint64_t seed) {
  const auto options = membership::lan_profile();
  Pool pool(members, options, {}, seed);
  settle(pool);
  pool.set_network({milliseconds(50), false, loss});
  const Hearing hearing(pool);
  pool.update_meta(0, "news");
  Spread result;
  pool.run_until([&] { return hearing.all() || pool.quiet(); }, minutes(1));
  result.by_gossip = hearing.all();
  const Duration interval = membership::push_pull_interval(options.push_pull_interval, members);
  result.in_interval = pool.run_until([&] { return hearing.all(); }, interval - (pool.now() - hearing.began));
  result.all_know = hearing.last;
  return result;
}

GridRun spread_row(const GridRow& row, bool memberlist, std::uint64_t seed) {
  auto options = membership::lan_profile();
  if (!memberlist) options.retransmit_mult = grid_mult(row);
  Pool pool(row.members, options, {milliseconds(1), false, {}}, seed);
  settle(pool);
  pool.set_network({row.mean_delay, true, {row.loss_percent, 100}});
  const Hearing hearing(pool);
  pool.update_meta(0, "news");
  pool.run_for(row.observe_until);
  return {hearing.heard, hearing.last, hearing.repeated};
}

}  // namespace study
