// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>

#include "syncer/cli/commands.h"

int main(int argc, char** argv) {
  try {
    return syncer::cli::run(argc, argv, {std::cout, std::cerr});
  } catch (const std::exception& e) {
    std::cerr << "syncer: internal error: " << e.what() << "\n";
    return syncer::cli::kInternalError;
  }
}
