// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "sim/fault/process_fault.h"
#include "sim/scenario/values/identity.h"
#include "sim/scenario/values/type.h"
#include "sim/scenario/values/values.h"

namespace sim::scenario {

using fault::FuzzKind;
using fault::HostileDeed;

/// Somebody with an address of his own sends what makes no sense to nodes `who`, as datagrams and over streams to both
/// ports. Ends after `for`, or with "settle".
struct FuzzPeer {
  Selector who;
  FuzzKind what = FuzzKind::Noise;
  Rate rate{std::chrono::milliseconds(20)};
  std::uint32_t strangers = 16;
  bool impersonate = false;
  std::optional<Duration> for_;
  bool operator==(const FuzzPeer&) const = default;
};
/// Somebody with an address of his own lies to nodes `who` in the protocols that they speak. Ends after `for`, or with
/// "settle".
struct HostilePeer {
  Selector who;
  HostileDeed deed = HostileDeed::Hello;
  std::string region{};          ///< for which it speaks; that of the first node unless given
  std::string node = "hostile";  ///< its name
  std::string epoch = "1.1";     ///< "generation.term"; as a voter it leads in this term
  std::uint32_t count = 1;       ///< records, connections to each port, or messages at a time
  Rate rate{std::chrono::seconds(1)};
  bool key = false;                    ///< it has the key of the pool
  std::optional<Identity> identity{};  ///< the certificate that it shows; none unless given
  Selector to{};                       ///< where it sends dialers
  std::optional<Duration> for_;
  bool operator==(const HostilePeer&) const = default;
};

constexpr auto words(Type<FuzzKind>) {
  return Words<FuzzKind, 3>{
      {{"noise", FuzzKind::Noise}, {"nonsense", FuzzKind::Nonsense}, {"sealed", FuzzKind::Sealed}}};
}

constexpr EventWord word(Type<FuzzPeer>) { return {"fuzz_peer", "a stranger sends nonsense"}; }

template <class V>
void describe(V& v, Type<FuzzPeer>) {
  v.needs("who", &FuzzPeer::who, "nodes that it sends to");
  v.takes("what", &FuzzPeer::what, "random bytes, messages without sense, or the same with the pool's key");
  v.takes("rate", &FuzzPeer::rate, "packets and streams");
  v.takes("strangers", &FuzzPeer::strangers, "names of members that are not there");
  v.takes("impersonate", &FuzzPeer::impersonate, "speaks in the name of real members, too");
  v.takes("for", &FuzzPeer::for_, "until settle when absent");
}

constexpr auto words(Type<HostileDeed>) {
  return Words<HostileDeed, 19>{{{"silence", HostileDeed::Silence},
                                 {"drip", HostileDeed::Drip},
                                 {"hello", HostileDeed::Hello},
                                 {"heartbeat", HostileDeed::Heartbeat},
                                 {"records", HostileDeed::Records},
                                 {"welcome", HostileDeed::Welcome},
                                 {"redirect", HostileDeed::Redirect},
                                 {"name", HostileDeed::Name},
                                 {"term", HostileDeed::Term},
                                 {"append", HostileDeed::Append},
                                 {"list", HostileDeed::List},
                                 {"snapshot", HostileDeed::Snapshot},
                                 {"reassign", HostileDeed::Reassign},
                                 {"raise", HostileDeed::Raise},
                                 {"transfer", HostileDeed::Transfer},
                                 {"found", HostileDeed::Found},
                                 {"crowd", HostileDeed::Crowd},
                                 {"tags", HostileDeed::Tags},
                                 {"storm", HostileDeed::Storm}}};
}

constexpr EventWord word(Type<HostilePeer>) { return {"hostile_peer", "a stranger lies in the real protocols"}; }

template <class V>
void describe(V& v, Type<HostilePeer>) {
  v.needs("who", &HostilePeer::who, "nodes that it lies to");
  v.needs("deed", &HostilePeer::deed, "what it does");
  v.takes("region", &HostilePeer::region, "for which it speaks; that of the first node unless given");
  v.takes("node", &HostilePeer::node, "its name");
  v.takes("epoch", &HostilePeer::epoch, "of which it speaks, as generation.term; a voter leads in that term");
  v.takes("count", &HostilePeer::count, "records, connections to each port, or messages at a time");
  v.takes("rate", &HostilePeer::rate, "how often it does it");
  v.takes("key", &HostilePeer::key, "it has the key of the pool");
  v.takes("identity", &HostilePeer::identity, "the certificate that it shows; none unless given");
  v.takes("to", &HostilePeer::to, "nodes to the first of which it sends dialers");
  v.takes("for", &HostilePeer::for_, "until settle when absent");
}

/// What comes from outside of the pool.
using StrangerEvents = std::tuple<FuzzPeer, HostilePeer>;

}  // namespace sim::scenario
