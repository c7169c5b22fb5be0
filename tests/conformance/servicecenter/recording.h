// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mocksc::conformance {

/// One recorded request with the real server's answer. Symbols such as <iid:3> and variables such as ${s} stand in it.
struct Row {
  int seq = 0;
  std::string group;
  std::string name;
  std::string method;
  std::string path;       ///< with variables
  std::string path_sent;  ///< with symbols
  std::map<std::string, std::string> headers;
  std::string body;
  int status = 0;   ///< 0: no answer came
  int wall_ms = 0;  ///< how long the answer took
  std::map<std::string, std::string> headers_out;
  std::string body_out;
};

/// All rows of a release in order; nothing when the data is not there.
std::optional<std::vector<Row>> load_recording(const std::string& release);

/// What a variable stood for in a group, as the row's own path or the answer of a named row tells; may hold a symbol.
class Variables {
 public:
  explicit Variables(const std::vector<Row>& rows);
  /// `text` with its variables replaced; one that is unknown stays.
  std::string fill(const Row& row, std::string text) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> values_;
};

/// "<9000 chars>" in a header or body becomes that many characters.
std::string expand_lengths(const std::string& text);

/// A recorded dump or list without the services that requests made which the data leaves out: neither their id nor
/// their name stands in `told`, the text of all rows before.
std::string without_unknown(const std::string& recorded, const std::string& told);

}  // namespace mocksc::conformance
