// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_state.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/node/node_parts.h"

namespace syncer::node {
namespace {

/// A node this young that finds its region's name taken gives way; later the other one is the newcomer.
constexpr Duration kNewcomer = std::chrono::seconds(10);

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
  if (council && now >= council->next_deadline()) council->advance(now);
  if (now >= gossip.next_deadline()) gossip.advance(now);
  if (now >= mesh.next_deadline()) mesh.advance(now);
  if (now >= home.next_deadline()) home.advance(now);
  if (council && epoch) note_guards(now);
}

/// Whoever leads next has to know which guards are frozen, and since when.
void Node::State::note_guards(Instant now) {
  std::vector<GuardMark> guards = home.guards();
  if (guards == noted_guards_) return;
  bool told = true;
  for (GuardMark& former : noted_guards_) {
    const auto same = [&](const GuardMark& g) { return g.side == former.side && g.region == former.region; };
    if (std::any_of(guards.begin(), guards.end(), same)) continue;
    former.frozen = false;
    told = council->note_guard(now, former).has_value() && told;
  }
  for (const GuardMark& guard : guards) {
    const bool known = std::find(noted_guards_.begin(), noted_guards_.end(), guard) != noted_guards_.end();
    told = (known || council->note_guard(now, guard)) && told;
  }
  if (told) noted_guards_ = std::move(guards);
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

bool Node::State::pump_members(Instant now) {
  if (gossip.take_changes().empty()) return false;
  const std::vector<MemberInfo> members = gossip.members();
  std::vector<RemoteRegion> regions;
  std::vector<Council::Member> fellows;
  for (const MemberInfo& member : members) {
    if (auto region = remote_region(config, member)) regions.push_back(std::move(*region));
    if (auto one = fellow(config, member)) fellows.push_back(std::move(*one));
    const auto rpc = parse_endpoint(tag(member, "rpc"));
    if (rpc && tag(member, "region") == config.region) fellows_[member.name] = *rpc;
  }
  mesh.set_regions(now, std::move(regions));
  if (council) council->set_members(now, std::move(fellows));
  check_region_name(now, members);
  return true;
}

void Node::State::check_region_name(Instant now, const std::vector<MemberInfo>& members) {
  if (config.mode != Mode::Single || now - started > kNewcomer) return;
  for (const MemberInfo& member : members) {
    if (member.name == config.node || member.state != membership::State::Alive) continue;
    if (tag(member, "region") != config.region) continue;
    fail(now, "region name \"" + config.region + "\" is already used by syncer \"" + member.name + "\" at " +
                  to_string(member.address) + "; give each region its own --cluster-name");
  }
}

/// What the group decided about us: begin to write, go on under another epoch, or stop at once.
bool Node::State::pump_reign(Instant now) {
  if (!council) return false;
  if (!council->fatal().empty()) fail(now, council->fatal());
  if (const auto known = mesh.reopen_wanted()) council->outbid(now, *known);
  tell_leader();
  if (council->keys().keys() != gossip.keys().keys()) SYNCER_ASSERT(gossip.set_keys(council->keys()).has_value());
  home.resume_writes(now);
  for (const std::string& region : council->take_releases()) home.release_guard(now, region);
  const std::optional<Epoch> reign = council->reign();
  if (reign == epoch || (!reign && SYNCER_MUTATED("node.write_after_losing_the_lead"))) return false;
  const bool ends = epoch && (!reign || reign->term != epoch->term);
  const bool begins = reign && (!epoch || ends);
  if (ends) {
    home.set_writer(now, std::nullopt);
    mesh.close_epoch(now);
    pump_imports(now);
    importing = false;
  }
  epoch = reign;
  if (epoch) home.set_writer(now, epoch);
  if (begins) {
    home.take_over_guards(now, council->guards());
    noted_guards_ = home.guards();
  }
  if (epoch && mesh.publishing()) open_epoch(now);
  return true;
}

void Node::State::tell_leader() {
  const auto leader = fellows_.find(council->leader());
  const bool other = leader != fellows_.end() && leader->first != config.node;
  mesh.set_leader(council->reign().has_value(), other ? std::optional(leader->second) : std::nullopt);
}

bool Node::State::pump_epoch(Instant now) {
  if (!epoch || leaving) return false;
  if (!mesh.publishing()) {
    if (!home.view_complete()) return false;
    open_epoch(now);
    return true;
  }
  const auto newer = mesh.reopen_wanted();
  if (newer && !council && !epochs.claiming()) epochs.claim(newer);
  return false;
}

void Node::State::open_epoch(Instant now) {
  home.take_exports();  // the full set that follows contains them
  std::vector<std::pair<Bytes, Bytes>> records;
  for (auto& [key, payload] : home.exported()) records.emplace_back(key, payload);
  mesh.open_epoch(now, *epoch, std::move(records));
  if (ready) return;
  ready = true;
  observe(ports.observer, now, EventKind::NodeReady, Severity::Info,
          {{"region", config.region}, {"epoch_generation", epoch->generation}, {"epoch_term", epoch->term}});
}

bool Node::State::pump_exports(Instant now) {
  if (!mesh.publishing()) return false;
  const auto changes = home.take_exports();
  for (const ExportChange& change : changes) {
    if (change.payload)
      mesh.put(now, change.key, *change.payload);
    else
      mesh.erase(now, change.key);
  }
  return !changes.empty();
}

/// What other regions say counts only once the own registry was read: its marks tell which of their epochs are over.
bool Node::State::pump_imports(Instant now) {
  if (!importing) return begin_imports(now);
  const auto changes = mesh.take_changes();
  for (const RemoteChange& change : changes) {
    const replication::Replica* replica = mesh.replica(change.region);
    const Bytes* payload = replica != nullptr ? replica->find(change.key) : nullptr;
    if (payload != nullptr)
      home.want(now, change.region, change.key, *payload, replica->epoch());
    else
      home.unwant(now, change.region, change.key);
  }
  return !changes.empty();
}

bool Node::State::begin_imports(Instant now) {
  if (home.knows_registry()) {
    for (const auto& [region, epoch] : home.marked_epochs()) {
      if (!SYNCER_MUTATED("node.ignore_marked_epochs")) mesh.raise_floor(now, region, epoch);
    }
    importing = true;
  }
  mesh.take_changes();  // all that is known follows, once
  if (!importing) return false;
  for (const std::string& region : mesh.regions()) {
    const replication::Replica* replica = mesh.replica(region);
    if (replica == nullptr) continue;
    for (const auto& [key, record] : replica->records()) home.want(now, region, key, record.payload, replica->epoch());
  }
  return true;
}

void Node::State::pump_region_states(Instant now) {
  mesh.set_sane(home.sane());
  std::size_t next = 0;
  if (told_.size() != mesh.peer_count()) told_.assign(mesh.peer_count(), std::nullopt);
  mesh.visit_regions([&](const Mesh::Presence& there) {
    const Told state{connected(config, there.up, there.last_heard, now), there.complete, there.sane};
    std::optional<Told>& told = told_[next++];
    if (told == state) return;
    told = state;
    home.region_state(now, there.region, state.connected, state.complete, state.sane);
  });
}

void Node::State::pump_conflicts(Instant now) {
  if (!gossip.conflict().empty()) fail(now, gossip.conflict());
}

}  // namespace syncer::node
