// SPDX-License-Identifier: Apache-2.0
// When this node writes, and under which epoch: what the group decided, what it is told of the guards.
#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/node/node_parts.h"
#include "syncer/node/node_state.h"

namespace syncer::node {

/// What the group decided about us: begin to write, go on under another epoch, or stop at once.
bool Node::State::pump_reign(Instant now) {
  if (!cluster) return false;
  if (!cluster->fatal().empty()) fail(now, cluster->fatal());
  if (const auto known = peering.reopen_wanted()) cluster->outbid(now, *known);
  tell_leader();
  if (cluster->keys().keys() != gossip.keys().keys()) SYNCER_ASSERT(gossip.set_keys(cluster->keys()).has_value());
  catalog.resume_writes(now);
  for (const std::string& region : cluster->take_releases()) catalog.release_guard(now, region);
  const std::optional<Epoch> reign = cluster->reign();
  if (reign == epoch || (!reign && SYNCER_MUTATED("node.write_after_losing_the_lead"))) return false;
  const bool ends = epoch && (!reign || reign->term != epoch->term);
  const bool begins = reign && (!epoch || ends);
  if (ends) {
    catalog.set_writer(now, std::nullopt);
    peering.close_epoch(now);
    pump_imports(now);
    importing = false;
  }
  epoch = reign;
  if (epoch) catalog.set_writer(now, epoch);
  if (begins) {
    catalog.take_over_guards(now, cluster->guards());
    noted_guards_ = catalog.guards();
  }
  if (epoch && peering.publishing()) open_epoch(now);
  return true;
}

void Node::State::tell_leader() {
  const auto leader = fellows_.find(cluster->leader());
  const bool other = leader != fellows_.end() && leader->first != config.node;
  peering.set_leader(cluster->reign().has_value(), other ? std::optional(leader->second) : std::nullopt);
}

/// Whoever leads next has to know which guards are frozen, and since when.
void Node::State::note_guards(Instant now) {
  std::vector<replication::GuardMark> guards = catalog.guards();
  if (guards == noted_guards_) return;
  bool told = true;
  for (replication::GuardMark& former : noted_guards_) {
    const auto same = [&](const replication::GuardMark& g) {
      return g.side == former.side && g.region == former.region;
    };
    if (std::any_of(guards.begin(), guards.end(), same)) continue;
    former.frozen = false;
    told = cluster->note_guard(now, former).has_value() && told;
  }
  for (const replication::GuardMark& guard : guards) {
    const bool known = std::find(noted_guards_.begin(), noted_guards_.end(), guard) != noted_guards_.end();
    told = (known || cluster->note_guard(now, guard)) && told;
  }
  if (told) noted_guards_ = std::move(guards);
}

bool Node::State::pump_epoch(Instant now) {
  if (!epoch || leaving) return false;
  if (!peering.publishing()) {
    if (!catalog.view_complete()) return false;
    open_epoch(now);
    return true;
  }
  const auto newer = peering.reopen_wanted();
  if (newer && !cluster && !epochs.claiming()) epochs.claim(newer);
  return false;
}

void Node::State::open_epoch(Instant now) {
  catalog.take_exports();  // the full set that follows contains them
  std::vector<std::pair<Bytes, Bytes>> records;
  for (auto& [key, payload] : catalog.exported()) records.emplace_back(key, payload);
  peering.open_epoch(now, *epoch, std::move(records));
  if (ready) return;
  ready = true;
  observe(ports.observer, now, EventKind::NodeReady, Severity::Info,
          {{"region", config.region}, {"epoch_generation", epoch->generation}, {"epoch_term", epoch->term}});
}

}  // namespace syncer::node
