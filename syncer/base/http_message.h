// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"

namespace syncer {

/// Header fields in order; names compare without case (RFC 9110 section 5.1).
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string value);
  /// First value of that name, or nullptr.
  const std::string* find(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool operator==(const HttpHeaders&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// One request to a registry. `origin` is scheme and authority ("http://10.0.0.10:30100"), `target` the raw path and
/// query as it goes over the wire (already percent-encoded).
struct HttpRequest {
  std::string method;
  std::string origin;
  std::string target;
  HttpHeaders headers;
  Bytes body;
  bool operator==(const HttpRequest&) const = default;
};

/// One complete answer.
struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  Bytes body;
  bool operator==(const HttpResponse&) const = default;
};

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3), for one path segment or query value.
std::string percent_encode(std::string_view text);
/// Undoes percent-encoding; `plus_is_space` for query strings. A broken escape is kept as it stands.
std::string percent_decode(std::string_view text, bool plus_is_space);

}  // namespace syncer
