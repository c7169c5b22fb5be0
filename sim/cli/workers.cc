// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/workers.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "sim/cli/play.h"
#include "sim/cli/worker_pool.h"
#include "sim/report/summary.h"

namespace sim::cli {
namespace {

constexpr auto kBySeed = [](const auto& a, const auto& b) { return a.seed < b.seed; };

}  // namespace

Harvest play_in_workers(const std::vector<std::uint64_t>& seeds, std::size_t jobs,
                        const std::function<scenario::RunResult(std::uint64_t)>& play,
                        const std::function<void(const Harvest&)>& on_progress) {
  Harvest harvest;
  Runs runs;
  runs.count = seeds.size();
  runs.play = [&](std::size_t place) { return play(seeds[place]); };
  runs.begun = [](std::size_t) {};
  runs.done = [&](std::size_t, scenario::RunResult&& result) { harvest.results.push_back(std::move(result)); };
  runs.crashed = [&](std::size_t place, const std::string& how) { harvest.crashes.push_back({seeds[place], how}); };
  for (WorkerPool pool(runs, jobs); pool.turn();) on_progress(harvest);
  std::sort(harvest.results.begin(), harvest.results.end(), kBySeed);
  std::sort(harvest.crashes.begin(), harvest.crashes.end(), kBySeed);
  return harvest;
}

std::size_t processors() {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<std::size_t>(online) : 1;
}

namespace {

/// All seeds of some scenarios, and what came of those so far.
class Suites {
 public:
  Suites(const std::vector<scenario::Scenario>& scenarios, const Arguments& arguments)
      : scenarios_(scenarios), counts_(!arguments.coverage.empty()), parts_(scenarios.size()) {
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      const auto seeds = seeds_of(scenarios[i], arguments.seeds);
      for (const std::uint64_t seed : seeds) places_.emplace_back(i, seed);
      parts_[i].left = seeds.size();
      parts_[i].suite.file = scenarios[i].file;
      parts_[i].suite.name = scenarios[i].name;
    }
    runs_.count = places_.size();
    runs_.play = [this](std::size_t place) { return play_one(place); };
    runs_.begun = [this](std::size_t place) { begun(part_of(place)); };
    runs_.done = [this](std::size_t place, scenario::RunResult&& result) { done(place, std::move(result)); };
    runs_.crashed = [this](std::size_t place, const std::string& how) { crashed(place, how); };
  }

  const Runs& runs() const { return runs_; }
  std::size_t answered() const { return answered_; }
  std::size_t failed() const { return failed_; }

  /// The next one in order, if all its seeds are played.
  std::optional<report::Suite> take() {
    if (next_ == parts_.size() || parts_[next_].left > 0) return std::nullopt;
    report::Suite suite = std::move(parts_[next_++].suite);
    std::sort(suite.results.begin(), suite.results.end(), kBySeed);
    std::sort(suite.crashes.begin(), suite.crashes.end(), kBySeed);
    return suite;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Part {
    report::Suite suite;
    std::size_t left = 0;
    std::optional<Clock::time_point> began;
  };

  scenario::RunResult play_one(std::size_t place) const {
    const auto& [index, seed] = places_[place];
    return counts_ ? play_counted(scenarios_[index], seed) : play(scenarios_[index], seed);
  }
  Part& part_of(std::size_t place) { return parts_[places_[place].first]; }
  static void begun(Part& part) {
    if (!part.began) part.began = Clock::now();
  }
  void done(std::size_t place, scenario::RunResult&& result) {
    failed_ += result.verdict != scenario::Verdict::Ok ? 1 : 0;
    part_of(place).suite.results.push_back(std::move(result));
    answer(place);
  }
  void crashed(std::size_t place, const std::string& how) {
    ++failed_;
    part_of(place).suite.crashes.push_back({places_[place].second, how});
    answer(place);
  }
  void answer(std::size_t place) {
    Part& part = part_of(place);
    --part.left;
    ++answered_;
    if (part.began) part.suite.wall = Clock::now() - *part.began;
  }

  const std::vector<scenario::Scenario>& scenarios_;
  const bool counts_;
  std::vector<Part> parts_;
  std::vector<std::pair<std::size_t, std::uint64_t>> places_;  ///< scenario and seed of each run
  Runs runs_;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace

void play_suites(const std::vector<scenario::Scenario>& scenarios, const Arguments& arguments,
                 const std::function<bool(report::Suite&&)>& take) {
  Suites suites(scenarios, arguments);
  const std::string name =
      scenarios.size() == 1 ? scenarios.front().name : std::to_string(scenarios.size()) + " scenarios";
  Progress progress(name, suites.runs().count);
  WorkerPool pool(suites.runs(), arguments.jobs == 0 ? processors() : static_cast<std::size_t>(arguments.jobs));
  for (bool more = true; more;) {
    more = pool.turn();
    progress.show(suites.answered(), suites.failed());
    while (auto suite = suites.take()) {
      if (!take(std::move(*suite))) return;
    }
  }
}

report::Suite play_suite(const scenario::Scenario& scenario, const Arguments& arguments) {
  report::Suite only;
  play_suites({scenario}, arguments, [&](report::Suite&& suite) {
    only = std::move(suite);
    return true;
  });
  return only;
}

Progress::Progress(std::string name, std::size_t total)
    : name_(std::move(name)), total_(total), terminal_(::isatty(STDERR_FILENO) == 1) {
  next_ += terminal_ ? std::chrono::milliseconds(300) : std::chrono::milliseconds(10'000);
}

Progress::~Progress() {
  if (terminal_ && shown_) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::size_t done, std::size_t failed) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000));
  shown_ = true;
  std::fprintf(stderr, "%s[%zu/%zu] %s  %zu failed%s", terminal_ ? "\r\033[K" : "", done, total_, name_.c_str(), failed,
               terminal_ ? "" : "\n");
}

}  // namespace sim::cli
