// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "sim/scenario/language/parse.h"
#include "syncer/base/quantity.h"
#include "syncer/cli/version.h"
#include "syncer/reference/command_line.h"

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
    "  syncsim why FILE --seed 77                   what its failure, or its latest instance, comes from\n"
    "  syncsim check FILE                           only read it, and say all that is wrong with it\n"
    "  syncsim explain FILE                         what happens when, in sentences\n"
    "  syncsim shrink FILE --seed 77 > small.json   the smallest scenario that fails in the same way\n"
    "\n"
    "Exit codes: 0 ok, 1 violated, 2 usage or scenario error, 3 undecided, 4 not deterministic,\n"
    "5 a detour got dearer than the baseline, 70 internal error.\n"
    "The language of scenario files: docs/scenario-format.md; for editors: syncsim schema.";

constexpr int kUsage = 2;

/// "7" or "1-500".
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(const std::string& text) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const std::size_t dash = text.find('-');
  const auto first = syncer::parse_number(text.substr(0, dash), kMost);
  const auto last = dash == std::string::npos ? first : syncer::parse_number(text.substr(dash + 1), kMost);
  if (!first || !last || *first > *last || *last - *first >= 1'000'000) return std::nullopt;
  return std::pair(*first, *last);
}

/// The texts as they stand on the command line; turned into Arguments when all of it is understood.
struct Raw {
  Arguments arguments;
  std::string seed;
  std::string seeds;
  std::string budget;
};

void add_files(CLI::App* command, Raw& raw) {
  command->add_option("FILE", raw.arguments.files, "scenario files")->required();
}

void add_files_and_folders(CLI::App* command, Raw& raw) {
  command->add_option("FILE", raw.arguments.files, "scenario files, or folders with such files below")->required();
}

void add_run(CLI::App& app, Raw& raw) {
  CLI::App* run = app.add_subcommand("run", "play scenarios and judge them");
  add_files_and_folders(run, raw);
  auto* seed = run->add_option("--seed", raw.seed, "play this one seed");
  run->add_option("--seeds", raw.seeds, "play seeds FIRST-LAST instead of the scenario's own")->excludes(seed);
  run->add_option("--jobs", raw.arguments.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  run->add_flag("--json", raw.arguments.json, "one line of JSON a scenario instead of text");
  run->add_flag("--check-determinism", raw.arguments.check_determinism,
                "play up to three seeds again without checks and compare every event");
  run->add_flag("--keep-going", raw.arguments.keep_going, "go on with the next file after a failure");
  run->add_option("--trace", raw.arguments.trace, "write every event of one seed to a file, - for standard output");
  run->add_option("--html", raw.arguments.html,
                  "write one seed as a page for a browser: who did what when, and what it was caused by");
  run->add_option("--baseline", raw.arguments.baseline,
                  "compare what detours cost with this file, and say what got dearer (exit code 5)");
  run->add_option("--write-baseline", raw.arguments.write_baseline, "write what detours cost to this file");
  run->callback([&raw] { raw.arguments.command = Command::Run; });
}

void add_why(CLI::App& app, Raw& raw) {
  CLI::App* why = app.add_subcommand("why", "tell what a failure, or a late instance, of one seed comes from");
  add_files(why, raw);
  why->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  auto* violation = why->add_option("--violation", raw.arguments.violation, "of this expectation or invariant");
  auto* instance = why->add_option("--instance", raw.arguments.instance,
                                   "the slowest way of this instance to another registry, such as base/svc-1/3");
  auto* event = why->add_option("--event", raw.arguments.event, "what followed the event of this label");
  violation->excludes(instance)->excludes(event);
  instance->excludes(event);
  why->add_flag("--json", raw.arguments.json, "one line of JSON instead of text");
  why->callback([&raw] { raw.arguments.command = Command::Why; });
}

void add_others(CLI::App& app, Raw& raw) {
  CLI::App* check = app.add_subcommand("check", "read scenarios and tell what is wrong with them");
  add_files_and_folders(check, raw);
  check->callback([&raw] { raw.arguments.command = Command::Check; });
  CLI::App* explain = app.add_subcommand("explain", "tell in sentences what a scenario does");
  add_files(explain, raw);
  explain->callback([&raw] { raw.arguments.command = Command::Explain; });
  CLI::App* materialize = app.add_subcommand("materialize", "print the scenario of one seed, chaos as explicit events");
  add_files(materialize, raw);
  materialize->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  materialize->callback([&raw] { raw.arguments.command = Command::Materialize; });
  CLI::App* shrink = app.add_subcommand("shrink", "print the smallest scenario with the same violation");
  add_files(shrink, raw);
  shrink->add_option("--seed", raw.seed, "a seed that fails")->required();
  shrink->add_option("--budget", raw.budget, "real time to spend, such as 60s (the default)");
  shrink->callback([&raw] { raw.arguments.command = Command::Shrink; });
  app.add_subcommand("schema", "print the JSON Schema of scenario files")->callback([&raw] {
    raw.arguments.command = Command::Schema;
  });
  app.add_subcommand("version", "print version, commit and compiler")->callback([&raw] {
    raw.arguments.command = Command::Version;
  });
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
  const bool one = raw.arguments.command != Command::Run && raw.arguments.command != Command::Check;
  if (!one) {
    const std::string wrong = open_folders(raw.arguments.files);
    if (!wrong.empty()) return wrong;
  }
  if (one && raw.arguments.files.size() > 1) return "wants one file";
  const bool single_seed = raw.arguments.seeds && raw.arguments.seeds->first == raw.arguments.seeds->second;
  const bool looks_closely = !raw.arguments.trace.empty() || !raw.arguments.html.empty();
  if (looks_closely && (raw.arguments.files.size() != 1 || !single_seed)) {
    return "--trace and --html want one file and one --seed";
  }
  return "";
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Raw raw;
  CLI::App app(kAbout, "syncsim");
  app.footer(kExamples);
  app.require_subcommand(1);
  add_run(app, raw);
  add_why(app, raw);
  add_others(app, raw);
  syncer::reference::offer_commands(app, std::string("syncsim ") + syncer::cli::kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e, out, err);
  } catch (const CLI::ParseError& e) {
    app.exit(e, out, err);
    return kUsage;
  }
  const std::string wrong = finish(raw);
  if (wrong.empty()) return raw.arguments;
  err << "syncsim: " << wrong << "\nRun with --help for more information.\n";
  return kUsage;
}

}  // namespace sim::cli
