// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/mapping.h"

#include <algorithm>

#include "syncer/registry/marks.h"

namespace syncer::registry {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_version(std::string_view text) {
  constexpr std::size_t kNumbers = 4;
  constexpr std::size_t kLongest = 32;
  std::size_t numbers = 0;
  if (text.size() > kLongest || text.ends_with('.')) return false;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find('.'), text.size());
    const std::string_view number = text.substr(0, digits);
    if (number.empty() || !std::all_of(number.begin(), number.end(), is_digit) || ++numbers > kNumbers) return false;
    text.remove_prefix(std::min(digits + 1, text.size()));
  }
  return numbers > 0;
}

std::string version_of(const Metadata& metadata) {
  const std::string version = marks::value(metadata, "version");
  return is_version(version) ? version : std::string(kDefaultVersion);
}

std::string_view neutral_word(Status status) {
  switch (status) {
    case Status::Up:
      return "UP";
    case Status::Down:
      return "DOWN";
    case Status::Starting:
      return "STARTING";
    case Status::OutOfService:
      return "OUT_OF_SERVICE";
    case Status::Testing:
      return "TESTING";
  }
  return "DOWN";
}

bool is_http(const ServiceEndpoint& endpoint) {
  return endpoint.protocol == "rest" || endpoint.protocol == "http" || endpoint.protocol == "https";
}

bool is_secure(const ServiceEndpoint& endpoint) { return endpoint.secure || endpoint.protocol == "https"; }

bool is_reachable(const ServiceEndpoint& endpoint) {
  const std::string& host = endpoint.host;
  const bool at_home =
      host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.") || host.starts_with("169.254.");
  return endpoint.port != 0 && !at_home;
}

HttpEndpoints http_endpoints(const std::vector<ServiceEndpoint>& endpoints) {
  HttpEndpoints chosen;
  for (const ServiceEndpoint& endpoint : endpoints) {
    std::optional<ServiceEndpoint>& place = is_secure(endpoint) ? chosen.secure : chosen.plain;
    if (is_http(endpoint) && is_reachable(endpoint) && !place)
      place = endpoint;
    else
      ++chosen.others;
  }
  return chosen;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

}  // namespace syncer::registry
