// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "sim/check/member_bounds.h"
#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

using syncer::membership::Member;
using syncer::membership::State;
using syncer::membership::Swim;

/// What one node held of one member when its table was looked at last.
struct Held {
  State state = State::Alive;
  std::uint64_t incarnation = 0;
  Instant changed;  ///< by the node's own clock
  syncer::Endpoint address;
};

/// What a member said of itself under one incarnation.
struct Announced {
  std::uint32_t life = 0;  ///< number of the process that said it
  syncer::Endpoint address;
  syncer::Bytes meta;
};

std::string text(const Held& held) { return std::string(name(held.state)) + " " + std::to_string(held.incarnation); }

/// The order of one incarnation: alive < suspect < dead or left, and nothing leads from dead to left or back.
bool rises(State before, State after) {
  if (before == after) return true;
  return !is_gone(before) && (before == State::Alive || after != State::Alive);
}

class MemberTables : public Rule {
 public:
  void begin(const Context& context) override {
    Rule::begin(context);
    nodes_.resize(context.stage->cast.nodes().size());
    bounds_ = MemberBounds(nodes_.size());
    for (NodeIndex n = 0; n < nodes_.size(); ++n) names_.emplace(context.stage->world.config(n).node, n);
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    nodes_[node].held.clear();
    nodes_[node].deceived.clear();
    nodes_[node].looked_at = 0;
    ++nodes_[node].life;
  }

  void on_label(std::string_view, const scenario::Event* event) override { bounds_.on_event(event); }

  bool wants_after_event() const override { return true; }
  /// Every change of a member queues news, so the count of news tells whose table changed.
  void after_event(Instant) override {
    for (const NodeIndex n : context_.stage->world.acted()) {
      const syncer::node::Node* node = context_.stage->world.node(n);
      if (node == nullptr) continue;
      const Swim& swim = node->gossip().swim();
      if (std::exchange(nodes_[n].looked_at, swim.queue().pushed()) != swim.queue().pushed()) look(n, swim);
      if (const auto excess = bounds_.exceeded(node->gossip())) fail("I7-bounds", n, *excess);
    }
  }

 private:
  struct Observer {
    std::map<std::string, Held, std::less<>> held;
    std::uint64_t looked_at = 0;
    std::uint32_t life = 0;
    std::map<std::string, Instant, std::less<>> deceived;  ///< since when it holds what a member did not say
  };

  void look(NodeIndex n, const Swim& swim) {
    std::map<std::string, Held, std::less<>> now;
    swim.members().for_each([&](const Member& m) {
      if (m.name == swim.self_name()) look_at_self(n, m);
      check_announced(n, m);
      const Held held{m.state, m.incarnation, m.changed, m.address};
      const auto before = nodes_[n].held.find(m.name);
      if (before != nodes_[n].held.end()) check_step(n, m, before->second, held, swim.options());
      if (m.suspicion.has_value() != (m.state == State::Suspect)) {
        fail("I7-lattice", n, m.name + " is " + text(held) + (m.suspicion ? " with" : " without") + " a suspicion");
      }
      now.emplace(m.name, held);
    });
    nodes_[n].held = std::move(now);
  }

  /// A member of itself is alive, or on its way out; whatever others say it refutes at once.
  void look_at_self(NodeIndex n, const Member& me) {
    if (me.state == State::Suspect || me.state == State::Dead) {
      fail("I7-self", n, "holds itself " + std::string(name(me.state)) + " at " + std::to_string(me.incarnation));
    }
    std::vector<Announced>& all = announced_[{n, me.incarnation}];
    const bool changed = !all.empty() && all.back().life == nodes_[n].life && !same(all.back(), me);
    if (changed) fail("I7-metadata", n, "said two things of itself as " + std::to_string(me.incarnation));
    if (all.empty() || !same(all.back(), me)) all.push_back({nodes_[n].life, me.address, me.meta});
  }

  static bool same(const Announced& a, const Member& m) { return a.address == m.address && a.meta == m.meta; }

  /// Whoever holds a member alive as it announced itself holds what it announced, in this life or a former one. Where
  /// somebody speaks in its name (a grace is given), it corrects that within the grace.
  void check_announced(NodeIndex n, const Member& m) {
    if (!differs_from_announced(m)) {
      nodes_[n].deceived.erase(m.name);
      return;
    }
    const Instant since = nodes_[n].deceived.try_emplace(m.name, context_.now()).first->second;
    if (context_.now() - since < context_.sink->grace("I7-metadata")) return;
    fail("I7-metadata", n,
         "holds of " + m.name + " as " + std::to_string(m.incarnation) + " other tags or another address than it said");
  }

  bool differs_from_announced(const Member& m) const {
    const auto known = names_.find(m.name);
    if (known == names_.end() || m.state != State::Alive) return false;
    const auto said = announced_.find({known->second, m.incarnation});
    return said != announced_.end() &&
           std::none_of(said->second.begin(), said->second.end(), [&](const Announced& a) { return same(a, m); });
  }

  void check_step(NodeIndex n, const Member& m, const Held& before, const Held& after,
                  const syncer::membership::Options& options) {
    if (after.incarnation > before.incarnation || may_be_new(before, after, options)) return;
    // One packet can let a stranger leave, come back elsewhere and return: nothing he does between two looks is wrong.
    if (names_.count(m.name) == 0) return;
    const std::string what = m.name + " went from " + text(before) + " to " + text(after);
    if (is_gone(before.state) && !is_gone(after.state)) return fail("I7-resurrection", n, what);
    if (after.incarnation < before.incarnation || !rises(before.state, after.state)) fail("I7-lattice", n, what);
  }

  /// One who is gone may be forgotten after a while and then heard of anew, or come back elsewhere.
  static bool may_be_new(const Held& before, const Held& after, const syncer::membership::Options& options) {
    if (!is_gone(before.state)) return false;
    const Duration age = after.changed - before.changed;
    const bool free = before.state == State::Left || age > options.dead_reclaim;
    return age > options.gossip_to_dead || (free && before.address != after.address);
  }

  void fail(std::string_view id, NodeIndex n, const std::string& what) {
    context_.sink->violated(id, {"node " + context_.node(n) + ": " + what});
  }

  std::vector<Observer> nodes_;
  std::map<std::string, NodeIndex, std::less<>> names_;
  std::map<std::pair<NodeIndex, std::uint64_t>, std::vector<Announced>> announced_;
  MemberBounds bounds_;
};

}  // namespace

std::unique_ptr<Rule> make_member_table_rule() { return std::make_unique<MemberTables>(); }

}  // namespace sim::check
