// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/traced_world.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "sim/real/trace/shown.h"
#include "syncer/registry/record.h"

namespace sim::real {

using fault::NodeIndex;
using fault::RegistryIndex;
using host::World;
using syncer::Duration;
using syncer::EventKind;
using syncer::Instant;
using syncer::Result;

namespace {

/// A syncer of which only its trace is there.
class TracedProcess final : public host::Process {
 public:
  TracedProcess(const host::Appearance& shown, const std::set<NodeIndex>& stopping, NodeIndex node)
      : shown_(shown), stopping_(stopping), node_(node) {}
  void start(Instant) override {}
  void leave(Instant) override {}
  bool left() const override { return stopping_.count(node_) != 0; }
  const std::string& fatal() const override { return fatal_; }
  void advance(Instant) override {}
  Instant next_deadline() const override { return syncer::kNever; }
  void on_datagram(Instant, const syncer::Endpoint&, syncer::ByteView) override {}
  void on_stream_accepted(Instant, syncer::LinkId, syncer::Listener, const syncer::Endpoint&,
                          const syncer::PeerIdentity&) override {}
  void on_stream_connected(Instant, syncer::LinkId, const syncer::PeerIdentity&) override {}
  void on_stream_data(Instant, syncer::LinkId, syncer::ByteView) override {}
  void on_stream_closed(Instant, syncer::LinkId, std::string_view) override {}
  void on_http(Instant, syncer::CallId, Result<syncer::HttpResponse>) override {}
  void on_stored(Instant, syncer::CallId, Result<void>) override {}
  host::Appearance appearance() const override { return shown_; }

 private:
  const host::Appearance& shown_;
  const std::set<NodeIndex>& stopping_;
  NodeIndex node_;
  const std::string fatal_;
};

/// Nothing is done to it.
class TracedMachine final : public host::Hardware {
 public:
  void crash_disk(host::DiskFate) override {}
  bool flip_bit(std::string_view) override { return false; }
  void set_disk_fault(const host::DiskFault&) override {}
  void set_drift(std::int64_t) override {}
  void set_wall(Duration) override {}
};

/// The invariants whose evidence is all in the events of syncers.
constexpr std::array<std::string_view, 9> kToldByEvents = {
    "copies-of-origins",    "crashes-noticed", "member-states", "no-epoch-regression", "no-resurrection",
    "one-writer-per-epoch", "single-copy",     "single-leader", "versions-grow"};

/// Several starts of one syncer are one node.
Result<void> add_node(scenario::Topology& topology, const TracedStart& start,
                      std::map<std::string, std::string>& known) {
  const auto [entry, is_new] = known.emplace(start.node, start.region);
  if (!is_new && entry->second == start.region) return {};
  if (!is_new) {
    return syncer::failure(syncer::ErrorCode::Invalid, start.node,
                           "is of region " + entry->second + " in one place and of " + start.region + " in another");
  }
  auto region = std::find_if(topology.regions.begin(), topology.regions.end(),
                             [&](const scenario::Region& one) { return one.name == start.region; });
  if (region == topology.regions.end()) {
    scenario::Registry registry;
    registry.name = "registry of " + start.region;
    topology.registries.push_back(registry);
    scenario::Region fresh;
    fresh.name = start.region;
    fresh.registry = registry.name;
    fresh.mode = start.is_cluster ? scenario::RegionMode::Cluster : scenario::RegionMode::Single;
    region = topology.regions.insert(topology.regions.end(), std::move(fresh));
  }
  region->syncers.push_back(start.node);
  return {};
}

}  // namespace

Result<TracedDeployment> survey(const std::vector<std::string>& paths) {
  auto traces = MergedTraces::open(paths);
  if (!traces) return tl::unexpected(traces.error());
  TracedDeployment deployment;
  deployment.scenario.name = "traces";
  deployment.scenario.file = paths.front();
  std::map<std::string, std::string> known;
  std::int64_t last = 0;
  for (;;) {
    auto next = traces->next();
    if (!next) return tl::unexpected(next.error());
    if (!*next) break;
    if (last == 0) deployment.begin = (*next)->wall;
    last = std::max(last, (*next)->wall);
    if (const auto* start = std::get_if<TracedStart>(&(*next)->entry)) {
      if (auto added = add_node(deployment.scenario.topology, *start, known); !added)
        return tl::unexpected(added.error());
    } else {
      ++deployment.events;
    }
  }
  if (known.empty()) return syncer::failure(syncer::ErrorCode::Invalid, paths.front(), "there is no syncer in it");
  deployment.scenario.duration = Duration(last - deployment.begin) + std::chrono::seconds(1);
  return deployment;
}

std::vector<scenario::Relax> unobservable(const std::vector<std::string_view>& invariants) {
  std::vector<scenario::Relax> off;
  for (const std::string_view id : invariants) {
    if (std::find(kToldByEvents.begin(), kToldByEvents.end(), id) != kToldByEvents.end()) continue;
    scenario::Relax relax;
    relax.invariant = std::string(id);
    relax.reason = "traces do not tell enough";
    off.push_back(std::move(relax));
  }
  return off;
}

void TracedWorld::begin(World& world) {
  for (NodeIndex n = 0; n < world.nodes(); ++n) {
    machines_.push_back(std::make_unique<TracedMachine>());
    const auto make = [this, n](const syncer::node::NodeConfig&, syncer::Ports, syncer::Random,
                                Instant) -> Result<std::unique_ptr<host::Process>> {
      return std::unique_ptr<host::Process>(std::make_unique<TracedProcess>(shown_[n], stopping_, n));
    };
    world.set_real(n, make, *machines_.back());
  }
  world_ = &world;
  advance();
}

void TracedWorld::advance() {
  auto next = traces_.next();
  if (next) {
    next_ = std::move(*next);
  } else {
    failure_ = to_string(next.error());
    next_.reset();
  }
}

/// Time is what the traces say: nothing is waited for.
bool TracedWorld::wait(Instant until) {
  if (!next_) return true;
  const Instant at = std::max(world_->now(), Instant(Duration(next_->wall - begin_)));
  if (at > until) return true;
  world_->at(at, [this, entry = std::move(next_->entry)](World& w) { play(w, entry); });
  advance();
  return false;
}

void TracedWorld::play(World& world, const TraceEntry& entry) {
  if (const auto* begun = std::get_if<TracedStart>(&entry)) return start(world, *begun);
  take(world, std::get<TracedEvent>(entry));
}

/// A syncer that starts without having said that it ends was killed some time before.
void TracedWorld::start(World& world, const TracedStart& start) {
  const auto node = names_.node(start.node);
  if (!node) return;
  if (world.alive(*node)) world.crash(*node, host::DiskFate::Keep);
  shown_[*node] = {};
  stopping_.erase(*node);
  world.start(*node);
}

void TracedWorld::take(World& world, const TracedEvent& event) {
  const auto node = names_.node(event.node());
  if (!node) return;
  event.use([&](const syncer::Event& e) {
    follow(shown_[*node], e);
    world.heard(*node, e);
  });
  switch (event.kind()) {
    case EventKind::Exported:
      return take_origin(world, *node, event, true);
    case EventKind::Unexported:
      return take_origin(world, *node, event, false);
    case EventKind::CopyRegistered:
    case EventKind::CopyRemoved:
      return take_copy(world, *node, event);
    case EventKind::NodeLeaving:  // nothing that it says later matters
      stopping_.insert(*node);
      world.stop(*node);
      return;
    default:
      return;
  }
}

RegistryIndex TracedWorld::home_of(NodeIndex node) const {
  return names_.regions()[names_.nodes()[node].region].registry;
}

void TracedWorld::tell(World& world, RegistryIndex registry, const host::RegistryInstance& instance,
                       host::RegistryChangeKind kind, const std::string& client) const {
  world.saw(registry, {kind, world.now(), "told by a trace", &instance, client});
}

void TracedWorld::take_origin(World& world, NodeIndex node, const TracedEvent& event, bool is_there) {
  const auto key = syncer::registry::decode_key(event.text("key"));
  if (!key || key->kind != syncer::registry::RecordKind::Instance) return;
  host::RegistryInstance instance;
  instance.service =
      host::service_text(key->service.environment, key->service.app, key->service.name, key->service.version);
  instance.id = key->id;
  instance.status = "UP";
  services_[{names_.regions()[names_.nodes()[node].region].name, key->id}] = instance.service;
  using Kind = host::RegistryChangeKind;
  tell(world, home_of(node), instance, is_there ? Kind::InstanceRegistered : Kind::InstanceUnregistered,
       "app:" + key->id);
}

/// A copy whose origin no trace tells of cannot be compared with anything.
void TracedWorld::take_copy(World& world, NodeIndex node, const TracedEvent& event) {
  const RegistryIndex home = home_of(node);
  const std::string id(event.text("copy"));
  const auto place = std::pair(home, id);
  const bool is_there = event.kind() == EventKind::CopyRegistered;
  if (is_there) {
    const std::string region(event.text("region"));
    const std::string origin(event.text("instance"));
    const auto service = services_.find({region, origin});
    if (service == services_.end()) return;
    copies_[place] = {service->second, region, origin};
  }
  const auto copy = copies_.find(place);
  if (copy == copies_.end()) return;
  host::RegistryInstance instance;
  instance.service = copy->second.service;
  instance.id = id;
  instance.status = "UP";
  instance.mark = host::CopyMark{copy->second.region, copy->second.instance, {}};
  using Kind = host::RegistryChangeKind;
  tell(world, home, instance, is_there ? Kind::InstanceRegistered : Kind::InstanceUnregistered,
       names_.nodes()[node].name);
  if (!is_there) copies_.erase(copy);
}

}  // namespace sim::real
