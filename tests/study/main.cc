// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/study/chaos.h"
#include "tests/study/convergence.h"
#include "tests/study/distress.h"
#include "tests/study/grid.h"

// membership_study STUDY [SEEDS]: one study with its full count, as a table of Markdown on standard output.

namespace study {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void crashes(std::uint64_t seeds) {
  std::puts(
      "| N | first suspect p50/p99 | first dead p50/p99 | all know p50/p99 | incomplete |\n|---|---|---|---|---|");
  for (const std::size_t members : {10U, 30U, 100U}) {
    Figures suspect;
    Figures dead;
    Figures all;
    std::uint64_t incomplete = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const Crash crash = crash_in(members, seed);
      suspect.add(crash.first_suspect);
      dead.add(crash.first_dead);
      all.add(crash.all_know);
      incomplete += crash.complete ? 0 : 1;
    }
    const auto p = [](const Figures& f, std::size_t percent) { return seconds_of(f.quantile(percent)); };
    std::printf("| %zu | %.2f / %.2f s | %.2f / %.2f s | %.2f / %.2f s | %llu |\n", members, p(suspect, 50),
                p(suspect, 99), p(dead, 50), p(dead, 99), p(all, 50), p(all, 99),
                static_cast<unsigned long long>(incomplete));
  }
}

void updates(std::uint64_t seeds) {
  std::puts(
      "| loss | p50 | p99 (complete by gossip) | complete by gossip | within one exchange interval |\n"
      "|---|---|---|---|---|");
  for (const std::uint64_t loss : {0U, 10U, 30U}) {
    Figures complete;
    std::uint64_t in_interval = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const Spread spread = update_in(100, {loss, 100}, seed);
      if (spread.by_gossip) complete.add(spread.all_know);
      in_interval += spread.in_interval ? 1 : 0;
    }
    std::printf("| %llu %% | %.2f s | %.2f s | %.1f %% | %.1f %% |\n", static_cast<unsigned long long>(loss),
                seconds_of(complete.quantile(50)), seconds_of(complete.quantile(99)), ratio(complete.size(), seeds),
                ratio(in_interval, seeds));
  }
}

void grid(std::uint64_t seeds) {
  std::puts(
      "| row | all three hold | slowest | limit | everybody heard with memberlist's own count |\n"
      "|---|---|---|---|---|");
  for (const GridRow& row : read_grid()) {
    std::uint64_t good = 0;
    std::uint64_t own_count = 0;
    Duration slowest{};
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const GridRun run = spread_row(row, false, seed);
      const bool everyone = run.receivers + 1 == row.members;
      good += everyone && run.last < row.sweep_timeout && run.repeated == 0 ? 1 : 0;
      slowest = std::max(slowest, run.last);
      own_count += spread_row(row, true, seed).receivers + 1 == row.members ? 1 : 0;
    }
    std::printf("| %s | %.1f %% | %.2f s | %.1f s | %.1f %% |\n", row.name.c_str(), ratio(good, seeds),
                seconds_of(slowest), seconds_of(row.sweep_timeout), ratio(own_count, seeds));
  }
}

void print_harm(const std::string& name, const Harm& harm, const Harm& base) {
  const auto n = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
  std::printf("| %s | %llu | %llu | %.2f | %.2f | %.2f | %.3f | %.1f | %.1f |\n", name.c_str(), n(harm.false_positives),
              n(harm.false_positives_healthy), ratio(harm.false_positives, base.false_positives),
              ratio(harm.false_positives_healthy, base.false_positives_healthy),
              static_cast<double>(harm.packets) / 1e6, static_cast<double>(harm.bytes) / 1073741824.0,
              ratio(harm.packets, base.packets), ratio(harm.bytes, base.bytes));
}

void lifeguard(std::uint64_t seeds) {
  std::puts(
      "| configuration | FP | FP- | FP % | FP- % | messages (M) | GiB | messages % | bytes % |\n"
      "|---|---|---|---|---|---|---|---|---|");
  const syncer::membership::Lifeguard off{false, false, false};
  const std::pair<const char*, syncer::membership::Lifeguard> rows[] = {{"none (SWIM)", off},
                                                                        {"LHA-Probe", {true, false, false}},
                                                                        {"LHA-Suspicion", {false, true, false}},
                                                                        {"Buddy System", {false, false, true}},
                                                                        {"all three", {true, true, true}}};
  Harm base;
  for (const auto& [name, mechanisms] : rows) {
    Options options = paper_options(true);
    options.lifeguard = mechanisms;
    Harm harm;
    for (const Distress& d : paper_sweep(false)) {
      for (std::uint64_t seed = 0; seed < seeds; ++seed) harm += suffer(d, options, seed);
    }
    if (name == rows[0].first) base = harm;
    print_harm(name, harm, base);
    std::fflush(stdout);
  }
}

void distress(std::uint64_t seeds) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  std::puts(
      "| stopped / runs | K | FP at healthy observers | \"dead\" of the stopped | refutations "
      "|\n|---|---|---|---|---|");
  for (const std::size_t unwell : {4U, 8U}) {
    for (const auto& [stop, total] : {std::pair{4, 60}, std::pair{16, 100}}) {
      Harm harm;
      const Distress d{30, unwell, Illness::Stopped, seconds(stop), milliseconds(250), seconds(total)};
      for (std::uint64_t seed = 0; seed < seeds; ++seed) harm += suffer(d, syncer::membership::lan_profile(), seed);
      const auto per_seed = [&](std::uint64_t v) { return static_cast<double>(v) / static_cast<double>(seeds); };
      std::printf("| %d s / 0.25 s | %zu | %llu | %.1f per run | %.1f per run |\n", stop, unwell,
                  static_cast<unsigned long long>(harm.false_positives_healthy), per_seed(harm.true_positives),
                  per_seed(harm.refutations));
    }
  }
}

void chaos(std::uint64_t seeds) {
  Figures calm;
  std::uint64_t late = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Calm result = calm_after(seed);
    calm.add(result.took);
    if (result.in_time) continue;
    ++late;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), result.disagreement.c_str());
  }
  std::printf(
      "| seeds | not calm in time | p50 | p99 | slowest |\n|---|---|---|---|---|\n| %llu | %llu | %.1f s | %.1f s | "
      "%.1f s |\n",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(late), seconds_of(calm.quantile(50)),
      seconds_of(calm.quantile(99)), seconds_of(calm.quantile(100)));
}

int run(int argc, char** argv) {
  struct Study {
    void (*run)(std::uint64_t seeds);
    std::uint64_t seeds;
  };
  const std::map<std::string, Study> studies = {{"crash", {crashes, 1000}},    {"update", {updates, 1000}},
                                                {"grid", {grid, 1000}},        {"lifeguard", {lifeguard, 1}},
                                                {"distress", {distress, 100}}, {"chaos", {chaos, 4096}}};
  const auto study = studies.find(argc > 1 ? argv[1] : "");
  if (study == studies.end()) {
    std::fputs("usage: membership_study crash|update|grid|lifeguard|distress|chaos [SEEDS]\n", stderr);
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a long study shows each row when it is there
  study->second.run(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : study->second.seeds);
  return 0;
}

}  // namespace
}  // namespace study

int main(int argc, char** argv) { return study::run(argc, argv); }
