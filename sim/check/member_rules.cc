// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"

namespace sim::check {
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
  void begin(const Context& context) override {
    Rule::begin(context);
    for (NodeIndex n = 0; n < context.stage->world.nodes(); ++n) syncers_.insert(context.stage->world.config(n).node);
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    const auto of_node = [node](const auto& entry) { return entry.first.first == node; };
    for (auto it = views_.begin(); it != views_.end();) it = of_node(*it) ? views_.erase(it) : std::next(it);
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const auto seen = seen_by(event.kind);
    // What a stranger tells of himself is his own affair.
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
    const auto gossip = context_.stage->world.config(node).gossip.options();
    const Duration least = gossip.probe_interval * gossip.suspicion_mult * 9 / 10 - context_.sink->grace("I7");
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
    context_.sink->violated("I7", {"node " + context_.node(node) + " saw " + std::string(syncer::name(event.kind)),
                                   "member " + std::string(event.text("member")) + " " + what});
  }

  std::set<std::string, std::less<>> syncers_;
  std::map<std::pair<NodeIndex, std::string>, View> views_;
  std::set<std::pair<std::string, std::int64_t>> deaths_;  ///< member and incarnation that somebody declared rightly
};

class Completeness : public Rule {
 public:
  void begin(const Context& context) override {
    Rule::begin(context);
    up_since_.assign(context_.stage->cast.nodes().size(), syncer::kNever);
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
  Duration bound() const { return std::chrono::seconds(40) + context_.sink->grace("I8"); }

  void check(NodeIndex dead, Instant now) {
    const auto& world = context_.stage->world;
    const std::string& name = world.config(dead).node;
    for (NodeIndex observer = 0; observer < up_since_.size(); ++observer) {
      const bool watched = up_since_[observer] != syncer::kNever && now - up_since_[observer] >= bound();
      if (observer == dead || !watched || world.node(observer) == nullptr) continue;
      for (const auto& member : world.node(observer)->gossip().members()) {
        if (member.name != name || member.state != syncer::membership::State::Alive) continue;
        context_.sink->violated("I8", {"node " + context_.node(observer) + " still sees " + name + " alive",
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

}  // namespace sim::check
