// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "sim/engine/coverage.h"
#include "sim/hunt/corpus.h"
#include "syncer/base/result.h"

namespace sim::cli {

/// One case of a hunt, a line of its log.
struct HuntCase {
  std::uint64_t number = 0;
  hunt::Genome genome;
  std::string verdict;                ///< "ok", "violated", "undecided", "crashed", "not deterministic"
  std::vector<std::string> violated;  ///< ids
  std::string cause;                  ///< what failures of one cause have in common; empty for none
  std::string file;                   ///< the small scenario of the first of them
  std::uint64_t events = 0;
  engine::Reached reached;  ///< of those that reached something new, to go on with after a restart
};

/// DIR/log.jsonl: what a hunt has done, so that another one in the same folder goes on.
class HuntLog {
 public:
  explicit HuntLog(std::string folder) : folder_(std::move(folder)) {}

  /// Reads what is there and makes the folder; lines that were cut short are left out. An error when it cannot be used.
  syncer::Result<void> open();
  void add(const HuntCase& one);
  const std::vector<HuntCase>& former() const { return former_; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::vector<HuntCase> former_;
  std::ofstream out_;
};

}  // namespace sim::cli
