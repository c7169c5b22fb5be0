// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/base/result.h"

namespace sim::cli {

/// What became of another program.
struct Finished {
  int exit_code = 0;  ///< 128 and its number for a signal
  std::string output;
};

/// Runs a program to its end, without a shell; its errors go where ours go.
syncer::Result<Finished> run_program(const std::vector<std::string>& words);

/// A folder of our own for files of a moment, removed with all in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// Empty when none could be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sim::cli
