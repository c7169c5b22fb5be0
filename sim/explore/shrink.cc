// SPDX-License-Identifier: Apache-2.0
#include "sim/explore/shrink.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "sim/explore/chaos.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/writer.h"

namespace sim::explore {
namespace {

using scenario::Scenario;

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

class Shrinker {
 public:
  Shrinker(Scenario best, std::uint64_t seed, const std::string& violation, const Play& play, const GoOn& go_on)
      : best_(std::move(best)), seed_(seed), violation_(violation), play_(play), go_on_(go_on) {}

  Shrunk run() {
    allowed_ = violated_ids(play_(best_, seed_));
    std::uint64_t before = 0;
    do {
      before = removed_;
      thin_out([](Scenario & s) -> auto& { return s.expect; });
      thin_out([](Scenario & s) -> auto& { return s.events; });
      thin_out([](Scenario & s) -> auto& { return s.workloads; });
      thin_out([](Scenario & s) -> auto& { return s.topology.links; });
      thin_out([](Scenario & s) -> auto& { return s.config; });
      thin_out([](Scenario & s) -> auto& { return s.topology.regions; });
      shorten();
    } while (removed_ > before && go_on_(runs_));
    return {best_, runs_, removed_};
  }

 private:
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

  /// A settle phase counts back from the end, so it goes with the rest of the time.
  void shorten() {
    for (int part = 2; part >= 1 && go_on_(runs_); --part) {
      Scenario candidate = best_;
      candidate.duration = best_.duration * part / 3;
      if (accept(std::move(candidate))) return;
    }
  }

  bool accept(Scenario candidate) {
    const auto checked = scenario::parse(best_.file, scenario::to_json(candidate));
    if (!checked) return false;
    ++runs_;
    const scenario::RunResult result = play_(*checked, seed_);
    const std::set<std::string> found = violated_ids(result);
    const bool another = !std::includes(allowed_.begin(), allowed_.end(), found.begin(), found.end());
    if (found.count(violation_) == 0 || another) return false;
    best_ = *checked;
    ++removed_;
    return true;
  }

  Scenario best_;
  std::uint64_t seed_;
  const std::string& violation_;
  const Play& play_;
  const GoOn& go_on_;
  std::set<std::string> allowed_;  ///< ids that the whole scenario violates
  std::uint64_t runs_ = 0;
  std::uint64_t removed_ = 0;
};

std::string count(std::size_t n, const std::string& word) {
  return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

}  // namespace

Shrunk shrink(const Scenario& scenario, std::uint64_t seed, const std::string& violation, const Play& play,
              const GoOn& go_on) {
  return Shrinker(materialize(scenario, seed), seed, violation, play, go_on).run();
}

std::string size_in_words(const Scenario& scenario) {
  std::size_t nodes = 0;
  for (const auto& region : scenario.topology.regions) nodes += region.syncers.size();
  return count(nodes, "node") + ", " + count(scenario.events.size(), "event") + ", " +
         count(scenario.workloads.size(), "workload") + ", " + syncer::to_string(scenario.duration);
}

}  // namespace sim::explore
