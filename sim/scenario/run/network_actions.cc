// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/network_actions.h"

#include <algorithm>

#include "sim/scenario/run/build_world.h"

namespace sim::scenario {
namespace {

using host::World;

Sites joined(Sites a, const Sites& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Sites only_nodes(const Sites& all) {
  Sites sites;
  for (const NodeIndex n : nodes_of(all)) sites.push_back(fault::Site::node(n));
  return sites;
}

/// A cut and everybody it touches.
struct Cut {
  fault::PartitionSpec spec;
  Sites touched;
};

Cut cut_of(const ActionContext& context, const Partition& a) {
  if (a.shape) {
    const Sites among = only_nodes(context.capture(a.among));
    return {fault::shaped(*a.shape, among, context.random.stream("shape"), a.mode), among};
  }
  if (a.groups.empty()) {
    const Sites from = context.capture(a.from);
    const Sites to = context.sites(a.to, "to");
    return {a.both ? fault::groups({from, to}, a.mode) : fault::one_way(from, to, a.mode), joined(from, to)};
  }
  std::vector<Sites> groups;
  Sites touched;
  for (std::size_t i = 0; i < a.groups.size(); ++i) {
    groups.push_back(context.sites(a.groups[i], "group " + std::to_string(i)));
    touched = joined(std::move(touched), groups.back());
  }
  return {fault::groups(groups, a.mode), touched};
}

template <class Use>
void each_pair(const ActionContext& context, const Selector& from, const Selector& to, Use use) {
  const Sites ends = context.sites(to, "to");
  for (const fault::Site& a : context.capture(from)) {
    for (const fault::Site& b : ends) {
      if (a != b) use(a, b);
    }
  }
}

}  // namespace

void NetworkActions::operator()(const Partition& a) const {
  Cut cut = cut_of(*this, a);
  const host::FaultId id = world().partition(std::move(cut.spec));
  const auto heal = [id](World& w) { w.heal(id); };
  run.faults.begin(event.id, Faults::Kind::Network, std::move(cut.touched), heal, a.for_);
}

void NetworkActions::operator()(const Heal& a) const { run.faults.heal(a.what, false); }

void NetworkActions::operator()(const Unclog& a) const { run.faults.heal(a.what, true); }

void NetworkActions::operator()(const LinkChange& a) const {
  const Sites from = capture(a.from);
  const Sites to = sites(a.to, "to");
  const host::RuleId id = world().add_link_rule({from, to, a.both, true, link_spec(a.quality)});
  const auto undo = [id](World& w) { w.remove_link_rule(id); };
  run.faults.begin(event.id, Faults::Kind::Network, joined(from, to), undo, a.for_);
}

void NetworkActions::operator()(const Clog& a) const {
  if (a.who.empty()) {
    const Sites from = capture(a.from);
    const Sites to = sites(a.to, "to");
    const host::FaultId id = world().partition(fault::one_way(from, to, fault::BlockMode::Jam));
    const auto unclog = [id](World& w) { w.heal(id); };
    return run.faults.begin(event.id, Faults::Kind::Clog, joined(from, to), unclog, a.for_);
  }
  const Sites who = capture(a.who);
  const host::FaultId id = world().clog(who, a.direction != Direction::In, a.direction != Direction::Out);
  const auto unclog = [id](World& w) { w.heal(id); };
  run.faults.begin(event.id, Faults::Kind::Clog, who, unclog, a.for_);
}

void NetworkActions::operator()(const Swizzle& a) const {
  std::vector<NodeIndex> down = nodes(a.who);
  std::vector<NodeIndex> up = down;
  syncer::Random down_order = random.stream("down");
  syncer::Random up_order = random.stream("up");
  down_order.shuffle(down);
  up_order.shuffle(up);
  const Duration turn = static_cast<std::int64_t>(down.size()) * a.down_gap;
  for (std::size_t i = 0; i < down.size(); ++i) {
    const NodeIndex n = down[i];
    const auto place = static_cast<std::int64_t>(std::find(up.begin(), up.end(), n) - up.begin());
    const Duration begin = static_cast<std::int64_t>(i) * a.down_gap;
    const Duration length = turn + place * a.up_gap - begin;
    world().at(world().now() + begin, [run_ = &run, label = event.id, n, length](World& w) {
      const Sites who = {fault::Site::node(n)};
      const host::FaultId id = w.clog(who, true, true);
      run_->faults.begin(
          label, Faults::Kind::Clog, who, [id](World& w2) { w2.heal(id); }, length);
    });
  }
}

void NetworkActions::operator()(const Reset& a) const {
  each_pair(*this, a.from, a.to, [this](fault::Site x, fault::Site y) { world().reset_streams(x, y); });
}

void NetworkActions::operator()(const HalfOpen& a) const {
  each_pair(*this, a.from, a.to, [&](fault::Site x, fault::Site y) { world().half_open(x, y, a.for_); });
}

}  // namespace sim::scenario
