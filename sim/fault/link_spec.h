// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sim/fault/latency_spec.h"
#include "sim/fault/site.h"

namespace sim::fault {

/// Two-state Gilbert model of correlated loss: in the bad state packets are lost with `loss`.
struct BurstSpec {
  syncer::Ratio enter{};
  syncer::Ratio exit{1, 1};
  syncer::Ratio loss{1, 1};
  bool operator==(const BurstSpec&) const = default;
};

/// A share of datagrams arrives later by up to `extra`, so that others overtake them.
struct ReorderSpec {
  syncer::Ratio chance{};
  syncer::Duration extra{};
  bool operator==(const ReorderSpec&) const = default;
};

/// What happens to a connection attempt.
enum class ConnectFate : std::uint8_t { Accept, Refuse, Hang };

/// Properties of a link in one direction; a field that is not set leaves what an earlier rule (or the default) says.
struct LinkSpec {
  std::optional<LatencySpec> latency;  ///< default: const 500 µs
  std::optional<syncer::Ratio> loss;   ///< per packet; a stream retransmits instead
  std::optional<BurstSpec> burst;
  std::optional<syncer::Ratio> duplicate;  ///< datagrams only
  std::optional<ReorderSpec> reorder;      ///< datagrams only
  std::optional<syncer::Ratio> corrupt;    ///< datagrams: one to three flipped bits; streams: as loss (TCP checksum)
  std::optional<std::uint64_t> bandwidth;  ///< bits per second; 0 is unlimited
  std::optional<std::uint64_t>
      queue;                         ///< octets waiting for the bandwidth; more is dropped at the tail; 0 is unlimited
  std::optional<std::uint64_t> mtu;  ///< larger datagrams are dropped; 0 is unlimited
  std::optional<ConnectFate> connect;     ///< streams and HTTP
  std::optional<syncer::Duration> extra;  ///< added to each latency draw (slow pairs)
};

/// One line of a link table: applies to packets from any of `from` to any of `to` (and back, when `both`).
/// Rules are tried in order. A whole rule (`patch` false) replaces what earlier ones said: the last match wins. A
/// patch changes only the fields it sets.
struct LinkRule {
  Sites from;
  Sites to;
  bool both = false;
  bool patch = false;
  LinkSpec spec;
};

}  // namespace sim::fault
