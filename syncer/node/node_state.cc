// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_state.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/node/node_parts.h"

namespace syncer::node {
namespace {

/// Keys that an agent of serf changes are kept first. Where a group agrees on them, an agent has no say.
gossip::GossipConfig with_keys_for(gossip::GossipConfig gossip, Mode mode) {
  if (mode == Mode::Single) return gossip;
  gossip.keep_keys = [](const wire::gossip::Keyring&) -> Result<void> {
    return failure(ErrorCode::Refused, "", "a region in cluster mode agrees on its keys; use `syncer keys` there");
  };
  return gossip;
}

}  // namespace

bool connected(const NodeConfig& config, bool up, Instant last_heard, Instant now) {
  return up && now - last_heard <= config.sync.silence;
}

Node::State::State(NodeConfig given, Ports world, Random random, Instant now)
    : config(std::move(given)),
      ports(world),
      epochs(ports.storage, [this] { return CallId{++last_call}; }),
      gossip(with_keys_for(gossip_config(config), config.mode), ports.datagrams, ports.streams, ports.observer,
             random.stream("gossip"), now, [this] { return LinkId{last_link += 2}; }),
      peering(peering_config(config), ports.streams, ports.observer, random.stream("mesh"), now,
              [this] { return LinkId{last_link += 2}; }),
      catalog(catalog_config(config, [this](Instant at) { return !cluster || cluster->may_write(at); }), ports.http,
              ports.observer, random.stream("home"), now, [this] { return CallId{++last_call}; }) {
  if (config.mode != Mode::Cluster) return;
  cluster = std::make_unique<cluster::Cluster>(
      cluster_config(config), ports.streams, ports.storage, ports.observer, random.stream("council"),
      [this] { return LinkId{last_link += 2}; }, [this] { return CallId{++last_call}; });
}

void Node::State::advance(Instant now) {
  while (const auto link = newcomers.take_expired(now)) ports.streams.close(*link);
  if (cluster && now >= cluster->next_deadline()) {
    cluster->advance(now);
    // After a long sleep all deadlines have passed: whoever does not lead any more begins nothing with the registry.
    if (cluster->reign() != epoch && !SYNCER_MUTATED("node.advance_catalog_of_the_deposed")) pump_reign(now);
  }
  if (now >= gossip.next_deadline()) gossip.advance(now);
  if (now >= peering.next_deadline()) peering.advance(now);
  if (now >= catalog.next_deadline()) catalog.advance(now);
  if (cluster && epoch) note_guards(now);
}

Instant Node::State::next_deadline() const {
  const Instant group = cluster ? cluster->next_deadline() : kNever;
  return std::min(
      {group, gossip.next_deadline(), peering.next_deadline(), catalog.next_deadline(), newcomers.next_deadline()});
}

void Node::State::accept(Instant now, LinkId link, Listener listener, const Endpoint& from) {
  if (listener == Listener::Cluster) {
    if (cluster)
      cluster->on_stream_accepted(now, link);
    else
      ports.streams.close(link);
    return;
  }
  if (newcomers.accept(now, link, from)) return;
  observe(ports.observer, now, EventKind::PeerRefused, Severity::Warning,
          {{"address", to_string(from)}, {"reason", "too many silent connections"}});
  ports.streams.close(link);
}

void Node::State::read(Instant now, LinkId link, ByteView octets) {
  if (const auto newcomer = newcomers.identify(link, octets)) {
    const auto& [speaks, from] = *newcomer;
    if (speaks == LinkRouter::Speaks::Sync)
      peering.on_stream_accepted(now, link, from);
    else
      gossip.on_stream_accepted(now, link, from);
  }
  if (cluster && cluster->owns(link))
    cluster->on_stream_data(now, link, octets);
  else if (peering.owns(link))
    peering.on_stream_data(now, link, octets);
  else if (gossip.owns(link))
    gossip.on_stream_data(now, link, octets);
}

void Node::State::stored(Instant now, CallId call, const Result<void>& outcome) {
  if (cluster) return cluster->on_stored(now, call, outcome);
  const auto claimed = epochs.on_stored(call, outcome);
  if (!claimed) {
    observe(ports.observer, now, EventKind::StorageFailed, Severity::Error, {{"reason", to_string(claimed.error())}});
    fail(now, "the epoch cannot be stored: " + to_string(claimed.error()));
    return;
  }
  if (!*claimed || leaving) return;
  epoch = **claimed;
  catalog.set_writer(now, epoch);
  if (peering.publishing()) open_epoch(now);
}

void Node::State::leave(Instant now) {
  if (leaving) return;
  leaving = true;
  observe(ports.observer, now, EventKind::NodeLeaving, Severity::Info, {{"node", config.node}});
  // The region stays, so nobody is told good-bye; the next leader takes the canary away.
  if (cluster) return cluster->resign(now);
  catalog.withdraw(now);
  gossip.leave(now);
}

Result<void> Node::State::ask_cluster(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask) {
  if (!cluster) return failure(ErrorCode::Refused, "", "this syncer runs in single mode: it has no group");
  auto outcome = ask(*cluster);
  pump(now);
  return outcome;
}

bool Node::State::left() const {
  if (cluster) return leaving && cluster->resigned();
  return leaving && gossip.left() && catalog.withdrawn();
}

void Node::State::fail(Instant now, std::string reason) {
  if (!fatal.empty()) return;
  fatal = std::move(reason);
  observe(ports.observer, now, EventKind::NodeFailed, Severity::Error, {{"reason", fatal}});
}

void Node::State::pump(Instant now) {
  bool moved = true;
  while (moved && fatal.empty()) {
    moved = pump_members(now);
    moved = pump_reign(now) || moved;
    moved = pump_epoch(now) || moved;
    moved = pump_imports(now) || moved;
    moved = pump_exports(now) || moved;
  }
  pump_region_states(now);
  pump_conflicts(now);
}

}  // namespace syncer::node
