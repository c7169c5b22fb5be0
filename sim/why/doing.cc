// SPDX-License-Identifier: Apache-2.0
#include "sim/why/doing.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "sim/scenario/values/topology.h"
#include "sim/why/way.h"
#include "syncer/base/random.h"

namespace sim::why {
namespace {

using scenario::Predicate;
using scenario::Word;

constexpr std::size_t kEfforts = 3;
std::string at_text(Instant at) { return syncer::to_string(at.time_since_epoch()); }

scenario::Sites sites_of(const scenario::Names& names, const scenario::Selector& selector) {
  const bool all = selector.empty() || selector.text == "any";
  return scenario::resolve(all ? scenario::Selector{"all"} : selector, names, {}, syncer::Random(1));
}

/// The predicates without "all", "any" and "not" around them.
void flatten(const Predicate& predicate, std::vector<const Predicate*>& leaves) {
  for (const Predicate& part : predicate.parts) flatten(part, leaves);
  if (predicate.parts.empty()) leaves.push_back(&predicate);
}

class About {
 public:
  /// `awaited`: it had to come true; otherwise to stay as it was.
  About(const scenario::Names& names, const Recorder& run, Instant at, bool awaited)
      : names_(names), run_(run), at_(at), awaited_(awaited) {}

  std::string text(const Predicate& p) const {
    switch (p.word) {
      case Word::Mirrored:
      case Word::Absent:
      case Word::Copies:
      case Word::Shown:
        return of_instances(p, p.in);
      case Word::MirroredRemoved:
        return of_instances(p, p.subject);
      case Word::MemberSeen:
        return of_members(p);
      case Word::Leader:
      case Word::LeaderChanged:
      case Word::LeadersPerTerm:
        return last_note(everybody_of(p.subject), "leader.");
      case Word::Down:
        return last_note(nodes_of(p.subject), "node.");
      case Word::Alarm:
        return last_note(nodes_of(p.in), p.subject.text);
      case Word::Ready:
      case Word::Problem:
      case Word::Pending:
      case Word::QueueDepth:
        return state_of(p);
      default:
        return "";
    }
  }

 private:
  std::vector<NodeIndex> nodes_of(const scenario::Selector& selector) const {
    return scenario::nodes_of(sites_of(names_, selector));
  }
  /// With all others of their regions.
  std::vector<NodeIndex> everybody_of(const scenario::Selector& selector) const {
    std::vector<NodeIndex> all;
    for (const NodeIndex n : nodes_of(selector)) {
      for (const NodeIndex m : names_.regions()[names_.nodes()[n].region].nodes) all.push_back(m);
    }
    return all;
  }

  bool wants_gone(const Predicate& p) const {
    return awaited_ && (p.word == Word::Absent || (p.word != Word::Mirrored && p.at_most));
  }

  /// Of what had to come the first whose way ends before its goal; else of all ways the one that ended last.
  std::string of_instances(const Predicate& p, const scenario::Selector& in) const {
    const std::string pattern = p.word == Word::MirroredRemoved ? "all" : p.subject.text;
    std::optional<Way> latest;
    for (const auto& [name, origin] : run_.ledger().origins()) {
      if (!origin.known || !scenario::instance_matches(pattern, name.instance)) continue;
      for (const RegistryIndex target : scenario::registries_of(sites_of(names_, in))) {
        if (target == name.registry) continue;
        const Way way(names_, run_, name, target, at_);
        if (wants_gone(p) && way.is_over() && way.is_shown()) return way.not_taken_back();
        if (awaited_ && !way.is_over()) return way.text();
        if (way.arrived() == nullptr || (p.word == Word::MirroredRemoved && way.is_shown())) continue;
        if (!latest || way.arrived()->at >= latest->arrived()->at) latest.emplace(names_, run_, name, target, at_);
      }
    }
    return latest ? latest->text() : "";
  }

  /// When the process of a node began that runs, or ran last; of what it knew before it speaks no more.
  Instant began(NodeIndex node) const {
    Instant last{};
    for (const Hindrance& h : run_.hindrances().all()) {
      if (h.weight == Hindrance::Weight::Down && h.node == node && h.to <= at_) last = std::max(last, h.to);
    }
    return last;
  }

  const Note* note_of(const std::vector<NodeIndex>& nodes, std::string_view kind, const std::string& part) const {
    for (auto note = run_.notes().rbegin(); note != run_.notes().rend(); ++note) {
      if (note->at > at_ || !note->node || std::find(nodes.begin(), nodes.end(), *note->node) == nodes.end()) continue;
      if (note->at < began(*note->node)) continue;
      const std::string_view what = std::string_view(note->text).substr(0, note->text.find(' '));
      if (what.find(kind) != std::string_view::npos && (note->text + " ").find(part) != std::string::npos)
        return &*note;
    }
    return nullptr;
  }

  std::string line(const Note& note) const {
    return names_.nodes()[*note.node].name + " " + note.text + " at " + at_text(note.at);
  }

  std::string last_note(const std::vector<NodeIndex>& nodes, std::string_view kind) const {
    const Note* note = note_of(nodes, kind, "");
    if (note != nullptr) return line(*note);
    std::string who;
    for (const NodeIndex n : nodes) who += (who.empty() ? "" : ", ") + names_.nodes()[n].name;
    return "none of " + who + " told of " + std::string(kind);
  }

  static std::string_view kind_of(scenario::MemberState state) {
    switch (state) {
      case scenario::MemberState::Suspect:
        return "member.suspected";
      case scenario::MemberState::Dead:
        return "member.died";
      case scenario::MemberState::Left:
        return "member.left";
      default:
        return "member.joined";
    }
  }

  std::string of_members(const Predicate& p) const {
    const std::string_view wanted = kind_of(p.state.value_or(scenario::MemberState::Alive));
    const Note* latest = nullptr;
    for (const NodeIndex observer : nodes_of(p.observer)) {
      for (const NodeIndex subject : nodes_of(p.subject)) {
        if (observer == subject) continue;
        const std::string& member = names_.nodes()[subject].name;
        const Note* note = note_of({observer}, "member.", "member=" + member + " ");
        const bool is_so = note != nullptr && note->text.starts_with(wanted);
        const std::string& who = names_.nodes()[observer].name;
        if (awaited_ && note == nullptr) return who + " never heard of " + member;
        if (awaited_ && !is_so) return line(*note) + ", and no " + std::string(wanted) + " since";
        if (note != nullptr && (latest == nullptr || note->at > latest->at)) latest = note;
      }
    }
    return latest != nullptr ? line(*latest) : "";
  }

  std::string state_of(const Predicate& p) const {
    for (const NodeIndex n : nodes_of(p.subject)) {
      const std::string state = run_.state(n, at_);
      if (!state.empty()) return names_.nodes()[n].name + " says: " + state;
    }
    return last_note(nodes_of(p.subject), "node.");
  }

  const scenario::Names& names_;
  const Recorder& run_;
  const Instant at_;
  const bool awaited_;
};

}  // namespace

std::string doing_about(const scenario::Names& names, const Recorder& run, const scenario::Expectation& expectation,
                        Instant at) {
  std::vector<const Predicate*> leaves;
  const auto* eventually = std::get_if<scenario::Eventually>(&expectation.form);
  const auto* always = std::get_if<scenario::Always>(&expectation.form);
  const auto* never = std::get_if<scenario::Never>(&expectation.form);
  const auto* keeps = std::get_if<scenario::Keeps>(&expectation.form);
  if (eventually != nullptr) flatten(eventually->predicate, leaves);
  if (always != nullptr) flatten(always->predicate, leaves);
  if (never != nullptr) flatten(never->predicate, leaves);
  if (keeps != nullptr) flatten(keeps->keeps, leaves);
  const bool awaited = eventually != nullptr;
  const About about(names, run, at, awaited);
  std::string text;
  for (const Predicate* leaf : leaves) {
    const std::string more = about.text(*leaf);
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  }
  return text;
}

std::vector<std::string> efforts_of(const std::vector<scenario::Cost>& costs, const std::string& metric) {
  constexpr std::string_view kEffort = "effort.";
  std::string what;
  if (metric == "registry.requests") what = "request";
  if (metric == "gossip.dropped") what = "packet.dropped";
  if (metric.starts_with(kEffort)) what = metric.substr(kEffort.size());
  std::vector<scenario::Cost> of_it;
  for (const scenario::Cost& cost : costs) {
    if (cost.detour == what) of_it.push_back(cost);
  }
  std::stable_sort(of_it.begin(), of_it.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  if (of_it.size() > kEfforts) of_it.resize(kEfforts);
  std::vector<std::string> texts;
  for (const scenario::Cost& cost : of_it) {
    texts.push_back(cost.node + " " + std::to_string(cost.count) + " times " + cost.detour +
                    (cost.cause.empty() ? "" : " (" + cost.cause + ")"));
  }
  return texts;
}

}  // namespace sim::why
