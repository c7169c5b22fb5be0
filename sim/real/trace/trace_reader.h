// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/real/trace/traced_event.h"

namespace sim::real {

/// One entry of a trace, on the wall clock: what several machines have in common.
struct TimedEntry {
  std::int64_t wall = 0;  ///< nanoseconds since 1970
  TraceEntry entry;
};

/// Reads one trace from its beginning to its end, a line at a time.
class TraceReader {
 public:
  static syncer::Result<std::unique_ptr<TraceReader>> open(const std::string& path);

  /// The next entry; nothing at the end. An error names file and line. A last line without its end is what was being
  /// written when the process died, and left out.
  syncer::Result<std::optional<TimedEntry>> next();

 private:
  TraceReader(std::string path, std::ifstream file) : path_(std::move(path)), file_(std::move(file)) {}
  syncer::Result<std::optional<TimedEntry>> wrong(const std::string& detail) const;

  std::string path_;
  std::ifstream file_;
  std::uint64_t line_ = 0;
  std::map<std::string, std::int64_t> offsets_;  ///< of the nodes' clocks to the wall clock
};

/// The entries of several traces in the order of their times.
class MergedTraces {
 public:
  static syncer::Result<MergedTraces> open(const std::vector<std::string>& paths);
  syncer::Result<std::optional<TimedEntry>> next();

 private:
  struct Source {
    std::unique_ptr<TraceReader> reader;
    std::optional<TimedEntry> entry;
  };
  std::vector<Source> sources_;
};

}  // namespace sim::real
