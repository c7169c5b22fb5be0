// SPDX-License-Identifier: Apache-2.0
#include "sim/why/explanation.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/report/summary.h"
#include "sim/scenario/values/topology.h"

namespace sim::why {
namespace {

using report::brief;

constexpr Duration kBefore = std::chrono::seconds(30);
constexpr std::size_t kNotes = 25;

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
  return answer;
}

Explanation of_violation(const scenario::Names& names, const Recorder& run, const scenario::Violation& violation) {
  Explanation answer;
  answer.headline =
      violation.id + " was violated at " + time_of(violation.at) + " (" + to_string(violation.place) + ")";
  answer.facts = violation.facts;
  for (const std::string& text : run.hindrances().at(violation.at)) answer.causes.push_back({Duration{}, text});
  answer.around = around(names, run, violation.at - kBefore, violation.at, true);
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
  if (failed && !is_about_instances(scenario, violation->id)) return of_violation(names, recorder, *violation);
  const auto journey = worst_journey(recorder, failed ? step_of(scenario, violation->id) : std::nullopt, "");
  if (!journey && failed) return of_violation(names, recorder, *violation);
  if (!journey)
    return tl::unexpected(not_there(scenario.name, "nothing failed in this run, and no instance had to be shown"));
  Explanation answer = of_journey(names, recorder, *journey);
  if (failed) answer.headline = violation->id + " was violated: " + answer.headline;
  return answer;
}

std::string to_text(const Explanation& e) {
  std::string text = e.headline + "\n";
  for (const Share& cause : e.causes) {
    text += "  because  " + (cause.took > Duration{} ? brief(cause.took) + ": " : "") + cause.text + "\n";
  }
  for (const std::string& fact : e.facts) text += "  " + fact + "\n";
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
  const json all = {{"what", e.headline},
                    {"causes", shares(e.causes)},
                    {"hops", std::move(hops)},
                    {"facts", e.facts},
                    {"around", e.around}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sim::why
