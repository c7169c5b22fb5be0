// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/node/node_config.h"
#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// Every event of a process's nodes as lines of JSON, for `syncsim judge`: unlike the log nothing is left out or made
/// readable. A line is written before the next event happens, so that a killed process lacks none but the last.
///
/// `{"trace":1,"node":…,"region":…,…,"at":…,"wall":…}` at each start, then `{"node":…,"at":…,"event":…,"severity":…,
/// "fields":{…}}`. `at` is the monotonic clock and `wall` the time since 1970, both in nanoseconds. Bytes of texts from
/// 0x7f on are \u00XX, so that keys of records come back byte by byte.
class TraceFile {
 public:
  /// Opens the file to add to it; a pipe will do.
  static Result<std::unique_ptr<TraceFile>> open(const std::string& path);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  /// What the lines about this node that follow are to be read with. An error ends the trace: nothing is written after
  /// it, so that no line in the middle is missing.
  Result<void> begin(const node::NodeConfig& node, Instant now, std::int64_t wall, std::string_view version);
  Result<void> note(std::string_view node, const Event& event);
  bool is_over() const { return descriptor_ < 0; }

 private:
  TraceFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Result<void> write(std::string line);

  std::string path_;
  int descriptor_;
};

/// One line of a trace without its end.
std::string trace_line(std::string_view node, const Event& event);

}  // namespace syncer::daemon
