// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "sim/cli/commands.h"
#include "sim/cli/debug_command.h"
#include "sim/cli/diff_command.h"
#include "sim/cli/hunt_command.h"
#include "sim/cli/judge_command.h"
#include "sim/cli/real_command.h"
#include "sim/cli/shrink_command.h"
#include "sim/cli/sweep_command.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/schema.h"
#include "syncer/base/assert.h"
#include "syncer/cli/version.h"

namespace {

constexpr int kInternal = 70;

/// A broken precondition ends the run it happens in, with its place; the other seeds go on.
[[noreturn]] void throw_broken(const char* condition, const char* file, int line) {
  throw std::logic_error("broken precondition: " + std::string(condition) + " (" + file + ":" + std::to_string(line) +
                         ")");
}

int dispatch(const sim::cli::Arguments& arguments) {
  using sim::cli::Command;
  switch (arguments.command) {
    case Command::Run:
      return sim::cli::run_scenarios(arguments, std::cout, std::cerr);
    case Command::Real:
      return sim::cli::real_run(arguments, std::cout, std::cerr);
    case Command::Judge:
      return sim::cli::judge_traces(arguments, std::cout, std::cerr);
    case Command::Why:
      return sim::cli::why_file(arguments, std::cout, std::cerr);
    case Command::Debug:
      return sim::cli::debug_file(arguments, std::cin, std::cout, std::cerr);
    case Command::Diff:
      return sim::cli::diff_runs(arguments, std::cout, std::cerr);
    case Command::Sweep:
      return sim::cli::sweep_settings(arguments, std::cout, std::cerr);
    case Command::Hunt:
      return sim::cli::hunt_faults(arguments, std::cout, std::cerr);
    case Command::Check:
      return sim::cli::check_files(arguments, std::cout, std::cerr);
    case Command::Explain:
      return sim::cli::explain_file(arguments, std::cout, std::cerr);
    case Command::Materialize:
      return sim::cli::materialize_file(arguments, std::cout, std::cerr);
    case Command::Shrink:
      return sim::cli::shrink_file(arguments, std::cout, std::cerr);
    case Command::Schema:
      std::cout << sim::scenario::json_schema();
      return 0;
    case Command::Version:
      std::cout << "syncsim " << syncer::cli::kVersion << " (" << syncer::cli::kCommit << ", " << syncer::cli::kCompiler
                << ", " << syncer::cli::kBuildType << ")\n";
      return 0;
  }
  return kInternal;
}

}  // namespace

int main(int argc, char** argv) {
  syncer::set_assert_handler(throw_broken);
  try {
    const auto parsed = sim::cli::parse_arguments(argc, argv, std::cout, std::cerr);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    return dispatch(std::get<sim::cli::Arguments>(parsed));
  } catch (const std::exception& e) {
    std::cerr << "syncsim: " << e.what() << "\n";
    return kInternal;
  }
}
