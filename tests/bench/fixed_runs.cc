// SPDX-License-Identifier: Apache-2.0
// Plays one fixed run in its steady state, judged and with its digest, for `./dev bench --instructions`: callgrind
// counts what happens inside of measured_part and nothing else. Equal programs give equal counts.
#include <cstdio>
#include <ctime>
#include <exception>
#include <string_view>

#include "sim/cli/allocator.h"
#include "tests/bench/runs/fixed_run.h"

namespace bench {
namespace {

constexpr sim::check::JudgeOptions kInvariants{true, true};

int list() {
  for (const FixedRun& run : fixed_runs()) std::printf("%s\n", std::string(run.name).c_str());
  return 0;
}

}  // namespace

/// The name is callgrind's --toggle-collect.
[[gnu::noinline]] SteadyRun::Measured measured_part(SteadyRun& run) { return run.play(); }

namespace {

int play(std::string_view name) {
  SteadyRun run(fixed_run(name), 1, kInvariants);
  const std::uint64_t allocated = sim::cli::allocated();
  const std::clock_t began = std::clock();
  const SteadyRun::Measured measured = measured_part(run);
  const double took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  const auto events = static_cast<double>(measured.events);
  std::printf("%.*s events %llu simulated %.0f allocations %.2f events/s %.0f simulated/s %.0f digest %016llx\n",
              static_cast<int>(name.size()), name.data(), static_cast<unsigned long long>(measured.events),
              measured.simulated_seconds, static_cast<double>(sim::cli::allocated() - allocated) / events,
              events / took, measured.simulated_seconds / took, static_cast<unsigned long long>(measured.digest));
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string_view(argv[1]) == "--list") return bench::list();
    if (argc == 2) return bench::play(argv[1]);
    std::fprintf(stderr, "usage: fixed_runs --list | NAME\n");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fixed_runs: %s\n", e.what());
  }
  return 2;
}
