// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/store/records.h"
#include "syncer/json/value.h"

namespace mocksc {

/// Reads the members of one JSON object as Go would into a struct. The first wrong type is remembered; later reads go
/// on, so a decoder asks once at the end.
class GoReader {
 public:
  GoReader(const syncer::json::Value& object, bool& ok);
  void text(std::string_view name, std::string& out);
  void number(std::string_view name, std::int32_t& out);
  void boolean(std::string_view name, bool& out);
  void texts(std::string_view name, std::vector<std::string>& out);
  void map(std::string_view name, Properties& out);
  /// Calls `read(GoReader&)` when the member is there.
  template <class Read>
  void object(std::string_view name, Read read) {
    if (const syncer::json::Value* value = member(name)) {
      GoReader nested(*value, ok_);
      read(nested);
    }
  }
  /// Calls `read(GoReader&)` for each element; a null element is an empty object.
  template <class Read>
  void objects(std::string_view name, Read read) {
    const syncer::json::Value* list = this->list(name);
    if (list == nullptr) return;
    for (const syncer::json::Value& element : *list) {
      GoReader nested(element, ok_);
      read(nested);
    }
  }

 private:
  const syncer::json::Value* member(std::string_view name) const;
  /// The member if it is a list; another type is an error.
  const syncer::json::Value* list(std::string_view name);
  const syncer::json::Value* object_;
  bool& ok_;
};

void read(GoReader& in, Service& out);
void read(GoReader& in, Instance& out);

}  // namespace mocksc
