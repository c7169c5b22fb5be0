// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/hunt_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <ostream>
#include <stdexcept>

#include "sim/cli/hunt_log.h"
#include "sim/cli/play.h"
#include "sim/cli/shrink_command.h"
#include "sim/cli/workers.h"
#include "sim/explore/shrink.h"
#include "sim/hunt/generator.h"
#include "sim/scenario/language/writer.h"
#include "syncer/base/hash.h"
#include "syncer/cli/version.h"

namespace sim::cli {
namespace {

using Clock = std::chrono::steady_clock;
using scenario::RunResult;

constexpr int kUsage = 2;
/// A run that does not come to an end is left: a hunt finds it slow and goes on.
constexpr std::uint64_t kMostEvents = 4'000'000;
/// One in so many is played a second time, without checks.
constexpr std::uint64_t kTwice = 20;
/// Cases a process plays before the others hear what it reached.
constexpr std::size_t kBatch = 4;
constexpr syncer::Duration kShrinking = std::chrono::seconds(30);
constexpr std::string_view kNotDeterministic = "not-deterministic";

std::string hex(std::uint64_t value) {
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4)
    text += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 15U];
  return text;
}

/// Plays the scenario of a genome; in a process of its own.
RunResult play_case(const hunt::Genome& genome, bool twice) {
  const auto scenario = hunt::generate(genome, vocabulary());
  if (!scenario)
    throw std::runtime_error("the generated scenario is illegal: " + scenario::to_string(scenario.error()));
  const std::uint64_t seed = genome.genes[hunt::Genome::Seed];
  scenario::RunOptions options;
  options.max_events = kMostEvents;
  RunResult result = play_counted(*scenario, seed, options);
  const bool whole = result.events <= kMostEvents;
  const auto difference = twice && whole ? compare(*scenario, result) : std::nullopt;
  if (!difference) return result;
  result.verdict = scenario::Verdict::Violated;
  result.findings.violations.push_back({std::string(kNotDeterministic), {}, {}, 0, {*difference}});
  return result;
}

class Hunt {
 public:
  Hunt(const Arguments& arguments, std::ostream& out, std::ostream& err)
      : arguments_(arguments), out_(out), err_(err), log_(arguments.files.front()) {
    jobs_ = arguments.jobs == 0 ? processors() : static_cast<std::size_t>(arguments.jobs);
    base_ = arguments.seeds ? arguments.seeds->first : syncer::hash64(syncer::cli::kCommit);
  }

  int run() {
    if (const auto opened = log_.open(); !opened) {
      err_ << "syncsim: " << to_string(opened.error()) << "\n";
      return kUsage;
    }
    go_on_from_the_log();
    while (Clock::now() - begin_ < arguments_.time && !is_done()) play_batch();
    show(true);
    out_ << "played " << played_ << " cases, " << failed_ << " failed of " << new_causes_ << " new causes; "
         << corpus_.points() << " points reached, " << corpus_.size() << " kept; " << log_.folder() << "\n";
    return failed_ > 0 ? 1 : 0;
  }

 private:
  bool is_done() const {
    return (arguments_.cases > 0 && played_ >= arguments_.cases) ||
           (arguments_.stop_at > 0 && new_causes_ >= arguments_.stop_at);
  }

  void go_on_from_the_log() {
    next_ = arguments_.shard.first;
    for (const HuntCase& one : log_.former()) {
      if (!one.reached.empty()) corpus_.add(one.genome, one.reached);
      if (!one.cause.empty()) causes_.emplace(one.cause, one.file);
      next_ = std::max(next_, one.number + arguments_.shard.second);
    }
    if (!log_.former().empty()) err_ << "going on after " << log_.former().size() << " cases\n";
  }

  void play_batch() {
    std::vector<HuntCase> cases(jobs_ * kBatch);
    std::vector<std::uint64_t> places;
    for (HuntCase& one : cases) {
      one.number = next_;
      one.genome = corpus_.next(syncer::Random(base_).stream("case").stream(next_));
      next_ += arguments_.shard.second;
      places.push_back(places.size());
    }
    const auto play = [&](std::uint64_t place) {
      const HuntCase& one = cases[static_cast<std::size_t>(place)];
      RunResult result = play_case(one.genome, one.number % kTwice == 0);
      result.seed = place;
      return result;
    };
    const Harvest harvest = play_in_workers(places, jobs_, play, [this](const Harvest&) { show(false); });
    for (const RunResult& result : harvest.results) take(cases[static_cast<std::size_t>(result.seed)], result);
    for (const report::Crash& crash : harvest.crashes) take(cases[static_cast<std::size_t>(crash.seed)], crash);
  }

  void take(HuntCase& one, const RunResult& result) {
    ++played_;
    one.verdict = std::string(name(result.verdict));
    one.events = result.events;
    if (corpus_.add(one.genome, result.reached)) one.reached = result.reached;
    for (const scenario::Violation& v : result.findings.violations) one.violated.push_back(v.id);
    if (const auto cause = explore::cause_of(result)) fail(one, cause->violation + ": " + cause->reason);
    log_.add(one);
  }

  void take(HuntCase& one, const report::Crash& crash) {
    ++played_;
    one.verdict = "crashed";
    fail(one, "crash: " + crash.how);
    log_.add(one);
  }

  /// The first of a cause is made small and kept; of the others the log names the cause.
  void fail(HuntCase& one, const std::string& cause) {
    ++failed_;
    one.cause = cause;
    const auto known = causes_.find(cause);
    if (known != causes_.end()) {
      one.file = known->second;
      return;
    }
    ++new_causes_;
    const std::string name = "hunted-" + hex(syncer::hash64(cause));
    one.file = log_.folder() + "/failures/" + name + ".json";
    causes_.emplace(cause, one.file);
    keep(one, name);
    err_ << (shown_ ? "\n" : "") << "case " << one.number << " fails: " << cause << "\n  " << one.file << "\n";
    shown_ = false;
  }

  /// In a process of its own, which may break as the run did.
  void keep(const HuntCase& one, const std::string& name) const {
    const auto scenario = hunt::generate(one.genome, vocabulary());
    if (!scenario) return;
    const std::uint64_t seed = one.genome.genes[hunt::Genome::Seed];
    std::ofstream(one.file) << scenario::to_json(*scenario);
    if (!arguments_.shrinks || one.violated.empty() || one.violated.front() == kNotDeterministic) return;
    const auto make_small = [&](std::uint64_t) {
      const auto small = shrink_failure(*scenario, seed, one.violated.front(), kShrinking, kMostEvents);
      if (!small) return RunResult{};
      const std::string found_by = "found by a hunt, case " + std::to_string(one.number);
      std::ofstream(one.file) << as_regression(*small, name, found_by);
      std::ofstream(log_.folder() + "/failures/" + name + ".why") << small->why;
      return RunResult{};
    };
    play_in_workers({0}, 1, make_small, [](const Harvest&) {});
  }

  /// One line, redrawn on a terminal; a line a minute otherwise.
  void show(bool last) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const auto now = Clock::now();
    if (!last && now < next_show_) return;
    next_show_ = now + (terminal ? std::chrono::milliseconds(200) : std::chrono::milliseconds(60'000));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - begin_).count();
    err_ << (terminal ? "\r\033[K" : "") << "[" << seconds << "s] " << played_ << " cases, "
         << (seconds > 0 ? static_cast<std::int64_t>(played_) / seconds : 0) << " a second, " << corpus_.points()
         << " points, " << corpus_.size() << " kept, " << failed_ << " failed of " << new_causes_ << " causes"
         << (terminal && !last ? "" : "\n") << std::flush;
    shown_ = terminal && !last;
  }

  const Arguments& arguments_;
  std::ostream& out_;
  std::ostream& err_;
  HuntLog log_;
  std::size_t jobs_;
  std::uint64_t base_;
  hunt::Corpus corpus_;
  std::map<std::string, std::string> causes_;  ///< with their files
  std::uint64_t next_ = 0;
  std::uint64_t played_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t new_causes_ = 0;
  bool shown_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_show_ = begin_;
};

}  // namespace

int hunt_faults(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  return Hunt(arguments, out, err).run();
}

}  // namespace sim::cli
