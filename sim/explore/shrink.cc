// SPDX-License-Identifier: Apache-2.0
#include "sim/explore/shrink.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/explore/chaos.h"
#include "sim/explore/simpler_values.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/writer.h"
#include "syncer/base/hash.h"

namespace sim::explore {
namespace {

using scenario::Scenario;

constexpr syncer::Duration kSecond = std::chrono::seconds(1);

/// What must stay for the run to be about the same thing: without a start nothing runs, and everything fails.
bool is_needed(const scenario::Event& event) { return std::holds_alternative<scenario::Start>(event.action); }
template <class Other>
bool is_needed(const Other&) {
  return false;
}

std::set<std::string> violated_ids(const scenario::RunResult& result) {
  std::set<std::string> ids;
  for (const scenario::Violation& v : result.findings.violations) ids.insert(v.id);
  return ids;
}

/// Equal for facts that differ in numbers alone: of times, of instances, of syncers.
std::string without_numbers(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool inside = digit || (text[i] == '.' && !out.empty() && out.back() == '#');
    if (!inside) out += text[i];
    if (digit && (out.empty() || out.back() != '#')) out += '#';
  }
  return out;
}

class Shrinker {
 public:
  Shrinker(Scenario best, std::uint64_t seed, const Cause& cause, const Play& play, const GoOn& go_on)
      : best_(std::move(best)), seed_(seed), cause_(cause), play_(play), go_on_(go_on) {}

  Shrunk run() {
    const scenario::RunResult whole = play_(best_, seed_);
    allowed_ = violated_ids(whole);
    cut_off_what_follows(whole);
    std::uint64_t before = 0;
    do {
      before = removed_;
      thin_out([](Scenario & s) -> auto& { return s.events; });
      thin_out([](Scenario & s) -> auto& { return s.workloads; });
      thin_out([](Scenario & s) -> auto& { return s.topology.regions; });
      thin_out([](Scenario & s) -> auto& { return s.expect; });
      thin_out([](Scenario & s) -> auto& { return s.topology.links; });
      thin_out([](Scenario & s) -> auto& { return s.config; });
      drop_voters();
      shorten();
    } while (removed_ > before && go_on_(runs_));
    simplify();
    return {best_, runs_, removed_};
  }

 private:
  /// All that comes after the violation was seen, and the phase of settling with it.
  void cut_off_what_follows(const scenario::RunResult& whole) {
    const auto& all = whole.findings.violations;
    const auto seen = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.id == cause_.violation; });
    if (seen == all.end()) return;
    Scenario candidate = best_;
    const syncer::Duration at = seen->at.time_since_epoch() + std::chrono::seconds(1);
    candidate.duration = std::min(candidate.duration, at / std::chrono::seconds(1) * Duration(std::chrono::seconds(1)));
    candidate.settle.reset();
    const auto needs_settle = [](const scenario::Expectation& e) {
      return scenario::to_json(e).find("\"settle") != std::string::npos;
    };
    std::erase_if(candidate.expect, needs_settle);
    if (accept(std::move(candidate))) return;
    Scenario early = best_;
    std::erase_if(early.events, [&](const scenario::Event& e) {
      const auto when = static_time(best_, {e.id, {}});
      return when && *when > at && !is_needed(e);
    });
    accept(std::move(early));
  }

  /// Leaves out runs of elements, half the list first, single elements last (delta debugging, Zeller 2002).
  template <class Select>
  void thin_out(const Select& select) {
    for (std::size_t chunk = std::max<std::size_t>(select(best_).size() / 2, 1);; chunk /= 2) {
      for (std::size_t first = 0; first < select(best_).size() && go_on_(runs_);) {
        Scenario candidate = best_;
        auto& items = select(candidate);
        const std::size_t last = std::min(first + chunk, items.size());
        const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = items.begin() + static_cast<std::ptrdiff_t>(last);
        const auto kept = std::remove_if(begin, end, [](const auto& item) { return !is_needed(item); });
        const bool removes = kept != end;
        items.erase(kept, end);
        if (!removes || !accept(std::move(candidate))) first += chunk;
      }
      if (chunk <= 1) return;
    }
  }

  /// One syncer where a group was.
  void drop_voters() {
    for (std::size_t i = 0; i < best_.topology.regions.size() && go_on_(runs_); ++i) {
      Scenario candidate = best_;
      scenario::Region& region = candidate.topology.regions[i];
      if (region.syncers.size() < 2) continue;
      region.syncers.resize(1);
      region.mode = scenario::RegionMode::Single;
      accept(std::move(candidate));
    }
  }

  /// A settle phase counts back from the end, so it goes with the rest of the time.
  void shorten() {
    for (int part = 2; part >= 1 && go_on_(runs_); --part) {
      Scenario candidate = best_;
      candidate.duration = best_.duration * part / 3 / kSecond * kSecond;
      if (candidate.duration < kSecond) return;
      if (accept(std::move(candidate))) return;
    }
  }

  /// Numbers last: they take a run each and change no structure.
  void simplify() {
    std::set<std::string> settled;
    for (bool more = true; more && go_on_(runs_);) {
      more = false;
      for (const SimplerValue& simpler : simpler_values(scenario::to_json(best_))) {
        if (!go_on_(runs_)) return;
        if (settled.contains(simpler.place)) continue;
        if (!accept_text(simpler.text)) continue;
        settled.insert(simpler.place);
        more = true;
        break;
      }
    }
  }

  bool accept(Scenario candidate) { return accept_text(scenario::to_json(candidate)); }

  bool accept_text(const std::string& text) {
    if (!tried_.insert(syncer::hash64(text)).second) return false;
    const auto checked = scenario::parse(best_.file, text);
    if (!checked) return false;
    ++runs_;
    const scenario::RunResult result = play_(*checked, seed_);
    if (!is_same_failure(result)) return false;
    best_ = *checked;
    ++removed_;
    return true;
  }

  bool is_same_failure(const scenario::RunResult& result) const {
    const std::set<std::string> found = violated_ids(result);
    if (!std::includes(allowed_.begin(), allowed_.end(), found.begin(), found.end())) return false;
    const auto cause = cause_of(result, cause_.violation);
    if (!cause || cause->reason != cause_.reason) return false;
    return std::all_of(cause_.points.begin(), cause_.points.end(),
                       [&](const std::string& point) { return result.reached.contains(point); });
  }

  Scenario best_;
  std::uint64_t seed_;
  const Cause& cause_;
  const Play& play_;
  const GoOn& go_on_;
  std::set<std::string> allowed_;  ///< ids that the whole scenario violates
  std::set<std::uint64_t> tried_;  ///< hashes of candidates
  std::uint64_t runs_ = 0;
  std::uint64_t removed_ = 0;
};

std::string count(std::size_t n, const std::string& word) {
  return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

}  // namespace

std::optional<Cause> cause_of(const scenario::RunResult& result, const std::string& violation) {
  const auto& all = result.findings.violations;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& v) { return violation.empty() || v.id == violation; });
  if (found == all.end()) return std::nullopt;
  const std::string reason = found->facts.empty() ? "" : without_numbers(found->facts.front());
  return Cause{found->id, reason, {result.latest.begin(), result.latest.end()}};
}

Shrunk shrink(const Scenario& scenario, std::uint64_t seed, const Cause& cause, const Play& play, const GoOn& go_on) {
  return Shrinker(materialize(scenario, seed), seed, cause, play, go_on).run();
}

std::string size_in_words(const Scenario& scenario) {
  std::size_t nodes = 0;
  for (const auto& region : scenario.topology.regions) nodes += region.syncers.size();
  return count(nodes, "node") + ", " + count(scenario.events.size(), "event") + ", " +
         count(scenario.workloads.size(), "workload") + ", " + syncer::to_string(scenario.duration);
}

}  // namespace sim::explore
