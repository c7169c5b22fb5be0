// SPDX-License-Identifier: Apache-2.0
#include "sim/report/summary.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "syncer/base/hash.h"

namespace sim::report {
namespace {

using scenario::RunResult;
using scenario::Verdict;

/// Shown failures; more of them say nothing new.
constexpr std::size_t kShown = 3;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string hex(std::uint64_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
  return text;
}

/// One number for all runs: of a single run its digest, of many a fold of theirs in order of seeds.
std::uint64_t digest_of(const Suite& suite) {
  if (suite.results.size() == 1) return suite.results.front().digest;
  syncer::StateHasher hasher;
  for (const RunResult& r : suite.results) hasher.add(r.digest);
  return hasher.digest();
}

const char* verdict_of(const Suite& suite) {
  switch (exit_code(suite)) {
    case 0:
      return "ok";
    case 1:
      return "VIOLATED";
    case 3:
      return "UNDECIDED";
    case 4:
      return "NOT DETERMINISTIC";
    default:
      return "CRASHED";
  }
}

/// "29400", "2.1 M".
std::string rate(std::uint64_t count, Duration wall) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(wall.count(), 1));
  const auto per_second = static_cast<std::uint64_t>(static_cast<unsigned __int128>(count) * 1'000'000'000U / ns);
  if (per_second < 1'000'000) return std::to_string(per_second);
  return std::to_string(per_second / 1'000'000) + "." + std::to_string(per_second / 100'000 % 10) + " M";
}

/// "4", "0.3": of a total over so many seeds.
std::string per_seed(std::uint64_t total, std::size_t seeds) {
  const std::uint64_t tenths = (total * 10 + seeds / 2) / std::max<std::size_t>(seeds, 1);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}

std::string headline(const Suite& suite) {
  std::uint64_t events = 0;
  std::uint64_t simulated = 0;
  for (const RunResult& r : suite.results) {
    events += r.events;
    simulated += static_cast<std::uint64_t>(r.simulated / std::chrono::seconds(1));
  }
  const std::size_t seeds = suite.results.size() + suite.crashes.size();
  return padded(suite.name, 48) + "  " + std::to_string(seeds) + (seeds == 1 ? " seed  " : " seeds  ") +
         verdict_of(suite) + "  " + brief(suite.wall) + "  (" + rate(simulated, suite.wall) + " sim-s/s, " +
         rate(events, suite.wall) + " ev/s)  digest " + hex(digest_of(suite)) + "\n";
}

std::string line_of(const Quantiles& q, std::size_t width) {
  std::string text = "  " + padded(q.expectation, width) + "  within " + padded(brief(q.within), 5) + "  p50 " +
                     padded(brief(q.p50), 6) + "  p99 " + padded(brief(q.p99), 6) + "  max " + brief(q.max) +
                     " (seed " + std::to_string(q.max_seed) + ")";
  // What applications do after the first convergence is timed too, though it is not bounded.
  const bool over = q.max > q.within;
  return text + (over ? "  over by " + brief(q.max - q.within) : "  slack " + brief(q.within - q.max)) + "\n";
}

std::string text_of(const Suite& suite, const RunResult& result) {
  std::string text;
  for (const scenario::Violation& v : result.findings.violations) {
    text += "  violated " + v.id + "  " + to_string(v.place) + "  seed " + std::to_string(result.seed) + "  at " +
            syncer::to_string(v.at.time_since_epoch()) + ", event " + std::to_string(v.event) + "\n";
    for (const std::string& fact : v.facts) text += "    " + fact + "\n";
  }
  for (const std::string& why : result.findings.undecided) {
    text += "  undecided  seed " + std::to_string(result.seed) + ": " + why + "\n";
  }
  return text + "  replay: " + replay_line(suite.file, result.seed) + "\n  why:    syncsim why " + suite.file +
         " --seed " + std::to_string(result.seed) + "\n";
}

std::string failures(const Suite& suite) {
  std::string text;
  std::size_t shown = 0;
  std::size_t failed = 0;
  for (const RunResult& r : suite.results) {
    if (r.verdict == Verdict::Ok) continue;
    ++failed;
    if (shown++ < kShown) text += text_of(suite, r);
  }
  if (failed > kShown) {
    text +=
        "  and " + std::to_string(failed - kShown) + " more of " + std::to_string(suite.results.size()) + " seeds\n";
  }
  for (const Crash& c : suite.crashes) {
    text += "  crashed  seed " + std::to_string(c.seed) + ": " + c.how +
            "\n  replay: " + replay_line(suite.file, c.seed) + "\n";
  }
  for (const Nondeterminism& n : suite.nondeterminism) {
    text += "  not deterministic  seed " + std::to_string(n.seed) + ": " + n.difference +
            "\n  replay: " + replay_line(suite.file, n.seed) + " --check-determinism\n";
  }
  return text;
}

}  // namespace

std::string brief(Duration d) {
  const bool negative = d < Duration::zero();
  const auto us = static_cast<std::uint64_t>((negative ? -d : d) / std::chrono::microseconds(1));
  const auto tenths = [](std::uint64_t value, std::uint64_t unit) {
    const std::uint64_t rounded = (value + unit / 20) * 10 / unit;
    return std::to_string(rounded / 10) + (rounded % 10 == 0 ? "" : "." + std::to_string(rounded % 10));
  };
  std::string text;
  if (us < 1'000) {
    text = std::to_string(us) + "us";
  } else if (us < 10'000) {
    text = tenths(us, 1'000) + "ms";
  } else if (us < 1'000'000) {
    text = std::to_string(us / 1'000) + "ms";
  } else {
    text = tenths(us, 1'000'000) + "s";
  }
  return (negative ? "-" : "") + text;
}

std::string replay_line(const std::string& file, std::uint64_t seed) {
  return "syncsim run " + file + " --seed " + std::to_string(seed);
}

std::vector<Quantiles> quantiles(const Suite& suite) {
  std::vector<Quantiles> all;
  std::map<std::string, std::size_t> places;
  std::map<std::string, std::vector<Duration>> took;
  for (const RunResult& r : suite.results) {
    for (const scenario::Timing& t : r.findings.timings) {
      const auto [place, fresh] = places.emplace(t.expectation, all.size());
      if (fresh) all.push_back({t.expectation, t.within, {}, {}, Duration(-1), 0, 0, 0});
      Quantiles& q = all[place->second];
      for (const Duration d : t.took) {
        took[t.expectation].push_back(d);
        if (d <= q.max) continue;
        q.max = d;
        q.max_seed = r.seed;
      }
    }
  }
  for (Quantiles& q : all) {
    std::vector<Duration>& sorted = took[q.expectation];
    std::sort(sorted.begin(), sorted.end());
    q.count = sorted.size();
    if (sorted.empty()) continue;
    const auto rank = [&](std::size_t percent) { return sorted[(sorted.size() * percent + 99) / 100 - 1]; };
    q.p50 = rank(50);
    q.p99 = rank(99);
    for (const RunResult& r : suite.results) {
      for (const scenario::Timing& t : r.findings.timings) {
        const bool has =
            t.expectation == q.expectation && std::find(t.took.begin(), t.took.end(), q.p99) != t.took.end();
        if (has && q.p99_seed == 0) q.p99_seed = r.seed;
      }
    }
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const Quantiles& q) { return q.count == 0; }), all.end());
  return all;
}

int exit_code(const Suite& suite) {
  if (!suite.crashes.empty()) return 70;
  if (!suite.nondeterminism.empty()) return 4;
  const auto has = [&](Verdict v) {
    return std::any_of(suite.results.begin(), suite.results.end(), [v](const RunResult& r) { return r.verdict == v; });
  };
  if (has(Verdict::Violated)) return 1;
  return has(Verdict::Undecided) ? 3 : 0;
}

namespace {

/// "  detours a seed  link.down 4, member.suspected 2", or of the work that is none; nothing when there was none.
std::string means(const Suite& suite, bool upkeep, const std::string& title) {
  std::map<std::string, std::uint64_t> all;
  for (const RunResult& r : suite.results) {
    for (const scenario::Cost& c : r.findings.effort) {
      if (c.upkeep == upkeep) all[c.detour] += c.count;
    }
  }
  std::string text;
  for (const auto& [what, count] : all)
    text += (text.empty() ? "" : ", ") + what + " " + per_seed(count, suite.results.size());
  return text.empty() ? text : "  " + title + " a seed  " + text + "\n";
}

}  // namespace

std::map<std::string, std::uint64_t> effort(const Suite& suite) {
  std::map<std::string, std::uint64_t> all;
  for (const RunResult& r : suite.results) {
    for (const scenario::Cost& c : r.findings.effort) all[c.detour] += c.count;
  }
  return all;
}

std::string to_text(const Suite& suite) {
  std::string text = headline(suite);
  const std::vector<Quantiles> all = quantiles(suite);
  std::size_t width = 0;
  for (const Quantiles& q : all) width = std::max(width, q.expectation.size());
  for (const Quantiles& q : all) text += line_of(q, width);
  if (suite.run_twice > 0 && suite.nondeterminism.empty()) {
    text += "  determinism  " + std::to_string(suite.run_twice) + " of " + std::to_string(suite.results.size()) +
            " seeds run twice, with and without checks: equal\n";
  }
  return text + means(suite, false, "detours") + means(suite, true, "work") + failures(suite);
}

std::string to_json_line(const Suite& suite) {
  using nlohmann::ordered_json;
  ordered_json out = {{"scenario", suite.name},        {"file", suite.file},
                      {"verdict", verdict_of(suite)},  {"exit_code", exit_code(suite)},
                      {"wall_ns", suite.wall.count()}, {"digest", hex(digest_of(suite))}};
  out["expectations"] = ordered_json::array();
  for (const Quantiles& q : quantiles(suite)) {
    out["expectations"].push_back({{"id", q.expectation},
                                   {"within_ns", q.within.count()},
                                   {"p50_ns", q.p50.count()},
                                   {"p99_ns", q.p99.count()},
                                   {"max_ns", q.max.count()},
                                   {"max_seed", q.max_seed},
                                   {"p99_seed", q.p99_seed},
                                   {"slack_ns", (q.within - q.max).count()},
                                   {"count", q.count}});
  }
  out["effort"] = effort(suite);
  out["crashed"] = ordered_json::array();
  for (const Crash& c : suite.crashes) out["crashed"].push_back({{"seed", c.seed}, {"how", c.how}});
  out["not_deterministic"] = ordered_json::array();
  for (const Nondeterminism& n : suite.nondeterminism) {
    out["not_deterministic"].push_back({{"seed", n.seed}, {"difference", n.difference}});
  }
  out["runs"] = ordered_json::array();
  for (const RunResult& r : suite.results) out["runs"].push_back(ordered_json::parse(to_line(r)));
  return out.dump() + "\n";
}

namespace {

using nlohmann::json;
using scenario::Duration;

json to_value(const scenario::Violation& v) {
  return {{"id", v.id},
          {"file", v.place.file},
          {"line", v.place.line},
          {"column", v.place.column},
          {"at_ns", syncer::nanos(v.at)},
          {"event", v.event},
          {"facts", v.facts}};
}

scenario::Violation violation_from(const json& v) {
  return {v.at("id"),
          {v.at("file"), v.at("line"), v.at("column")},
          syncer::instant(v.at("at_ns")),
          v.at("event"),
          v.at("facts")};
}

json to_value(const scenario::Timing& t) {
  json took = json::array();
  for (const Duration d : t.took) took.push_back(d.count());
  return {{"expectation", t.expectation}, {"within_ns", t.within.count()}, {"took_ns", std::move(took)}};
}

scenario::Timing timing_from(const json& t) {
  scenario::Timing timing{t.at("expectation"), Duration(t.at("within_ns").get<std::int64_t>()), {}};
  for (const json& took : t.at("took_ns")) timing.took.emplace_back(took.get<std::int64_t>());
  return timing;
}

json to_value(const scenario::Cost& c) {
  return {{"detour", c.detour}, {"node", c.node}, {"cause", c.cause}, {"count", c.count}, {"upkeep", c.upkeep}};
}

scenario::Cost cost_from(const json& c) {
  return {c.at("detour"), c.at("node"), c.at("cause"), c.at("count"), c.at("upkeep")};
}

}  // namespace

std::string to_line(const scenario::RunResult& r) {
  json violations = json::array();
  json timings = json::array();
  json metrics = json::array();
  for (const auto& v : r.findings.violations) violations.push_back(to_value(v));
  for (const auto& t : r.findings.timings) timings.push_back(to_value(t));
  for (const auto& m : r.findings.metrics) metrics.push_back({{"metric", m.metric}, {"value", m.value}});
  json effort = json::array();
  for (const auto& c : r.findings.effort) effort.push_back(to_value(c));
  json all = {{"seed", r.seed},
              {"verdict", name(r.verdict)},
              {"violations", std::move(violations)},
              {"undecided", r.findings.undecided},
              {"timings", std::move(timings)},
              {"metrics", std::move(metrics)},
              {"effort", std::move(effort)},
              {"digest", r.digest},
              {"events", r.events},
              {"simulated_ns", r.simulated.count()}};
  if (!r.reached.empty()) all["reached"] = r.reached;
  if (!r.latest.empty()) all["latest"] = r.latest;
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

syncer::Result<scenario::RunResult> from_line(const std::string& line) {
  try {
    const json all = json::parse(line);
    scenario::RunResult r;
    r.seed = all.at("seed");
    for (const json& v : all.at("violations")) r.findings.violations.push_back(violation_from(v));
    for (const json& t : all.at("timings")) r.findings.timings.push_back(timing_from(t));
    for (const json& m : all.at("metrics")) r.findings.metrics.push_back({m.at("metric"), m.at("value")});
    for (const json& c : all.at("effort")) r.findings.effort.push_back(cost_from(c));
    r.findings.undecided = all.at("undecided");
    r.digest = all.at("digest");
    r.events = all.at("events");
    r.simulated = Duration(all.at("simulated_ns").get<std::int64_t>());
    if (all.contains("reached")) r.reached = all.at("reached");
    if (all.contains("latest")) r.latest = all.at("latest");
    for (const auto verdict : {scenario::Verdict::Ok, scenario::Verdict::Violated, scenario::Verdict::Undecided}) {
      if (all.at("verdict") == name(verdict)) r.verdict = verdict;
    }
    return r;
  } catch (const json::exception& e) {
    return syncer::failure(syncer::ErrorCode::Corrupt, "result", e.what());
  }
}

}  // namespace sim::report
