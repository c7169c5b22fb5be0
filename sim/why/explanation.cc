// SPDX-License-Identifier: Apache-2.0
#include "sim/why/explanation.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/report/summary.h"
#include "sim/scenario/values/topology.h"
#include "sim/why/doing.h"
#include "sim/why/way.h"

namespace sim::why {
namespace {

using report::brief;

constexpr Duration kBefore = std::chrono::seconds(30);
constexpr std::size_t kNotes = 25;
constexpr std::size_t kWays = 3;

std::string time_of(Instant at) { return syncer::to_string(at.time_since_epoch()); }

std::vector<Share> sum(const std::vector<Hop>& hops) {
  std::map<std::string, Duration> took;
  for (const Hop& hop : hops) {
    for (const Share& share : hop.because) took[share.text] += share.took;
  }
  std::vector<Share> all;
  for (const auto& [text, time] : took) all.push_back({time, text});
  std::stable_sort(all.begin(), all.end(), [](const Share& a, const Share& b) { return a.took > b.took; });
  return all;
}

std::string line_of(const scenario::Names& names, const Note& note) {
  return time_of(note.at) + "  " + (note.node ? names.nodes()[*note.node].name : "scenario") + "  " + note.text;
}

/// What happened in a stretch: the last or the first of it.
std::vector<std::string> around(const scenario::Names& names, const Recorder& run, Instant from, Instant to,
                                bool last) {
  std::vector<std::string> lines;
  for (const Note& note : run.notes()) {
    if (note.at >= from && note.at <= to) lines.push_back(line_of(names, note));
  }
  if (lines.size() <= kNotes) return lines;
  if (last) lines.erase(lines.begin(), lines.end() - kNotes);
  lines.resize(kNotes);
  return lines;
}

Explanation of_journey(const scenario::Names& names, const Recorder& run, const Journey& journey) {
  Explanation answer;
  answer.headline = in_words(names, journey);
  answer.hops = hops_of(names, run, journey);
  answer.causes = sum(answer.hops);
  if (!journey.arrived) answer.doing = Way(names, run, journey.origin, journey.target, journey.to).text();
  return answer;
}

/// Whether a text holds a name as a word of its own.
bool names(const std::string& text, const std::string& name) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_part(text[at - 1]);
    const std::size_t end = at + name.size();
    if (begins && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

/// Who and what the facts of a violation speak of.
struct Named {
  Place place;
  std::vector<std::string> instances;  ///< ids in their registries
};

Named named_in(const std::vector<std::string>& facts, const scenario::Names& all, const Recorder& run) {
  std::string text;
  for (const std::string& fact : facts) text += fact + "\n";
  Named named;
  named.place.between = true;
  for (NodeIndex n = 0; n < all.nodes().size(); ++n) {
    if (names(text, all.nodes()[n].name)) named.place.nodes.push_back(n);
  }
  for (RegistryIndex r = 0; r < all.registries().size(); ++r) {
    if (names(text, all.registries()[r])) named.place.registries.push_back(r);
  }
  for (const auto& [name, origin] : run.ledger().origins()) {
    if (names(text, scenario::instance_name(name.instance))) named.instances.push_back(name.instance);
  }
  return named;
}

/// What was last done about what the facts speak of: by whom, and when. Of the instances if there are any, else by the
/// syncers.
const Note* last_doing(const Recorder& run, const Named& named, Instant at) {
  const Note* by_node = nullptr;
  for (auto note = run.latest().rbegin(); note != run.latest().rend(); ++note) {
    if (note->at > at || at - note->at > kBefore || !note->node) continue;
    const auto speaks = [&](const std::string& instance) { return names(note->text, instance); };
    if (std::any_of(named.instances.begin(), named.instances.end(), speaks)) return &*note;
    const auto& nodes = named.place.nodes;
    const bool is_theirs = std::find(nodes.begin(), nodes.end(), *note->node) != nodes.end();
    if (is_theirs && by_node == nullptr) by_node = &*note;
  }
  return by_node;
}

/// How the instances that are named came to the registries that are named.
std::vector<std::string> ways_of(const scenario::Names& all, const Recorder& run, const Named& named, Instant at) {
  std::vector<std::string> ways;
  for (const auto& [name, origin] : run.ledger().origins()) {
    const auto& ids = named.instances;
    if (!origin.known || std::find(ids.begin(), ids.end(), name.instance) == ids.end()) continue;
    for (const RegistryIndex target : named.place.registries) {
      if (target != name.registry && ways.size() < kWays) {
        ways.push_back(Way(all, run, name, target, at).text());
      }
    }
  }
  return ways;
}

/// What an expectation speaks of is known from its predicate.
std::string doing_of(const scenario::Names& names, const scenario::Scenario& scenario,
                     const scenario::RunResult& result, const Recorder& run, const scenario::Violation& violation) {
  const auto& all = scenario.expect;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.id == violation.id; });
  if (found == all.end()) return "";
  const auto* metric = std::get_if<scenario::Metric>(&found->form);
  if (metric == nullptr) return doing_about(names, run, *found, violation.at);
  std::string text;
  for (const std::string& effort : efforts_of(result.findings.effort, metric->metric)) {
    text += (text.empty() ? "" : ", ") + effort;
  }
  return text;
}

Explanation of_violation(const scenario::Names& all, const scenario::Scenario& scenario,
                         const scenario::RunResult& result, const Recorder& run, const scenario::Violation& violation) {
  Explanation answer;
  answer.headline =
      violation.id + " was violated at " + time_of(violation.at) + " (" + to_string(violation.place) + ")";
  if (!violation.facts.empty()) answer.headline += ": " + violation.facts.front();
  answer.facts = violation.facts;
  const Named named = named_in(violation.facts, all, run);
  answer.doing = doing_of(all, scenario, result, run, violation);
  const Note* doing = answer.doing.empty() ? last_doing(run, named, violation.at) : nullptr;
  if (doing != nullptr) {
    answer.doing = all.nodes()[*doing->node].name + " " + scenario::instance_name(doing->text) + ", " +
                   brief(violation.at - doing->at) + " before";
  }
  for (const std::string& way : ways_of(all, run, named, violation.at)) answer.facts.push_back(way);
  for (const std::string& text : run.hindrances().around(violation.at, named.place)) {
    answer.causes.push_back({Duration{}, text});
  }
  answer.points = run.points();
  answer.around = around(all, run, violation.at - kBefore, violation.at, true);
  return answer;
}

/// What is said of instances that came late or never is best explained by the worst of them.
bool is_about_instances(const scenario::Scenario& scenario, const std::string& id) {
  if (id == "regions-equal" || id == "no-orphans") return true;
  const auto& all = scenario.expect;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.id == id; });
  if (found == all.end()) return false;
  const auto* metric = std::get_if<scenario::Metric>(&found->form);
  return std::holds_alternative<scenario::Converged>(found->form) ||
         (metric != nullptr && metric->metric.starts_with("convergence."));
}

/// A metric asks for journeys of its own step only.
std::optional<check::Origin::Step> step_of(const scenario::Scenario& scenario, const std::string& id) {
  for (const auto& expectation : scenario.expect) {
    const auto* metric = std::get_if<scenario::Metric>(&expectation.form);
    if (expectation.id != id || metric == nullptr) continue;
    if (metric->metric == "convergence.visible_after") return check::Origin::Step::Registered;
    if (metric->metric == "convergence.changed_after") return check::Origin::Step::Changed;
    if (metric->metric == "convergence.gone_after") return check::Origin::Step::Removed;
  }
  return std::nullopt;
}

syncer::Error not_there(const std::string& what, const std::string& why) {
  return {syncer::ErrorCode::NotFound, what, why};
}

syncer::Result<Explanation> of_event(const scenario::Names& names, const Recorder& run, const std::string& label) {
  const auto& labels = run.labels();
  const auto found = std::find_if(labels.begin(), labels.end(), [&](const auto& l) { return l.first == label; });
  if (found == labels.end()) return tl::unexpected(not_there(label, "no event of this label happened in this run"));
  Explanation answer;
  answer.headline = label + " happened at " + time_of(found->second) + "; what followed within " + brief(kBefore);
  answer.around = around(names, run, found->second, found->second + kBefore, false);
  return answer;
}

syncer::Result<Explanation> of_instance(const scenario::Names& names, const Recorder& run,
                                        const std::string& instance) {
  const auto journey = worst_journey(run, {}, scenario::instance_id(instance));
  if (journey) return of_journey(names, run, *journey);
  return tl::unexpected(
      not_there(instance, "no application registered such an instance in this run, or nobody had to show it"));
}

}  // namespace

syncer::Result<Explanation> explain(const scenario::Scenario& scenario, const scenario::RunResult& result,
                                    const Recorder& recorder, const Question& question) {
  const scenario::Names names(scenario.topology);
  if (!question.event.empty()) return of_event(names, recorder, question.event);
  if (!question.instance.empty()) return of_instance(names, recorder, question.instance);
  const auto& violations = result.findings.violations;
  const auto asked = [&](const auto& v) { return question.violation.empty() || v.id == question.violation; };
  const auto violation = std::find_if(violations.begin(), violations.end(), asked);
  if (violation == violations.end() && !question.violation.empty()) {
    return tl::unexpected(not_there(question.violation, "was not violated in this run"));
  }
  const bool failed = violation != violations.end();
  if (failed && !is_about_instances(scenario, violation->id))
    return of_violation(names, scenario, result, recorder, *violation);
  const auto journey = worst_journey(recorder, failed ? step_of(scenario, violation->id) : std::nullopt, "");
  if (!journey && failed) return of_violation(names, scenario, result, recorder, *violation);
  if (!journey)
    return tl::unexpected(not_there(scenario.name, "nothing failed in this run, and no instance had to be shown"));
  Explanation answer = of_journey(names, recorder, *journey);
  if (failed) answer.headline = violation->id + " was violated: " + answer.headline;
  return answer;
}

std::string first_line(const Explanation& e) {
  std::string text = e.headline;
  if (!e.doing.empty()) text += "; last of it: " + e.doing;
  if (e.causes.empty()) return text;
  const Share& cause = e.causes.front();
  return text + (cause.took > Duration{} ? ", " + brief(cause.took) + " of it: " : ", while ") + cause.text;
}

std::string to_text(const Explanation& e) {
  std::string text = first_line(e) + "\n";
  for (const Share& cause : e.causes) {
    text += "  because  " + (cause.took > Duration{} ? brief(cause.took) + ": " : "") + cause.text + "\n";
  }
  for (const std::string& fact : e.facts) text += "  " + fact + "\n";
  for (const std::string& point : e.points) text += "  passed just before: " + point + "\n";
  for (const Hop& hop : e.hops) {
    text += "  " + time_of(hop.from) + "  +" + brief(hop.took) + "  " + hop.what + "\n";
    for (const Share& share : hop.because) text += "      " + brief(share.took) + ": " + share.text + "\n";
  }
  for (const std::string& line : e.around) text += "  " + line + "\n";
  return text;
}

std::string to_json_line(const Explanation& e) {
  using nlohmann::json;
  const auto shares = [](const std::vector<Share>& all) {
    json rows = json::array();
    for (const Share& share : all) rows.push_back({{"took_ns", share.took.count()}, {"because", share.text}});
    return rows;
  };
  json hops = json::array();
  for (const Hop& hop : e.hops) {
    hops.push_back({{"at_ns", syncer::nanos(hop.from)},
                    {"took_ns", hop.took.count()},
                    {"what", hop.what},
                    {"because", shares(hop.because)}});
  }
  const json all = {{"what", e.headline}, {"first_line", first_line(e)}, {"doing", e.doing},
                    {"points", e.points}, {"causes", shares(e.causes)},  {"hops", std::move(hops)},
                    {"facts", e.facts},   {"around", e.around}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sim::why
