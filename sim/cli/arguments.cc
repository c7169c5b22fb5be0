// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/arguments.h"

#include <limits>

#include "sim/cli/subcommands.h"
#include "sim/scenario/language/parse.h"
#include "syncer/base/quantity.h"

namespace sim::cli {
namespace {

constexpr const char* kAbout =
    "Plays scenario files through the code of the syncer daemon, in a simulator.\n"
    "A run follows from its file and its seed alone: the same two give the same digest on every machine.";

constexpr const char* kExamples =
    "Examples:\n"
    "  syncsim run scenarios                        every scenario below a folder with its own seeds\n"
    "  syncsim run FILE --seed 77                   one seed again, with all it says\n"
    "  syncsim run FILE --seeds 1-500 --jobs 4      many seeds, four processes\n"
    "  syncsim run FILE --seed 77 --trace -         every event of one seed\n"
    "  syncsim run FILE --seed 77 --html run.html   the same as a page for a browser\n"
    "  syncsim real FILE                            the same with real processes, beside the simulator's verdict\n"
    "  syncsim judge e1.trace w1.trace              what the syncers of a deployment did, by the same rules\n"
    "  syncsim why FILE --seed 77                   what its failure, or its latest instance, comes from\n"
    "  syncsim debug FILE --seed 77                 event by event: break, look at a node's state, go back\n"
    "  syncsim diff FILE --with sync.interval=5s    where two ways to run it part, and how metrics move\n"
    "  syncsim sweep FILE --set sync.interval=5s,30s --svg sweep.svg    which value is worth its price\n"
    "  syncsim check FILE                           only read it, and say all that is wrong with it\n"
    "  syncsim explain FILE                         what happens when, in sentences\n"
    "  syncsim shrink FILE --seed 77 > small.json   the smallest scenario that fails in the same way\n"
    "  syncsim hunt build/hunt --for 8h             look for what no scenario shows yet\n"
    "\n"
    "Exit codes: 0 ok, 1 violated, 2 usage or scenario error, 3 undecided, 4 not deterministic,\n"
    "5 a detour got dearer than the baseline, 6 other points were reached than listed, 7 only a simulation can do it,\n"
    "70 internal error, 77 skipped: no network namespaces here.\n"
    "The language of scenario files: docs/scenario-format.md; for editors: syncsim schema.";

/// "7" or "1-500".
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(const std::string& text) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const std::size_t dash = text.find('-');
  const auto first = syncer::parse_number(text.substr(0, dash), kMost);
  const auto last = dash == std::string::npos ? first : syncer::parse_number(text.substr(dash + 1), kMost);
  if (!first || !last || *first > *last || *last - *first >= 1'000'000) return std::nullopt;
  return std::pair(*first, *last);
}

/// "0/8".
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_shard(const std::string& text) {
  constexpr std::uint64_t kMost = 1'000'000;
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto part = syncer::parse_number(text.substr(0, slash), kMost);
  const auto parts = syncer::parse_number(text.substr(slash + 1), kMost);
  if (!part || !parts || *part >= *parts) return std::nullopt;
  return std::pair(*part, *parts);
}

/// Puts the scenario files below a folder in its place; a sentence when there are none.
std::string open_folders(std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    const auto found = scenario::scenario_files(path);
    if (!found) return to_string(found.error());
    files.insert(files.end(), found->begin(), found->end());
  }
  paths = std::move(files);
  return "";
}

/// What CLI11 cannot judge; a sentence when something is wrong.
std::string finish(Raw& raw) {
  const std::string& text = raw.seed.empty() ? raw.seeds : raw.seed;
  if (!text.empty()) {
    raw.arguments.seeds = parse_seeds(text);
    if (!raw.arguments.seeds) return "\"" + text + "\" is not a seed, nor a range of at most a million such as 1-500";
  }
  if (!raw.budget.empty()) {
    const auto budget = syncer::parse_duration(raw.budget);
    if (!budget) return budget.error().detail;
    raw.arguments.budget = *budget;
  }
  if (!raw.time.empty()) {
    const auto time = syncer::parse_duration(raw.time);
    if (!time) return time.error().detail;
    raw.arguments.time = *time;
  }
  if (!raw.shard.empty()) {
    const auto shard = parse_shard(raw.shard);
    if (!shard) return "\"" + raw.shard + "\" is no part such as 0/8, the first of eight";
    raw.arguments.shard = *shard;
  }
  for (const auto& [option, moment] :
       {std::pair(&raw.from, &raw.arguments.lines.from), std::pair(&raw.until, &raw.arguments.lines.until)}) {
    if (option->empty()) continue;
    const auto time = syncer::parse_duration(*option);
    if (!time) return time.error().detail;
    *moment = syncer::Instant(*time);
  }
  const bool one = raw.arguments.command != Command::Run && raw.arguments.command != Command::Check;
  if (!one) {
    const std::string wrong = open_folders(raw.arguments.files);
    if (!wrong.empty()) return wrong;
  }
  const bool is_real = raw.arguments.command == Command::Real;
  const bool takes_many = is_real || raw.arguments.command == Command::Judge;
  if (one && !takes_many && raw.arguments.files.size() > 1) return "wants one file";
  const bool single_seed =
      is_real || (raw.arguments.seeds && raw.arguments.seeds->first == raw.arguments.seeds->second);
  const bool looks_closely = !raw.arguments.trace.empty() || !raw.arguments.html.empty();
  if (looks_closely && (raw.arguments.files.size() != 1 || !single_seed)) {
    return "--trace and --html want one file and one --seed";
  }
  if (looks_closely && !raw.arguments.coverage.empty()) return "--coverage goes without --trace and --html";
  if (raw.arguments.trace.empty() && raw.arguments.lines != report::TraceFilter{}) {
    return "--from, --until, --node and --grep are of a --trace";
  }
  return "";
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Raw raw;
  if (const auto exit_code = read_command_line({kAbout, kExamples}, argc, argv, {out, err}, raw)) return *exit_code;
  const std::string wrong = finish(raw);
  if (wrong.empty()) return raw.arguments;
  err << "syncsim: " << wrong << "\nRun with --help for more information.\n";
  return kUsageError;
}

}  // namespace sim::cli
