// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "tests/study/figures.h"
#include "tests/study/pool.h"

namespace study {

/// One crash in a pool at rest; how long until every other member has it as dead (LAN profile, 50 ms one way).
struct Crash {
  Duration first_suspect{};
  Duration first_dead{};
  Duration all_know{};
  bool complete = false;  ///< within two minutes
};
Crash crash_in(std::size_t members, std::uint64_t seed);

/// One update of metadata; how long until every other member has it (LAN profile, 50 ms one way).
struct Spread {
  Duration all_know{};
  bool by_gossip = false;    ///< everybody had it before the news was sent often enough: no state exchange was needed
  bool in_interval = false;  ///< everybody had it within one (scaled) interval of state exchanges
};
Spread update_in(std::size_t members, Ratio loss, std::uint64_t seed);

/// A row of scalecube's grid (GossipProtocolTest): member 0 spreads one message at time 0.
struct GridRow {
  std::string name;
  std::size_t members = 0;
  std::uint64_t loss_percent = 0;
  Duration mean_delay{};
  int ceil_log2 = 0;
  Duration sweep_timeout{};
  Duration observe_until{};
};
struct GridRun {
  std::size_t receivers = 0;
  Duration last{};           ///< of the last first delivery
  std::size_t repeated = 0;  ///< deliveries to a member that had it
};
/// Member 0 waits for a gossip tick like everybody; each sends the news as often as the grid's parameters say
/// (fan-out 3 x repeat 3 x ceil_log2), or `memberlist`: as often as memberlist's own rule says.
GridRun spread_row(const GridRow& row, bool memberlist, std::uint64_t seed);

}  // namespace study
