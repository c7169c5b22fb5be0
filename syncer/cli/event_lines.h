// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::cli {

/// Takes server-sent events apart: the data of each, one line of JSON.
class EventLines {
 public:
  /// The events that are complete with these bytes.
  std::vector<std::string> feed(std::string_view bytes);

 private:
  std::string begun_;
};

/// "09:41:07.123 warning guard.tripped region=east …", for people; the JSON itself when it is no event.
std::string event_line(const std::string& json);

}  // namespace syncer::cli
