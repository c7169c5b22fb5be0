// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/result.h"

namespace syncer::config {

/// What a key was set to, and by whom: "--sc-addr", "SYNCER_SC_ADDR", "syncer.json:3:14", "default" or "derived".
struct Value {
  std::string text;
  std::string origin;
  bool operator==(const Value&) const = default;
};

/// Values by canonical key.
using Values = std::map<std::string, Value>;

/// Reads an environment variable; a function, so that tests choose the environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// The process's own environment.
Environment process_environment();

/// Keys and values of a configuration file: JSON with comments, objects nest ("log": {"level": …} is log.level), lists
/// of texts become comma-separated. Unknown and doubled keys are errors with file:line:column.
Result<Values> parse_file(std::string_view text, const std::string& file_name);
/// Reads and parses a file.
Result<Values> read_file(const std::string& path);

/// Every key with the value that wins: flag, then environment, then file, then default.
Values merge(const Values& flags, const Environment& environment, const Values& file);

}  // namespace syncer::config
