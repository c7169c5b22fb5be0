// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/debug_command.h"

#include <unistd.h>

#include <fstream>
#include <iostream>

#include "sim/cli/play.h"
#include "sim/debug/debugger.h"
#include "sim/explore/chaos.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

/// A person types: mistakes are told and cost nothing, and an empty line does the last command again.
void converse(debug::Debugger& debugger, std::istream& in, std::ostream& out) {
  std::string last;
  std::string line;
  out << "help lists the commands, an empty line repeats the last one\n";
  for (;;) {
    out << debugger.prompt() << "> " << std::flush;
    if (!std::getline(in, line)) return;
    if (!line.empty()) last = line;
    const debug::Reply reply = debugger.execute(last);
    out << reply.text;
    if (reply.quit) return;
  }
}

/// A script must be right.
int follow(debug::Debugger& debugger, const std::string& name, std::istream& in, std::ostream& out, std::ostream& err) {
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const debug::Reply reply = debugger.execute(line);
    if (!reply.ok) {
      err << name << ":" << number << ": " << reply.text;
      return kUsage;
    }
    out << reply.text;
    if (reply.quit) break;
  }
  return 0;
}

}  // namespace

int debug_file(const Arguments& arguments, std::istream& in, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  const std::uint64_t seed = seeds_of(*scenario, arguments.seeds).front();
  const scenario::Scenario drawn = explore::materialize(*scenario, seed);
  debug::Debugger debugger(drawn, seed);
  if (!arguments.commands.empty()) {
    std::ifstream file(arguments.commands);
    if (file) return follow(debugger, arguments.commands, file, out, err);
    err << "syncsim: " << arguments.commands << " cannot be read\n";
    return kUsage;
  }
  const bool person = &in == &std::cin && ::isatty(STDIN_FILENO) == 1;
  if (!person) return follow(debugger, "standard input", in, out, err);
  converse(debugger, in, out);
  return 0;
}

}  // namespace sim::cli
