// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::raft::golden {

/// One argument of a directive: `key`, `key=value` or `key=(v1,v2)`; a bare key is a positional argument.
struct Argument {
  std::string key;
  std::vector<std::string> values;
};

/// One command with the output it must produce (the grammar of cockroachdb/datadriven).
struct Directive {
  std::string place;  ///< file:line of the command
  std::string command;
  std::vector<Argument> arguments;
  std::string expected;

  /// The values of `key`; empty when it is not there.
  std::vector<std::string> values(std::string_view key) const;
  bool has(std::string_view key) const;
  /// Bare keys in order of writing.
  std::vector<std::string> positionals() const;
};

/// The directives of a script. Throws std::runtime_error with file:line when the text breaks the grammar.
std::vector<Directive> parse_script(const std::string& file, const std::string& text);

/// What is compared: the lines without the reference's log, or "ok" when none is left.
std::string without_log(const std::string& output);

}  // namespace syncer::raft::golden
