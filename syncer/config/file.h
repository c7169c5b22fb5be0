// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/config/keys.h"

namespace syncer::config {

/// Keys and values of a configuration file: JSON with comments, objects nest ("log": {"level": …} is log.level), lists
/// of texts become comma-separated. Unknown and doubled keys are errors with file:line:column; "$schema" is for
/// editors.
Result<Values> parse_file(std::string_view text, const std::string& file_name);
/// Reads and parses a file of at most 1 MiB.
Result<Values> read_file(const std::string& path);
/// The text of such a file.
Result<std::string> read_text(const std::string& path);

/// What can be read of a file, and all that is wrong with it, in its order.
struct FileContent {
  Values values;
  std::vector<Error> problems;
};
FileContent parse_all(std::string_view text, const std::string& file_name);

/// The policy in a file: that of its key "policy", or the file itself when it is one. A text as the key holds it.
Result<std::string> read_policy_file(const std::string& path);

// Places in the text of a file.

/// "line:column" of an offset, both from 1.
std::string line_and_column(std::string_view text, std::size_t offset);
/// Where the string token that ends just before `end` begins: its opening quote.
std::size_t string_start(std::string_view text, std::size_t end);
/// Where the next token begins at or after `offset`: past blanks, comments and a colon.
std::size_t next_token(std::string_view text, std::size_t offset);

}  // namespace syncer::config
