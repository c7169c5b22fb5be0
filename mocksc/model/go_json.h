// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/model/records.h"

namespace mocksc {

/// Reads the members of one JSON object as Go would into a struct. The first wrong type is remembered; later reads go
/// on, so a decoder asks once at the end.
class GoReader {
 public:
  GoReader(const nlohmann::json& object, bool& ok);
  void text(std::string_view name, std::string& out);
  void number(std::string_view name, std::int32_t& out);
  void boolean(std::string_view name, bool& out);
  void texts(std::string_view name, std::vector<std::string>& out);
  void map(std::string_view name, Properties& out);
  /// Calls `read(GoReader&)` when the member is there.
  template <class Read>
  void object(std::string_view name, Read read) {
    if (const nlohmann::json* value = member(name)) {
      GoReader nested(*value, ok_);
      read(nested);
    }
  }
  /// Calls `read(GoReader&)` for each element; a null element is an empty object.
  template <class Read>
  void objects(std::string_view name, Read read) {
    const nlohmann::json* list = member(name);
    for (std::size_t i = 0; list != nullptr && i < list_size(*list); ++i) {
      GoReader nested(list_item(*list, i), ok_);
      read(nested);
    }
  }

 private:
  const nlohmann::json* member(std::string_view name) const;
  std::size_t list_size(const nlohmann::json& list);
  static const nlohmann::json& list_item(const nlohmann::json& list, std::size_t index);
  const nlohmann::json* object_;
  bool& ok_;
};

void read(GoReader& in, Service& out);
void read(GoReader& in, Instance& out);

}  // namespace mocksc
