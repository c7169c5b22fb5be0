// SPDX-License-Identifier: Apache-2.0
// mutation_hunt MUTATION TIME [JOBS]: hunts on the product with one deliberate fault, in a folder of its own, until
// something fails or the time is over. One line: whether it was found, after how long, by which cause. Exit code 0 when
// it was.
#include <chrono>
#include <iostream>
#include <sstream>

#include "sim/cli/hunt_command.h"
#include "sim/cli/hunt_log.h"
#include "sim/cli/program.h"
#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"

int main(int argc, char** argv) {
  const auto time = argc >= 3 ? syncer::parse_duration(argv[2]) : syncer::parse_duration("");
  if (argc < 3 || !time) {
    std::cerr << "usage: mutation_hunt MUTATION TIME [JOBS]\n";
    return 2;
  }
  const sim::cli::ScratchFolder folder;
  sim::cli::Arguments arguments;
  arguments.files = {folder.path() + "/hunt"};
  arguments.time = *time;
  arguments.stop_at = 1;
  arguments.shrinks = false;
  if (argc > 3) arguments.jobs = syncer::parse_number(argv[3], 256).value_or(1);
  syncer::mutation::active = argv[1];
  const auto begin = std::chrono::steady_clock::now();
  std::ostringstream out;
  std::ostringstream err;
  const int code = sim::cli::hunt_faults(arguments, out, err);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
  sim::cli::HuntLog log(arguments.files.front());
  std::string cause = log.open() ? "" : "no log";
  for (const auto& one : log.former()) {
    if (cause.empty()) cause = one.cause;
  }
  std::cout << argv[1] << (code == 1 ? " found after " : " NOT FOUND in ") << took << " s, " << log.former().size()
            << " cases: " << cause << std::endl;
  return code == 1 ? 0 : 1;
}
