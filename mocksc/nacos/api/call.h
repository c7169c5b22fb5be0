// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mocksc/fault/store.h"
#include "mocksc/nacos/store/registry.h"
#include "syncer/base/http_message.h"

namespace mocksc::nacos {

/// Which of the APIs a path belongs to: they answer in different shapes.
enum class Api : std::uint8_t { V1, V2, V3 };

/// The parameters of a request: its query, and from 2.x on a form as its body.
class Parameters {
 public:
  Parameters(const syncer::HttpRequest& request, Release release);
  /// Empty when it is not there.
  const std::string& text(std::string_view name) const;
  bool has(std::string_view name) const { return !text(name).empty(); }
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  /// "true" without regard to case; anything else is false, absence is `otherwise`.
  bool flag(std::string_view name, bool otherwise) const;

 private:
  void read(std::string_view pairs);
  std::map<std::string, std::string, std::less<>> values_;
};

/// One call, taken apart.
struct Call {
  Registry& registry;
  syncer::Instant now;
  Api api;
  std::string method;
  std::string path;       ///< behind the context: "/v1/ns/instance"
  std::string full_path;  ///< with the context
  Parameters parameters;
  std::string_view client;
  ReadFault fault;
  std::string_view target;  ///< path and query as they came

  Release release() const { return registry.options().release; }
  bool is_first() const { return registry.is_first(); }
  /// Milliseconds since 1970.
  std::int64_t wall_ms() const { return (registry.options().wall_at_zero + syncer::nanos(now)) / 1'000'000; }
  std::string space() const;
  /// The named service; v1 calls take "group@@name", and the name's group wins.
  ServiceName service() const;
  bool hides(const Instance& instance) const;
};

}  // namespace mocksc::nacos
