// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/values/fuzz_events.h"
#include "sim/scenario/language/type.h"

namespace sim::scenario {

constexpr auto words(Type<FuzzKind>) {
  return Words<FuzzKind, 3>{
      {{"noise", FuzzKind::Noise}, {"nonsense", FuzzKind::Nonsense}, {"sealed", FuzzKind::Sealed}}};
}

template <class V>
void describe(V& v, Type<FuzzPeer>) {
  v.needs("who", &FuzzPeer::who, "nodes that it sends to");
  v.takes("what", &FuzzPeer::what, "random octets, messages without sense, or the same with the pool's key");
  v.takes("rate", &FuzzPeer::rate, "packets and streams");
  v.takes("strangers", &FuzzPeer::strangers, "names of members that are not there");
  v.takes("impersonate", &FuzzPeer::impersonate, "speaks in the name of real members, too");
  v.takes("for", &FuzzPeer::for_, "until settle when absent");
}

}  // namespace sim::scenario
