// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/membership/message.h"

namespace syncer::membership {

/// The three Lifeguard mechanisms (arXiv:1707.00788), each with its own switch so that its benefit can be measured.
struct Lifeguard {
  bool probe = true;      ///< slow down when our own health is poor (LHA-Probe)
  bool suspicion = true;  ///< long suspicion that independent accusers shorten (LHA-Suspicion)
  bool buddy = true;      ///< notify a suspect at once that it is suspected (Buddy System)
};

/// A block of addresses, e.g. 10.0.0.0/24. `prefix` counts bits of the 16-byte form (an IPv4 /24 is 120).
struct Network {
  Endpoint base;
  int prefix = 0;
  bool contains(const Endpoint& address) const;
};

/// Writes a message as it goes over the wire; injected, since the core knows no encoding.
using Encode = std::function<void(const Message&, Bytes& out)>;

/// Everything that tunes the core. The defaults are memberlist's LAN profile.
struct Options {
  Duration probe_interval = std::chrono::seconds(1);
  Duration probe_timeout = std::chrono::milliseconds(500);
  int indirect_checks = 3;
  bool stream_pings = true;
  int suspicion_mult = 4;
  int suspicion_max_mult = 6;
  int awareness_max = 8;
  Duration gossip_interval = std::chrono::milliseconds(200);
  int gossip_nodes = 3;
  Duration gossip_to_dead = std::chrono::seconds(30);
  int retransmit_mult = 4;
  Duration push_pull_interval = std::chrono::seconds(30);
  Duration stream_timeout = std::chrono::seconds(10);
  /// A dead member's name may come back from another address after this time; 0: never.
  Duration dead_reclaim{};
  /// Bytes of one datagram, and of these what encryption and label need.
  std::size_t packet_budget = 1400;
  std::size_t packet_overhead = 0;
  /// Raise the probe timeout to three times the worst recent round trip (far regions).
  bool adapt_probe_timeout = false;
  Lifeguard lifeguard;
  /// Addresses that members may have; empty: any.
  std::vector<Network> allowed;
  /// A message that raises a known incarnation by more is ignored, see also Raises; 0: no limit (interoperable, but one
  /// packet can then exhaust the numbers of a member).
  std::uint64_t max_incarnation_jump = 0;
  std::size_t max_members = 65536;
  std::size_t max_queued_broadcasts = 4096;
  std::size_t max_relays = 256;
  Versions versions = kOwnVersions;
  /// Application vetoes; empty: everything is welcome.
  std::function<bool(const Alive&)> alive_filter;
  std::function<bool(std::span<const Entry>)> merge_filter;
  Encode encode;
};

/// Options that fit each other.
enum class Profile : std::uint8_t { Syncer, Lan, Wan, Local };

/// memberlist's DefaultLANConfig.
Options lan_profile();
/// memberlist's DefaultWANConfig. Its shortest detection takes 30 s.
Options wan_profile();
/// memberlist's DefaultLocalConfig.
Options local_profile();
/// LAN timing for members that are far apart: probe timeout follows the measured round trips, state exchange every
/// 15 s, a dead member's name is free after 10 s, incarnations cannot be exhausted.
Options syncer_profile();
Options options_of(Profile profile);

}  // namespace syncer::membership
