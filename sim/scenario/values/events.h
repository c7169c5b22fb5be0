// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "sim/scenario/values/expect.h"
#include "sim/scenario/values/network_events.h"
#include "sim/scenario/values/process_events.h"
#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/stranger_events.h"

namespace sim::scenario {

/// When something happens. One of: `at`; `after`; `every` (first at `from`, last before `until`); `when` (the first
/// time the predicate is true, after `after` if given; not within `within` fails the run as "not reached").
struct Anchor {
  std::optional<Moment> at;
  std::optional<Moment> after;
  std::optional<Duration> every;
  std::optional<Moment> from;
  std::optional<Moment> until;
  std::optional<Duration> jitter;  ///< each firing of `every` is late by a random time up to this
  std::optional<Predicate> when;
  std::optional<Duration> within;
  bool operator==(const Anchor&) const = default;
};

/// One event of any page.
template <class... Pages>
struct AnyOf;
template <class... Events>
struct AnyOf<std::tuple<Events...>> {
  using type = std::variant<Events...>;
};
using Action = AnyOf<decltype(std::tuple_cat(std::declval<ProcessEvents>(), std::declval<NetworkEvents>(),
                                             std::declval<StrangerEvents>(), std::declval<RegistryEvents>()))>::type;

/// It needs a machine of its own.
inline bool is_stranger(const Action& action) {
  return std::holds_alternative<FuzzPeer>(action) || std::holds_alternative<HostilePeer>(action);
}

/// Something the scenario does to the world.
struct Event {
  Place place;
  std::string id;  ///< a label; "event-N" when the author gave none
  Anchor anchor;
  Action action;
  std::string as;  ///< "$NAME" is the selector's result in later events
  std::string note;
  bool operator==(const Event&) const = default;
};

}  // namespace sim::scenario
