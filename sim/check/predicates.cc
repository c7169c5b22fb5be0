// SPDX-License-Identifier: Apache-2.0
#include "sim/check/predicates.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "sim/host/process/appearance.h"
#include "sim/host/world.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/topology.h"
#include "syncer/catalog/catalog.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

using scenario::MemberState;
using scenario::Word;

bool within(const scenario::Predicate& p, std::uint64_t value) {
  return (!p.at_most || value <= *p.at_most) && (!p.at_least || value >= *p.at_least);
}

MemberState translate(syncer::membership::State state) {
  switch (state) {
    case syncer::membership::State::Alive:
      return MemberState::Alive;
    case syncer::membership::State::Suspect:
      return MemberState::Suspect;
    case syncer::membership::State::Dead:
      return MemberState::Dead;
    case syncer::membership::State::Left:
      return MemberState::Left;
  }
  return MemberState::Unknown;
}

std::string_view text_of(scenario::InstanceStatus status) {
  switch (status) {
    case scenario::InstanceStatus::Up:
      return "UP";
    case scenario::InstanceStatus::Down:
      return "DOWN";
    case scenario::InstanceStatus::Starting:
      return "STARTING";
    case scenario::InstanceStatus::OutOfService:
      return "OUTOFSERVICE";
  }
  return "";
}

}  // namespace

bool Predicates::holds(const Predicate& p) const {
  const auto part_holds = [this](const Predicate& part) { return holds(part); };
  switch (p.word) {
    case Word::Mirrored:
      return mirrored(p);
    case Word::Absent:
      return absent(p);
    case Word::Copies:
      return copies(p);
    case Word::Shown:
      return shown(p);
    case Word::Doubled:
      return doubled(p);
    case Word::LoopBack:
      return ledger_.loops() > 0;
    case Word::Resurrected:
      return ledger_.ghosts() > 0;
    case Word::MirroredRemoved:
      return mirrored_removed(p);
    case Word::MemberSeen:
      return member_seen(p);
    case Word::MembersAgree:
      return members_agree(p);
    case Word::Alarm:
      return alarm(p);
    case Word::QueueDepth:
      return queue_depth(p);
    case Word::Leader:
      return leader(p);
    case Word::LeaderChanged:
      return leader_changed(p);
    case Word::LeadersPerTerm:
      return leaders_per_term(p);
    case Word::WritesByNonLeader:
      return watch_.stray_writes() > 0;
    case Word::Down:
      return down(p);
    case Word::Conflict:
      return conflict(p);
    case Word::Ready:
      return ready(p);
    case Word::Problem:
      return problem(p);
    case Word::Pending:
      return pending(p);
    case Word::All:
      return std::all_of(p.parts.begin(), p.parts.end(), part_holds);
    case Word::Any:
      return std::any_of(p.parts.begin(), p.parts.end(), part_holds);
    case Word::Not:
      return !holds(p.parts.front());
  }
  return false;
}

bool Predicates::mirrored(const Predicate& p) const {
  Matches& subjects = matches(p.subject);
  const std::vector<RegistryIndex> places = registries(p.in);
  // The one that was not mirrored last time is likely not to be mirrored yet.
  if (subjects.last_lacking != nullptr && !mirrored(p, *subjects.last_lacking, places)) return false;
  for (const Origin* origin : subjects.origins) {
    if (mirrored(p, *origin, places)) continue;
    subjects.last_lacking = origin;
    return false;
  }
  return !subjects.origins.empty();
}

bool Predicates::mirrored(const Predicate& p, const Origin& origin, const std::vector<RegistryIndex>& places) const {
  const bool any_will_do = !p.status && p.endpoints.empty() && p.properties.empty();
  return std::all_of(places.begin(), places.end(), [&](RegistryIndex r) {
    if (r == origin.name.registry) return true;
    const auto& seen = origin.sights[r].copies;
    const auto fits = [&](const InstanceName& name) { return any_will_do || as_demanded(p, *ledger_.copy(name)); };
    return seen.size() == p.copies.value_or(1) && std::all_of(seen.begin(), seen.end(), fits);
  });
}

bool Predicates::as_demanded(const Predicate& p, const Copy& copy) const {
  if (p.status && copy.status != text_of(*p.status)) return false;
  if (!p.endpoints.empty() && copy.endpoints != p.endpoints) return false;
  return std::all_of(p.properties.begin(), p.properties.end(), [&](const scenario::Pair& wanted) {
    const auto found = copy.properties.find(wanted.key);
    return found != copy.properties.end() && found->second == wanted.value;
  });
}

bool Predicates::absent(const Predicate& p) const {
  const std::vector<RegistryIndex> places = registries(p.in);
  for (const Origin* origin : origins(p.subject)) {
    for (const RegistryIndex r : places) {
      if (r == origin->name.registry ? origin->alive : !origin->sights[r].copies.empty()) return false;
    }
  }
  return true;
}

bool Predicates::copies(const Predicate& p) const {
  const std::vector<RegistryIndex> places = registries(p.in);
  for (const Origin* origin : origins(p.subject)) {
    for (const RegistryIndex r : places) {
      if (r != origin->name.registry && !within(p, origin->sights[r].copies.size())) return false;
    }
  }
  return true;
}

bool Predicates::shown(const Predicate& p) const {
  const std::vector<const Origin*>& subjects = origins(p.subject);
  const std::vector<RegistryIndex> places = registries(p.in);
  return std::all_of(places.begin(), places.end(), [&](RegistryIndex r) {
    std::uint64_t copies = 0;
    for (const Origin* origin : subjects) copies += origin->name.registry == r ? 0 : origin->sights[r].copies.size();
    return within(p, copies);
  });
}

bool Predicates::doubled(const Predicate& p) const {
  const std::vector<RegistryIndex> places = registries(p.subject);
  std::set<std::tuple<RegistryIndex, std::string_view, std::string_view>> taken;
  for (const auto& [name, copy] : ledger_.copies()) {
    if (std::find(places.begin(), places.end(), name.registry) == places.end()) continue;
    for (const std::string& endpoint : copy.endpoints) {
      if (!taken.emplace(name.registry, name.service, endpoint).second) return true;
    }
  }
  return false;
}

bool Predicates::mirrored_removed(const Predicate& p) const {
  const auto places = registries(p.subject);
  const auto counts = [&](RegistryIndex r) { return std::find(places.begin(), places.end(), r) != places.end(); };
  std::uint64_t gone = 0;
  for (auto it = watch_.removed().rbegin(); it != watch_.removed().rend(); ++it) {
    if (run_.world.now() - it->at > p.in_window.value_or(Duration::max())) break;
    if (counts(it->registry) && !(p.without && it->origin_gone)) ++gone;
  }
  std::uint64_t live = 0;
  for (const auto& [name, copy] : ledger_.copies()) live += counts(name.registry) ? 1 : 0;
  const syncer::Ratio share = p.more_than.value_or(syncer::Ratio{0, 1});
  return gone > 0 && gone * share.denominator > (live + gone) * share.numerator;
}

bool Predicates::member_seen(const Predicate& p) const {
  for (const NodeIndex observer : nodes(p.observer)) {
    for (const NodeIndex subject : nodes(p.subject)) {
      if (observer != subject && state_of(observer, subject) != p.state.value_or(MemberState::Alive)) return false;
    }
  }
  return true;
}

bool Predicates::members_agree(const Predicate& p) const {
  for (const NodeIndex observer : nodes(p.subject)) {
    if (!run_.world.alive(observer)) continue;
    for (const NodeIndex subject : nodes(p.subject)) {
      const bool seen_alive = state_of(observer, subject) == MemberState::Alive;
      if (observer != subject && seen_alive != run_.world.alive(subject)) return false;
    }
  }
  return true;
}

bool Predicates::alarm(const Predicate& p) const {
  const auto places = nodes(p.in.empty() ? scenario::Selector{"all"} : p.in);
  return std::any_of(places.begin(), places.end(), [&](NodeIndex n) { return watch_.raised(n, p.subject.text); });
}

bool Predicates::queue_depth(const Predicate& p) const {
  for (const NodeIndex n : nodes(p.subject)) {
    if (run_.world.node(n) == nullptr) continue;
    const syncer::node::Status& status = statuses_.status(n);
    std::uint64_t depth = status.registry.pending;
    for (const auto& region : status.regions) depth += region.link.unacknowledged;
    if (!within(p, depth)) return false;
  }
  return true;
}

bool Predicates::leader(const Predicate& p) const {
  std::map<std::size_t, bool> led;
  const Duration stable = p.stable_for.value_or(Duration{});
  for (const NodeIndex n : nodes(p.subject)) {
    bool& found = led[run_.names.nodes()[n].region];
    if (!scenario::leads(run_.world, run_.names, n) || run_.world.paused(n)) continue;
    const auto began = std::find_if(watch_.elections().rbegin(), watch_.elections().rend(),
                                    [&](const Watch::Election& e) { return e.node == n; });
    const bool old = began == watch_.elections().rend() || run_.world.now() - began->at >= stable;
    found = found || old;
  }
  return std::all_of(led.begin(), led.end(), [](const auto& region) { return region.second; });
}

bool Predicates::leader_changed(const Predicate& p) const {
  const auto from = p.after ? run_.timeline.at(*p.after) : std::optional(Instant{});
  const auto among = nodes(p.subject);
  return from && std::any_of(watch_.elections().begin(), watch_.elections().end(), [&](const Watch::Election& e) {
           return e.at > *from && std::find(among.begin(), among.end(), e.node) != among.end();
         });
}

bool Predicates::leaders_per_term(const Predicate& p) const {
  const std::vector<Watch::Election>& elections = watch_.elections();
  for (; counted_elections_ < elections.size(); ++counted_elections_) {
    const Watch::Election& e = elections[counted_elections_];
    leaders_[{e.group, e.term}].insert(e.node);
  }
  const auto among = nodes(p.subject);
  return std::all_of(leaders_.begin(), leaders_.end(), [&](const auto& term) {
    return within(p, term.second.size()) || std::find(among.begin(), among.end(), *term.second.begin()) == among.end();
  });
}

bool Predicates::down(const Predicate& p) const {
  const auto places = nodes(p.subject);
  return !places.empty() && std::all_of(places.begin(), places.end(), [&](NodeIndex n) {
    const bool said = p.because.empty() || run_.world.failure(n).find(p.because) != std::string::npos;
    return !run_.world.alive(n) && said;
  });
}

bool Predicates::conflict(const Predicate& p) const {
  const auto places = nodes(p.subject);
  return !places.empty() && std::all_of(places.begin(), places.end(), [&](NodeIndex n) {
    const auto* node = run_.world.node(n);
    if (node == nullptr) return watch_.raised(n, "conflict");
    return !node->catalog().conflict().empty() || !node->peering().conflict().empty() || watch_.raised(n, "conflict");
  });
}

bool Predicates::ready(const Predicate& p) const {
  const auto places = nodes(p.subject);
  return !places.empty() && std::all_of(places.begin(), places.end(), [&](NodeIndex n) {
    const auto* node = run_.world.node(n);
    return node != nullptr && statuses_.status(n).ready;
  });
}

bool Predicates::problem(const Predicate& p) const {
  const auto places = nodes(p.subject);
  return !places.empty() && std::all_of(places.begin(), places.end(), [&](NodeIndex n) {
    if (run_.world.node(n) == nullptr) return false;
    const std::vector<std::string>& lines = statuses_.problem_lines(n);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(p.because) != std::string::npos; });
  });
}

bool Predicates::pending(const Predicate& p) const {
  for (const NodeIndex n : nodes(p.subject)) {
    if (run_.world.node(n) == nullptr) continue;
    if (!within(p, statuses_.status(n).pending.size() + statuses_.problem_lines(n).size())) return false;
  }
  return true;
}

Predicates::Matches& Predicates::matches(const scenario::Selector& subject) const {
  Matches& matches = matches_[subject.text];
  const std::vector<const Origin*>& known = ledger_.known();
  for (; matches.looked_at < known.size(); ++matches.looked_at) {
    const Origin* origin = known[matches.looked_at];
    if (scenario::instance_matches(subject.text, origin->name.instance)) matches.origins.push_back(origin);
  }
  return matches;
}

std::vector<RegistryIndex> Predicates::registries(const scenario::Selector& selector) const {
  const scenario::Selector chosen = selector.empty() || selector.text == "any" ? scenario::Selector{"all"} : selector;
  return scenario::registries_of(scenario::resolve(chosen, run_.names, run_.captures, syncer::Random(run_.seed)));
}

std::vector<NodeIndex> Predicates::nodes(const scenario::Selector& selector) const {
  const scenario::Selector chosen = selector.empty() || selector.text == "any" ? scenario::Selector{"all"} : selector;
  return scenario::nodes_of(scenario::resolve(chosen, run_.names, run_.captures, syncer::Random(run_.seed),
                                              scenario::leads_in(run_.world, run_.names)));
}

MemberState Predicates::state_of(NodeIndex observer, NodeIndex subject) const {
  const auto state = host::member_state(run_.world, observer, run_.world.config(subject).node);
  return state ? translate(*state) : MemberState::Unknown;
}

}  // namespace sim::check
