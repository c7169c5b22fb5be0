// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/subcommands.h"

#include <CLI/CLI.hpp>

#include "syncer/cli/version.h"
#include "syncer/reference/command_line.h"

namespace sim::cli {
namespace {

void add_files(CLI::App* command, Raw& raw) {
  command->add_option("FILE", raw.arguments.files, "scenario files")->required();
}

void add_files_and_folders(CLI::App* command, Raw& raw) {
  command->add_option("FILE", raw.arguments.files, "scenario files, or folders with such files below")->required();
}

/// Which lines of a trace.
void add_lines(CLI::App* command, Raw& raw) {
  command->add_option("--from", raw.from, "of the trace: from this time on, such as 40s");
  command->add_option("--until", raw.until, "of the trace: up to this time");
  command->add_option("--node", raw.arguments.lines.who, "of the trace: of this syncer or registry");
  command->add_option("--grep", raw.arguments.lines.grep, "of the trace: lines that hold this text");
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
  add_lines(run, raw);
  run->add_option("--html", raw.arguments.html,
                  "write one seed as a page for a browser: who did what when, and what it was caused by");
  run->add_option("--baseline", raw.arguments.baseline,
                  "compare what detours cost with this file, and say what got dearer (exit code 5)");
  run->add_option("--write-baseline", raw.arguments.write_baseline, "write what detours cost to this file");
  auto* coverage = run->add_option("--coverage", raw.arguments.coverage,
                                   "count which points of the program were reached, into this file; rarest first");
  run->add_option("--never-reached", raw.arguments.never_reached,
                  "list of the points that nothing reaches; exit code 6 when it is not so")
      ->needs(coverage);
  run->callback([&raw] { raw.arguments.command = Command::Run; });
}

constexpr const char* kRealHelp =
    "Each syncer and each registry is a network namespace of its own; a router on TUN devices passes every IP packet\n"
    "through the links of the scenario. Registries are the simulator's mocks on real sockets. It needs root or a user\n"
    "namespace, and /dev/net/tun: elsewhere it says what lacks and ends with 77. Verdict and times stand beside those "
    "of\n"
    "ten simulated seeds. What only a simulation can do is said before the run, which is left out then (7).\n"
    "Many at once: ls scenarios/network/*.json | xargs -P 8 -n 1 syncsim real";

void add_real(CLI::App& app, Raw& raw) {
  CLI::App* real = app.add_subcommand(
      "real", "play scenarios with real syncers on real sockets and real time, and compare with the simulator");
  add_files(real, raw);
  real->footer(kRealHelp);
  real->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  real->add_flag("--json", raw.arguments.json, "one line of JSON a scenario instead of text");
  real->add_option("--syncer", raw.arguments.syncer, "the program to run (default: syncer beside this one)");
  real->add_option("--logs", raw.arguments.logs, "folder that keeps what the syncers log and trace");
  real->add_option("--trace", raw.arguments.trace, "write every event to a file, - for standard output");
  real->callback([&raw] { raw.arguments.command = Command::Real; });
}

void add_judge(CLI::App& app, Raw& raw) {
  CLI::App* judge = app.add_subcommand(
      "judge", "judge what the syncers of a deployment wrote with --trace, by the rules of the simulator");
  judge->add_option("TRACE", raw.arguments.files, "the traces, one or more of each syncer")->required();
  judge->add_flag("--json", raw.arguments.json, "one line of JSON instead of text");
  judge->callback([&raw] { raw.arguments.command = Command::Judge; });
}

void add_why(CLI::App& app, Raw& raw) {
  CLI::App* why = app.add_subcommand("why", "tell what a failure, or a late instance, of one seed comes from");
  add_files(why, raw);
  auto* seed = why->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  why->add_option("--seeds", raw.seeds, "of these FIRST-LAST the one that failed, or whose value is the p99 of all")
      ->excludes(seed);
  auto* violation = why->add_option("--violation", raw.arguments.violation, "of this expectation or invariant");
  auto* instance = why->add_option("--instance", raw.arguments.instance,
                                   "the slowest way of this instance to another registry, such as base/svc-1/3");
  auto* event = why->add_option("--event", raw.arguments.event, "what followed the event of this label");
  violation->excludes(instance)->excludes(event);
  instance->excludes(event);
  why->add_flag("--json", raw.arguments.json, "one line of JSON instead of text");
  why->callback([&raw] { raw.arguments.command = Command::Why; });
}

void add_debug(CLI::App& app, Raw& raw) {
  CLI::App* debug =
      app.add_subcommand("debug", "go through one seed event by event, and look into nodes and registries");
  add_files(debug, raw);
  debug->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  debug->add_option("--commands", raw.arguments.commands,
                    "file with commands, one a line, instead of the standard input; the command help explains them");
  debug->callback([&raw] { raw.arguments.command = Command::Debug; });
}

void add_diff(CLI::App& app, Raw& raw) {
  CLI::App* diff =
      app.add_subcommand("diff", "play one seed in two ways: the first different event, and how metrics moved");
  add_files(diff, raw);
  diff->add_option("--seed", raw.seed, "the seed (default: the scenario's first)");
  diff->add_option(
          "--with", raw.arguments.with,
          "another syncsim program; or settings, as KEY=VALUE (of all), SELECTOR:KEY=VALUE, or a JSON file with a "
          "\"config\" as in scenarios")
      ->required();
  diff->add_flag("--json", raw.arguments.json, "one line of JSON instead of text");
  diff->callback([&raw] { raw.arguments.command = Command::Diff; });
}

void add_sweep(CLI::App& app, Raw& raw) {
  CLI::App* sweep =
      app.add_subcommand("sweep", "play every combination of settings, and compare time, bytes and requests");
  add_files(sweep, raw);
  sweep->add_option(
      "--set", raw.arguments.set,
      "a setting and its values: KEY=A,B,C of all, or SELECTOR:KEY=A,B,C (default: the file's \"matrix\")");
  auto* seed = sweep->add_option("--seed", raw.seed, "play this one seed");
  sweep->add_option("--seeds", raw.seeds, "play seeds FIRST-LAST instead of the scenario's own")->excludes(seed);
  sweep->add_option("--jobs", raw.arguments.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  sweep->add_option("--svg", raw.arguments.svg, "draw time against bytes and requests into this file");
  sweep->add_flag("--json", raw.arguments.json, "JSON instead of a table");
  sweep->callback([&raw] { raw.arguments.command = Command::Sweep; });
}

void add_hunt(CLI::App& app, Raw& raw) {
  CLI::App* hunt = app.add_subcommand("hunt", "generate scenarios and play them, and keep what fails, made small");
  hunt->add_option("DIR", raw.arguments.files, "folder for its log and what it finds; a hunt there before goes on")
      ->required();
  hunt->add_option("--for", raw.time, "how long, such as 8h (default 1h)");
  hunt->add_option("--cases", raw.arguments.cases, "end after so many scenarios");
  hunt->add_option("--stop-at", raw.arguments.stop_at, "end after so many new causes of failure");
  hunt->add_option("--jobs", raw.arguments.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  hunt->add_option("--shard", raw.shard, "part I/N of a hunt over N machines, I from 0; each with a folder of its own");
  hunt->add_flag("!--no-shrink", raw.arguments.shrinks, "keep what fails as it is");
  hunt->add_option("--seed", raw.seed, "where its random numbers start (default: drawn from the built commit)");
  hunt->callback([&raw] { raw.arguments.command = Command::Hunt; });
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
  shrink->add_option("--violation", raw.arguments.violation, "of this expectation or invariant, not of the first");
  shrink->add_option("--out", raw.arguments.out,
                     "write it to this file, such as scenarios/regressions/NAME.json, with its story in \"about\"");
  shrink->callback([&raw] { raw.arguments.command = Command::Shrink; });
  app.add_subcommand("schema", "print the JSON Schema of scenario files")->callback([&raw] {
    raw.arguments.command = Command::Schema;
  });
  app.add_subcommand("version", "print version, commit and compiler")->callback([&raw] {
    raw.arguments.command = Command::Version;
  });
}

void add_subcommands(CLI::App& app, Raw& raw) {
  add_run(app, raw);
  add_real(app, raw);
  add_judge(app, raw);
  add_why(app, raw);
  add_debug(app, raw);
  add_diff(app, raw);
  add_sweep(app, raw);
  add_hunt(app, raw);
  add_others(app, raw);
}

}  // namespace

std::optional<int> read_command_line(const HelpTexts& help, int argc, const char* const* argv, const Streams& streams,
                                     Raw& raw) {
  CLI::App app(help.about, "syncsim");
  app.footer(help.examples);
  app.require_subcommand(1);
  add_subcommands(app, raw);
  syncer::reference::offer_commands(app, std::string("syncsim ") + syncer::cli::kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e, streams.out, streams.err);
  } catch (const CLI::ParseError& e) {
    app.exit(e, streams.out, streams.err);
    return kUsageError;
  }
  return std::nullopt;
}

}  // namespace sim::cli
