// SPDX-License-Identifier: Apache-2.0
#include "tests/study/distress.h"

namespace study {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

Harm& Harm::operator+=(const Harm& o) {
  false_positives += o.false_positives;
  false_positives_healthy += o.false_positives_healthy;
  true_positives += o.true_positives;
  refutations += o.refutations;
  packets += o.packets;
  bytes += o.bytes;
  return *this;
}

Harm suffer(const Distress& d, const Options& options, std::uint64_t seed) {
  Pool pool(d.members, options, {milliseconds(1), false, {}}, seed);
  pool.acquaint();
  Harm harm;
  pool.on_change([&](std::size_t observer, const Change& c) {
    if (c.kind == Change::Kind::Refuted) ++harm.refutations;
    if (c.kind != Change::Kind::Died) return;
    const bool about_unwell = Pool::number(c.name) < d.unwell;
    if (about_unwell) {
      ++harm.true_positives;
      return;
    }
    ++harm.false_positives;
    if (observer >= d.unwell) ++harm.false_positives_healthy;
  });
  const std::uint64_t packets = pool.packets();
  const std::uint64_t bytes = pool.bytes();
  const Instant end = pool.now() + d.total;
  while (pool.now() < end) {
    for (std::size_t i = 0; i < d.unwell; ++i) pool.set_illness(i, d.illness);
    pool.run_for(d.ill);
    for (std::size_t i = 0; i < d.unwell; ++i) pool.set_illness(i, Illness::None);
    pool.run_for(d.well);
  }
  harm.packets = pool.packets() - packets;
  harm.bytes = pool.bytes() - bytes;
  return harm;
}

std::vector<Distress> paper_sweep(bool thin) {
  std::vector<Distress> sweep;
  for (const std::size_t unwell : {1, 4, 8, 12, 16, 20, 24, 28, 32}) {
    if (thin && unwell != 16) continue;
    for (const int ill : {2, 8, 16, 32}) {
      if (thin && ill != 16) continue;
      sweep.push_back({128, unwell, Illness::Blocked, seconds(ill), milliseconds(256), seconds(120)});
    }
  }
  return sweep;
}

Options paper_options(bool lifeguard) {
  Options options = syncer::membership::lan_profile();
  options.suspicion_mult = 5;
  options.lifeguard = {lifeguard, lifeguard, lifeguard};
  return options;
}

}  // namespace study
