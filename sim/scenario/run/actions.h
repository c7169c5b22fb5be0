// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/run/names.h"
#include "sim/scenario/run/run_context.h"

namespace sim::scenario {

/// What one performed event has at hand.
struct ActionContext {
  RunContext& run;
  const Event& event;
  syncer::Random random;

  host::World& world() const { return run.world; }
  /// What a selector of this event names now; the result becomes the event's "as".
  Sites sites(const Selector& selector, std::string_view role = "who") const {
    return resolve(selector, run.names, run.captures, random.stream(role), leads_in(run.world, run.names));
  }
  Sites capture(const Selector& selector) const {
    const Sites found = sites(selector);
    if (!event.as.empty()) run.captures[event.as] = found;
    return found;
  }
  std::vector<NodeIndex> nodes(const Selector& selector) const { return nodes_of(capture(selector)); }
};

/// Does what an event says, now. `random` is the event's own stream.
void perform(RunContext& run, const Event& event, syncer::Random random);

}  // namespace sim::scenario
