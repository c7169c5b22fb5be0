// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_state.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/node/node_parts.h"

namespace syncer::node {
namespace {

/// Keys that an agent of serf changes are kept first. Where a group agrees on them, an agent has no say.
GossipConfig with_keys_for(GossipConfig gossip, Mode mode) {
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
      mesh(mesh_config(config), ports.streams, ports.observer, random.stream("mesh"), now,
           [this] { return LinkId{last_link += 2}; }),
      home(home_config(config, [this](Instant at) { return !council || council->may_write(at); }), ports.http,
           ports.observer, random.stream("home"), now, [this] { return CallId{++last_call}; }) {
  if (config.mode != Mode::Cluster) return;
  council = std::make_unique<Council>(
      council_config(config), ports.streams, ports.storage, ports.observer, random.stream("council"),
      [this] { return LinkId{last_link += 2}; }, [this] { return CallId{++last_call}; });
}

void Node::State::advance(Instant now) {
  while (const auto link = newcomers.take_expired(now)) ports.streams.close(*link);
  if (council && now >= council->next_deadline()) {
    council->advance(now);
    // After a long sleep all deadlines have passed: whoever does not lead any more begins nothing with the registry.
    if (council->reign() != epoch && !SYNCER_MUTATED("node.advance_home_of_the_deposed")) pump_reign(now);
  }
  if (now >= gossip.next_deadline()) gossip.advance(now);
  if (now >= mesh.next_deadline()) mesh.advance(now);
  if (now >= home.next_deadline()) home.advance(now);
  if (council && epoch) note_guards(now);
}

Instant Node::State::next_deadline() const {
  const Instant group = council ? council->next_deadline() : kNever;
  return std::min(
      {group, gossip.next_deadline(), mesh.next_deadline(), home.next_deadline(), newcomers.next_deadline()});
}

void Node::State::accept(Instant now, LinkId link, Listener listener, const Endpoint& from) {
  if (listener == Listener::Cluster) {
    if (council)
      council->on_stream_accepted(now, link);
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
      mesh.on_stream_accepted(now, link, from);
    else
      gossip.on_stream_accepted(now, link, from);
  }
  if (council && council->owns(link))
    council->on_stream_data(now, link, octets);
  else if (mesh.owns(link))
    mesh.on_stream_data(now, link, octets);
  else if (gossip.owns(link))
    gossip.on_stream_data(now, link, octets);
}

void Node::State::stored(Instant now, CallId call, const Result<void>& outcome) {
  if (council) return council->on_stored(now, call, outcome);
  const auto claimed = epochs.on_stored(call, outcome);
  if (!claimed) {
    observe(ports.observer, now, EventKind::StorageFailed, Severity::Error, {{"reason", to_string(claimed.error())}});
    fail(now, "the epoch cannot be stored: " + to_string(claimed.error()));
    return;
  }
  if (!*claimed || leaving) return;
  epoch = **claimed;
  home.set_writer(now, epoch);
  if (mesh.publishing()) open_epoch(now);
}

void Node::State::leave(Instant now) {
  if (leaving) return;
  leaving = true;
  observe(ports.observer, now, EventKind::NodeLeaving, Severity::Info, {{"node", config.node}});
  // The region stays, so nobody is told good-bye; the next leader takes the canary away.
  if (council) return council->resign(now);
  home.withdraw(now);
  gossip.leave(now);
}

Result<void> Node::State::ask_council(Instant now, const std::function<Result<void>(Council&)>& ask) {
  if (!council) return failure(ErrorCode::Refused, "", "this syncer runs in single mode: it has no group");
  auto outcome = ask(*council);
  pump(now);
  return outcome;
}

bool Node::State::left() const {
  if (council) return leaving && council->resigned();
  return leaving && gossip.left() && home.withdrawn();
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
