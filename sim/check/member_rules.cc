// SPDX-License-Identifier: Apache-2.0
#include "sim/check/member_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/gossip/gossip.h"
#include "syncer/gossip/key_queries.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

constexpr std::string_view kMemberStates = "member-states";
constexpr std::string_view kMemberResurrection = "member-resurrection";
constexpr std::string_view kMemberLattice = "member-lattice";
constexpr std::string_view kMemberMetadata = "member-metadata";
constexpr std::string_view kMemberSelf = "member-self";
constexpr std::string_view kMemberBounds = "member-bounds";
constexpr std::string_view kCrashesNoticed = "crashes-noticed";

/// News that is about no member: our newest intent, and queries that are forwarded.
constexpr std::size_t kOtherNews = 1 + syncer::gossip::KeyQueries::kForwarded;

std::optional<std::string> above(std::size_t value, std::size_t bound, const char* what) {
  if (value <= bound) return std::nullopt;
  return "keeps " + std::to_string(value) + " " + what + ", " + std::to_string(bound) + " are allowed";
}

}  // namespace

void MemberBounds::on_event(const scenario::Event* event) {
  const auto* peer = event != nullptr ? std::get_if<scenario::FuzzPeer>(&event->action) : nullptr;
  if (peer != nullptr) names_ += peer->strangers;
  if (event != nullptr && std::holds_alternative<scenario::HostilePeer>(event->action)) ++names_;
}

std::optional<std::string> MemberBounds::exceeded(const syncer::gossip::Gossip& gossip) const {
  const syncer::membership::Swim& swim = gossip.swim();
  if (auto members = above(swim.members().size(), names_, "members")) return members;
  if (auto news = above(swim.queue().size(), names_ + kOtherNews, "pieces of news")) return news;
  const std::size_t most_failed = std::min(names_, syncer::gossip::FailedMembers::kMost);
  if (auto failed = above(gossip.failed_members(), most_failed, "failed members")) return failed;
  return above(swim.relays().size(), swim.options().max_relays, "relayed pings");
}

namespace {

using syncer::EventKind;

enum class Seen : std::uint8_t { Alive, Suspect, Dead, Left };

std::string_view name(Seen seen) {
  switch (seen) {
    case Seen::Alive:
      return "alive";
    case Seen::Suspect:
      return "suspect";
    case Seen::Dead:
      return "dead";
    case Seen::Left:
      return "left";
  }
  return "unknown";
}

std::optional<Seen> seen_by(EventKind kind) {
  switch (kind) {
    case EventKind::MemberJoined:
    case EventKind::MemberRefuted:
      return Seen::Alive;
    case EventKind::MemberSuspected:
      return Seen::Suspect;
    case EventKind::MemberDied:
      return Seen::Dead;
    case EventKind::MemberLeft:
      return Seen::Left;
    default:
      return std::nullopt;
  }
}

/// Whether SWIM lets a member go from one state to another (memberlist's state.go).
bool is_legal(std::optional<Seen> before, Seen after) {
  switch (after) {
    case Seen::Alive:
      return before != Seen::Alive;
    case Seen::Suspect:
      return before == Seen::Alive;
    case Seen::Dead:
      return before == Seen::Alive || before == Seen::Suspect;
    case Seen::Left:
      return before != Seen::Left;
  }
  return false;
}

class Members : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kMemberStates}; }

  void begin(const Context& context) override {
    Rule::begin(context);
    for (NodeIndex n = 0; n < context.run->world.nodes(); ++n) syncers_.insert(context.run->world.config(n).node);
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    const auto of_node = [node](const auto& entry) { return entry.first.first == node; };
    for (auto it = views_.begin(); it != views_.end();) it = of_node(*it) ? views_.erase(it) : std::next(it);
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const auto seen = seen_by(event.kind);
    // What a stranger says about itself is not checked.
    if ((!seen && event.kind != EventKind::MemberUpdated) || syncers_.count(event.text("member")) == 0) return;
    View& view = views_[{node, std::string(event.text("member"))}];
    const auto incarnation = static_cast<std::uint64_t>(event.number("incarnation"));
    if (seen) check_step(node, event, view, *seen);
    if (event.kind == EventKind::MemberRefuted && incarnation <= view.incarnation) {
      fail(node, event, "refuted a suspicion without outbidding incarnation " + std::to_string(view.incarnation));
    }
    const bool gone = view.seen == Seen::Dead || view.seen == Seen::Left;
    if (incarnation < view.incarnation && !gone) {
      fail(node, event,
           "incarnation fell from " + std::to_string(view.incarnation) + " to " + std::to_string(incarnation));
    }
    view.incarnation = incarnation;
    if (seen) view.seen = *seen;
  }

 private:
  struct View {
    std::optional<Seen> seen;
    std::uint64_t incarnation = 0;
    Instant suspected;
  };

  void check_step(NodeIndex node, const syncer::Event& event, View& view, Seen after) {
    if (!is_legal(view.seen, after)) {
      fail(node, event,
           "went from " + std::string(view.seen ? name(*view.seen) : "unknown") + " to " + std::string(name(after)));
    }
    if (after == Seen::Suspect) view.suspected = context_.now();
    if (after == Seen::Dead) check_death(node, event, view);
  }

  /// Who says "dead" suspected the member himself for the shortest suspicion at least (clocks may drift by a tenth), or
  /// heard it from somebody who did.
  void check_death(NodeIndex node, const syncer::Event& event, const View& view) {
    const auto gossip = context_.run->world.config(node).gossip.options();
    const Duration least = gossip.probe_interval * gossip.suspicion_mult * 9 / 10 - context_.sink->grace(kMemberStates);
    const std::pair<std::string, std::int64_t> death{event.text("member"), event.number("incarnation")};
    const bool own = view.seen == Seen::Suspect && context_.now() - view.suspected >= least;
    if (own) deaths_.insert(death);
    if (own || deaths_.count(death) != 0) return;
    fail(node, event,
         view.seen == Seen::Suspect
             ? "is dead, but was suspected only " + syncer::to_string(context_.now() - view.suspected) + " ago"
             : "is dead, but nobody suspected it");
  }

  void fail(NodeIndex node, const syncer::Event& event, const std::string& what) {
    context_.sink->violated(kMemberStates,
                            {"node " + context_.node(node) + " saw " + std::string(syncer::name(event.kind)),
                             "member " + std::string(event.text("member")) + " " + what});
  }

  std::set<std::string, std::less<>> syncers_;
  std::map<std::pair<NodeIndex, std::string>, View> views_;
  std::set<std::pair<std::string, std::int64_t>> deaths_;  ///< member and incarnation that somebody declared rightly
};

class Completeness : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kCrashesNoticed}; }

  void begin(const Context& context) override {
    Rule::begin(context);
    up_since_.assign(context_.run->names.nodes().size(), syncer::kNever);
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    const Instant now = context_.now();
    if (change == host::HostChange::Started || change == host::HostChange::Resumed) {
      up_since_[node] = now;
      pending_.erase(node);
    } else {
      up_since_[node] = syncer::kNever;
    }
    if (change == host::HostChange::Crashed) pending_[node] = now + bound();
  }

  /// Any other disturbance makes detection times meaningless: the clock starts anew.
  void on_label(std::string_view, const scenario::Event* event) override {
    if (event == nullptr) return;
    for (auto& [node, deadline] : pending_) deadline = std::max(deadline, context_.now() + bound());
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    for (auto it = pending_.begin(); it != pending_.end();) {
      if (now < it->second) {
        ++it;
        continue;
      }
      check(it->first, now);
      it = pending_.erase(it);
    }
  }

 private:
  Duration bound() const { return std::chrono::seconds(40) + context_.sink->grace(kCrashesNoticed); }

  void check(NodeIndex dead, Instant now) {
    const auto& world = context_.run->world;
    const std::string& name = world.config(dead).node;
    for (NodeIndex observer = 0; observer < up_since_.size(); ++observer) {
      const bool watched = up_since_[observer] != syncer::kNever && now - up_since_[observer] >= bound();
      if (observer == dead || !watched || world.node(observer) == nullptr) continue;
      for (const auto& member : world.node(observer)->gossip().members()) {
        if (member.name != name || member.state != syncer::membership::State::Alive) continue;
        context_.sink->violated(kCrashesNoticed, {"node " + context_.node(observer) + " still sees " + name + " alive",
                                                  "it crashed more than " + syncer::to_string(bound()) + " ago"});
      }
    }
  }

  std::vector<Instant> up_since_;
  std::map<NodeIndex, Instant> pending_;
};

}  // namespace

std::unique_ptr<Rule> make_member_rule() { return std::make_unique<Members>(); }
std::unique_ptr<Rule> make_completeness_rule() { return std::make_unique<Completeness>(); }

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
  std::vector<std::string_view> ids() const override {
    return {kMemberResurrection, kMemberLattice, kMemberMetadata, kMemberSelf, kMemberBounds};
  }

  void begin(const Context& context) override {
    Rule::begin(context);
    nodes_.resize(context.run->names.nodes().size());
    bounds_ = MemberBounds(nodes_.size());
    for (NodeIndex n = 0; n < nodes_.size(); ++n) names_.emplace(context.run->world.config(n).node, n);
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
    for (const NodeIndex n : context_.run->world.acted()) {
      const syncer::node::Node* node = context_.run->world.node(n);
      if (node == nullptr) continue;
      const Swim& swim = node->gossip().swim();
      if (std::exchange(nodes_[n].looked_at, swim.queue().pushed()) != swim.queue().pushed()) look(n, swim);
      if (const auto excess = bounds_.exceeded(node->gossip())) fail(kMemberBounds, n, *excess);
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
        fail(kMemberLattice, n, m.name + " is " + text(held) + (m.suspicion ? " with" : " without") + " a suspicion");
      }
      now.emplace(m.name, held);
    });
    nodes_[n].held = std::move(now);
  }

  /// A member of itself is alive, or on its way out; whatever others say it refutes at once.
  void look_at_self(NodeIndex n, const Member& me) {
    if (me.state == State::Suspect || me.state == State::Dead) {
      fail(kMemberSelf, n, "holds itself " + std::string(name(me.state)) + " at " + std::to_string(me.incarnation));
    }
    std::vector<Announced>& all = announced_[{n, me.incarnation}];
    const bool changed = !all.empty() && all.back().life == nodes_[n].life && !same(all.back(), me);
    if (changed) fail(kMemberMetadata, n, "said two things of itself as " + std::to_string(me.incarnation));
    if (all.empty() || !same(all.back(), me)) all.push_back({nodes_[n].life, me.address, me.meta});
  }

  static bool same(const Announced& a, const Member& m) { return a.address == m.address && a.meta == m.meta; }

  /// A node that holds a member alive as it announced itself holds what it announced, in this life or a former one.
  /// Where somebody speaks in its name (a grace is given), it corrects that within the grace.
  void check_announced(NodeIndex n, const Member& m) {
    if (!differs_from_announced(m)) {
      nodes_[n].deceived.erase(m.name);
      return;
    }
    const Instant since = nodes_[n].deceived.try_emplace(m.name, context_.now()).first->second;
    if (context_.now() - since < context_.sink->grace(kMemberMetadata)) return;
    fail(kMemberMetadata, n,
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
    // One packet can let a stranger leave, come back elsewhere and return: nothing it does between two looks is wrong.
    if (names_.count(m.name) == 0) return;
    // What died was a lie about where it is: its own word, from where it is, corrects that.
    if (is_gone(before.state) && !was_ever_at(m.name, before.address) && was_ever_at(m.name, after.address)) return;
    const std::string what = m.name + " went from " + text(before) + " to " + text(after);
    if (is_gone(before.state) && !is_gone(after.state)) return fail(kMemberResurrection, n, what);
    if (after.incarnation < before.incarnation || !rises(before.state, after.state)) fail(kMemberLattice, n, what);
  }

  /// The member announced itself there, in whatever incarnation.
  bool was_ever_at(const std::string& name, const syncer::Endpoint& address) const {
    const NodeIndex node = names_.at(name);
    for (auto it = announced_.lower_bound({node, 0}); it != announced_.end() && it->first.first == node; ++it) {
      for (const Announced& said : it->second) {
        if (said.address == address) return true;
      }
    }
    return false;
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
