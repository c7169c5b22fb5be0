// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"
#include "syncer/base/result.h"

namespace sim::report {

using scenario::Duration;

/// A seed whose process died.
struct Crash {
  std::uint64_t seed = 0;
  std::string how;  ///< "signal 11", "exit code 70: node e1, at 2.5s, event 812 (timer): map::at"
};

/// Two runs of a seed that were not equal.
struct Nondeterminism {
  std::uint64_t seed = 0;
  std::string difference;
};

/// All runs of one scenario.
struct Suite {
  std::string file;
  std::string name;
  std::vector<scenario::RunResult> results;  ///< in order of seeds
  std::vector<Crash> crashes;
  std::vector<Nondeterminism> nondeterminism;
  std::uint64_t run_twice = 0;  ///< seeds whose determinism was checked
  Duration wall{};
};

/// Timings of one expectation over all seeds.
struct Quantiles {
  std::string expectation;
  Duration within{};
  Duration p50{};
  Duration p99{};
  Duration max{};
  std::uint64_t max_seed = 0;
  std::uint64_t p99_seed = 0;  ///< a seed that has such a value
  std::size_t count = 0;
};

/// In the order of the scenario's expectations; those that were never reached are left out.
std::vector<Quantiles> quantiles(const Suite& suite);

/// What the detours of all seeds cost together, by their names.
std::map<std::string, std::uint64_t> effort(const Suite& suite);

/// 0 all ok, 1 violated, 3 undecided, 4 not deterministic, 70 a seed crashed; the worst of them.
int exit_code(const Suite& suite);

/// The text that `syncsim run` prints of a scenario.
std::string to_text(const Suite& suite);
/// The same as one line of JSON, with every seed's result.
std::string to_json_line(const Suite& suite);
/// The command that plays one seed again.
std::string replay_line(const std::string& file, std::uint64_t seed);

/// "850ms", "6.1s", "2m05s": three significant digits for people.
std::string brief(Duration d);

/// A run's result as one line of JSON: what a worker process tells its parent, and what `--json` prints of a seed.
std::string to_line(const scenario::RunResult& result);
/// The way back.
syncer::Result<scenario::RunResult> from_line(const std::string& line);

}  // namespace sim::report
