// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/process_actions.h"

#include <algorithm>

#include "sim/host/process/fuzz_peer.h"
#include "sim/host/process/hostile_peer.h"
#include "sim/scenario/run/build_world.h"

namespace sim::scenario {
namespace {

using host::World;

constexpr Duration kBusyUnit = std::chrono::microseconds(100);
/// Of an IPv4 address in an endpoint: its second byte.
constexpr std::size_t kNetworkByte = 13;

std::optional<DiskFate> wiped(DiskFate disk) { return disk == DiskFate::Wipe ? std::optional(disk) : std::nullopt; }

host::Order about(host::Order::Kind kind, std::string subject) {
  host::Order order;
  order.kind = kind;
  order.subject = std::move(subject);
  return order;
}

/// Said by the node; one that is down says nothing.
bool is_refusal(const syncer::Result<void>& outcome) {
  return !outcome && outcome.error().code != syncer::ErrorCode::Unreachable;
}

/// The next address of the same machine: it moves from one network to another.
void move(syncer::Endpoint& address) {
  if (address != syncer::Endpoint{}) ++address.address[kNetworkByte];
}

}  // namespace

std::optional<syncer::node::NodeConfig> ProcessActions::changed(const Settings& settings, NodeIndex n) const {
  if (settings.pairs.empty()) return std::nullopt;
  syncer::node::NodeConfig config = world().config(n);
  configure(config, settings, run.names, n);
  return config;
}

syncer::node::NodeConfig ProcessActions::moved(syncer::node::NodeConfig config,
                                               const std::vector<NodeIndex>& along) const {
  for (const NodeIndex n : along) {
    const auto of_it = [&](const syncer::Endpoint& seed) {
      return seed == world().config(n).gossip_address || seed == world().config(n).rpc_address;
    };
    for (syncer::Endpoint& seed : config.join) {
      if (of_it(seed)) move(seed);
    }
  }
  for (syncer::Endpoint* own : {&config.gossip_address, &config.rpc_address, &config.cluster_address}) move(*own);
  return config;
}

void ProcessActions::operator()(const Start& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    syncer::Random own = random.stream("spread").stream(n);
    world().at(world().now() + own.between(Duration::zero(), a.spread),
               [n, config = changed(a.config, n)](World& w) { w.restart(n, {}, config); });
  }
}

void ProcessActions::operator()(const Stop& a) const {
  for (const NodeIndex n : nodes(a.who)) world().stop(n);
}

void ProcessActions::operator()(const Leave& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (world().config(n).mode == syncer::node::Mode::Single) {
      world().stop(n);
    } else {
      run.problems.push_back(event.id + " had no effect: " + run.names.nodes()[n].name +
                             " is one of a cluster, which does not leave; use \"stop\"");
    }
  }
}

void ProcessActions::operator()(const Crash& a) const {
  for (const NodeIndex n : nodes(a.who)) world().crash(n, a.disk);
}

void ProcessActions::operator()(const Restart& a) const {
  const std::vector<NodeIndex> who = nodes(a.who);
  for (const NodeIndex n : who) {
    const auto disk = wiped(a.disk);
    auto config = changed(a.config, n);
    if (a.moved) config = moved(config.value_or(world().config(n)), who);
    world().at(world().now() + a.delay, [n, disk, config](World& w) { w.restart(n, disk, config); });
  }
}

void ProcessActions::operator()(const Reconfigure& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    const auto config = changed(a.config, n);
    if (!config) continue;
    const auto done = world().reconfigure(n, *config);
    if (!done) run.problems.push_back(event.id + " was refused: " + to_string(done.error()));
  }
}

void ProcessActions::operator()(const Bounce& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (world().crash(n, a.disk)) world().at(world().now() + a.down, [n](World& w) { w.restart(n); });
  }
}

void ProcessActions::operator()(const Pause& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (!world().pause(n)) continue;
    const auto resume = [n](World& w) { w.resume(n); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, resume, a.for_);
  }
}

void ProcessActions::operator()(const Resume& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().resume(n);
    world().resume_machine(n);
  }
}

void ProcessActions::operator()(const Suspend& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (!world().suspend(n)) continue;
    const auto wake = [n](World& w) { w.resume_machine(n); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, wake, a.for_);
  }
}

void ProcessActions::operator()(const Slow& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().slow(n, static_cast<std::int64_t>(a.factor) * kBusyUnit);
    const auto quick = [n](World& w) { w.slow(n, Duration::zero()); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, quick, a.for_);
  }
}

void ProcessActions::operator()(const RelayLies& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().lie(n, a.how);
    const auto honest = [n](World& w) { w.lie(n, std::nullopt); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, honest, a.for_);
  }
}

void ProcessActions::operator()(const Join& a) const {
  std::vector<syncer::Endpoint> seeds;
  for (const NodeIndex n : nodes_of(sites(a.via, "via"))) seeds.push_back(world().config(n).gossip_address);
  host::Order join;
  join.seeds = seeds;
  // One that is down has nobody to hear it.
  for (const NodeIndex n : nodes(a.who)) static_cast<void>(world().order(n, join));
}

void ProcessActions::operator()(const ClusterReplace& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    const Names::Node& voter = run.names.nodes()[n];
    std::string refusal = "nobody leads its region";
    for (const NodeIndex one : run.names.regions()[voter.region].nodes) {
      if (!leads(world(), run.names, one)) continue;
      const auto outcome = world().order(one, about(host::Order::Kind::Replace, voter.name));
      if (outcome || is_refusal(outcome)) refusal = outcome ? "" : outcome.error().detail;
    }
    if (a.refused == !refusal.empty()) continue;
    const std::string what = a.refused ? " was given away" : " was refused: " + refusal;
    run.problems.push_back("the slot of " + voter.name + what);
  }
}

void ProcessActions::operator()(const GuardRelease& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    const auto outcome = world().order(n, about(host::Order::Kind::Release, a.region));
    if (is_refusal(outcome)) run.problems.push_back("the guard was not released: " + outcome.error().detail);
  }
}

void ProcessActions::operator()(const RegionForget& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    const auto outcome = world().order(n, about(host::Order::Kind::Forget, a.region));
    if (a.refused == !outcome || (!outcome && !is_refusal(outcome))) continue;
    run.problems.push_back("region " + a.region +
                           (outcome ? " was to be forgotten" : " is not forgotten: " + outcome.error().detail));
  }
}

/// A pause that ended by itself, with its process or the lead, has nothing to take back.
void ProcessActions::operator()(const FlowPause& a) const {
  using Kind = host::Order::Kind;
  const bool exports = a.flow == Flow::Export;
  for (const NodeIndex n : nodes(a.who)) {
    const auto outcome = world().order(n, about(exports ? Kind::PauseExport : Kind::PauseImport, a.region));
    if (is_refusal(outcome)) run.problems.push_back(event.id + " was refused: " + outcome.error().detail);
    if (!outcome) continue;
    const auto resume = [n, order = about(exports ? Kind::ResumeExport : Kind::ResumeImport, a.region)](World& w) {
      static_cast<void>(w.order(n, order));
    };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, resume, a.for_);
  }
}

void ProcessActions::operator()(const ClockDrift& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().drift(n, a.ppm);
    const auto exact = [n](World& w) { w.drift(n, 0); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, exact, {});
  }
}

void ProcessActions::operator()(const ClockJump& a) const {
  for (const NodeIndex n : nodes(a.who)) world().wall_jump(n, a.by.by);
}

void ProcessActions::operator()(const ClockSkew& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().wall_skew(n, a.by.by);
    const auto exact = [n](World& w) { w.wall_skew(n, Duration::zero()); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, exact, a.for_);
  }
}

void ProcessActions::operator()(const ClockStrobe& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    bool forth = true;
    for (Duration at{}; at < a.for_; at += a.gap, forth = !forth) {
      world().at(world().now() + at, [n, by = forth ? a.by.by : -a.by.by](World& w) { w.wall_jump(n, by); });
    }
    if (!forth) world().at(world().now() + a.for_, [n, by = -a.by.by](World& w) { w.wall_jump(n, by); });
  }
}

namespace {

host::DiskFault illness(const DiskFault& a) {
  host::DiskFault fault;
  fault.fail = a.mode == DiskIllness::Fail;
  fault.full = a.mode == DiskIllness::Full;
  if (a.mode == DiskIllness::Slow) fault.slow = static_cast<std::uint32_t>(a.factor);
  return fault;
}

}  // namespace

void FailureActions::operator()(const CrashAt& a) const {
  for (const NodeIndex n : nodes(a.who)) world().doom(n, {a.call, a.nth, a.disk, a.down});
}

void FailureActions::operator()(const DiskFault& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    world().disk_fault(n, illness(a));
    const auto well = [n](World& w) { w.disk_fault(n, {}); };
    run.faults.begin(event.id, Faults::Kind::Process, {fault::Site::node(n)}, well, a.for_);
  }
}

void FailureActions::operator()(const DiskFlip& a) const {
  for (const NodeIndex n : nodes(a.who)) {
    if (world().flip_bit(n, a.file)) continue;
    run.problems.push_back("event \"" + event.id + "\": the disk of " + std::string(world().node_name(n)) +
                           " holds no file \"" + a.file + "\"");
  }
}

namespace {

/// Strangers stand behind the syncers, in the order of their events.
NodeIndex machine_of(const ActionContext& context) {
  const auto& events = context.run.scenario.events;
  const auto self = std::find_if(events.begin(), events.end(), [&](const Event& e) { return &e == &context.event; });
  const auto before = std::count_if(events.begin(), self, [](const Event& e) { return is_stranger(e.action); });
  return static_cast<NodeIndex>(context.world().nodes() + static_cast<std::size_t>(before));
}

/// It runs on the machine of its event until it is healed, and touches these nodes.
void run_stranger(const ActionContext& context, const std::vector<NodeIndex>& who, host::ProcessFactory process,
                  std::optional<Duration> lasting, std::optional<host::Certificate> certificate = {}) {
  const NodeIndex machine = machine_of(context);
  context.world().start_stranger(machine, std::move(process), std::move(certificate));
  Sites touched;
  for (const NodeIndex n : who) touched.push_back(fault::Site::node(n));
  const auto end = [machine](host::World& w) { w.stop_stranger(machine); };
  context.run.faults.begin(context.event.id, Faults::Kind::Process, std::move(touched), end, lasting);
}

}  // namespace

void StrangerActions::operator()(const FuzzPeer& a) const {
  host::FuzzOrder order;
  order.what = a.what;
  order.gap = a.rate.gap;
  order.strangers = a.strangers;
  order.impersonates = a.impersonate;
  const auto who = nodes(a.who);
  for (const NodeIndex n : who) {
    order.targets.push_back({world().config(n).node, world().config(n).gossip_address, world().config(n).rpc_address});
  }
  if (order.targets.empty()) return;
  if (a.what == FuzzKind::Sealed) order.pool = world().config(who.front()).gossip_pool;
  run_stranger(*this, who, host::fuzz_factory(std::make_shared<const host::FuzzOrder>(std::move(order))), a.for_);
}

void StrangerActions::operator()(const HostilePeer& a) const {
  host::HostileOrder order;
  order.deed = a.deed;
  order.node = a.node;
  order.epoch = *syncer::parse_epoch(a.epoch);  // checked by the parser
  order.count = a.count;
  order.gap = a.rate.gap;
  const auto who = nodes(a.who);
  for (const NodeIndex n : who) order.targets.push_back(host::HostileOrder::target(world().config(n)));
  if (order.targets.empty()) return;
  order.region = a.region.empty() ? world().config(who.front()).region : a.region;
  if (a.key) order.pool = world().config(who.front()).gossip_pool;
  if (!a.to.empty()) {
    for (const NodeIndex n : nodes_of(sites(a.to, "to"))) order.to = world().config(n).rpc_address;
  }
  const auto certificate = a.identity ? certificate_of(*a.identity, order.region) : std::nullopt;
  run_stranger(*this, who, host::hostile_factory(std::make_shared<const host::HostileOrder>(std::move(order))), a.for_,
               certificate);
}

}  // namespace sim::scenario
