// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/addresses.h"

#include <algorithm>

#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
#include "syncer/net/addresses.h"

namespace syncer::config {
namespace {

/// Longest region name that is still text; longer lists become a hash.
constexpr std::size_t kLongestRegion = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

std::string authority(std::string_view origin) { return std::string(origin.substr(origin.find("://") + 3)); }

/// Host and port of an authority; the scheme's own port when none is given.
Result<std::string> with_port(const std::string& host_port, const std::string& default_port, std::string_view whole) {
  const auto wrong = [&](const char* why) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(whole) + "\" " + why);
  };
  const std::size_t bracket = host_port.rfind(']');
  const std::size_t colon = host_port.rfind(':');
  const bool has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  const std::string host = host_port.substr(0, has_port ? colon : std::string::npos);
  if (host.empty()) return wrong("has no host; write http://HOST:PORT");
  if (host.find_first_of("@?# ") != std::string::npos) return wrong("is not a plain http://HOST:PORT");
  if (bracket == std::string::npos && host.find(':') != std::string::npos) {
    return wrong("has a bare IPv6 address; write http://[ADDRESS]:PORT");
  }
  const std::string port = has_port ? host_port.substr(colon + 1) : default_port;
  const auto number = parse_number(port, 65535);
  if (!number || *number == 0) return wrong("has no port between 1 and 65535");
  return host + ":" + port;
}

bool says_nothing(const std::string& host_port) {
  const std::string host = host_port.substr(0, host_port.rfind(':'));
  if (host == "localhost") return true;
  const auto endpoint = parse_endpoint(host_port);
  return endpoint && (endpoint->is_loopback() || endpoint->is_unspecified());
}

}  // namespace

Result<RegistryUrls> registry_url(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" " + why);
  };
  const std::size_t end = text.find("://");
  std::string scheme = end == std::string_view::npos ? "http" : lower(text.substr(0, end));
  const std::string_view rest = end == std::string_view::npos ? text : text.substr(end + 3);
  RegistryUrls url;
  if (const std::size_t plus = scheme.find('+'); plus != std::string::npos) {
    url.kind = scheme.substr(0, plus);
    scheme = scheme.substr(plus + 1);
    if (url.kind.empty()) return wrong("names no kind of registry before the +");
  }
  if (scheme != "http" && scheme != "https") return wrong("is neither http:// nor https://");
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (rest.substr(0, slash).find('@') != std::string_view::npos)
    return wrong("holds a name or password; give registry.user and registry.password-file");
  std::string path(rest.substr(slash));
  while (path.ends_with('/')) path.pop_back();
  if (path.find_first_of("?# ") != std::string::npos) return wrong("has a query; write http://HOST:PORT/PATH");
  auto host_port = with_port(lower(rest.substr(0, slash)), scheme == "https" ? "443" : "80", text);
  if (!host_port) return tl::unexpected(host_port.error());
  url.addresses.push_back(scheme + "://" + *host_port + path);
  return url;
}

Result<RegistryUrls> registry_urls(std::string_view text) {
  RegistryUrls all;
  for (const std::string& part : split_list(text)) {
    auto url = registry_url(part);
    if (!url) return url;
    if (!all.addresses.empty() && url->kind != all.kind)
      return failure(ErrorCode::Invalid, "", "\"" + part + "\" is of another kind than the one before it");
    all.kind = url->kind;
    std::string& address = url->addresses.front();
    if (std::find(all.addresses.begin(), all.addresses.end(), address) == all.addresses.end())
      all.addresses.push_back(std::move(address));
  }
  if (all.addresses.empty()) return failure(ErrorCode::Invalid, "", "at least one registry is needed");
  return all;
}

std::string to_text(const RegistryUrls& urls) {
  std::string list;
  for (const std::string& address : urls.addresses) {
    list += (list.empty() ? "" : ",") + (urls.kind.empty() ? "" : urls.kind + "+") + address;
  }
  return list;
}

Result<void> refuse_paths(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    if (authority(address).find('/') == std::string::npos) continue;
    return failure(ErrorCode::Invalid, "",
                   "\"" + address + "\" has a path; only http://HOST:PORT is wanted of a service center, and another " +
                       "kind of registry is written with its name in front, as in eureka+http://HOST:PORT/eureka");
  }
  return {};
}

Result<std::string> region_of(std::vector<std::string> origins) {
  std::sort(origins.begin(), origins.end());
  std::string name;
  for (const std::string& origin : origins) {
    const std::string whole = authority(origin);
    const std::string host_port = whole.substr(0, whole.find('/'));
    if (says_nothing(host_port)) {
      return failure(ErrorCode::Invalid, "",
                     "the registry's address " + host_port +
                         " is the same in every region, so no name for this region can be derived from it; give "
                         "--cluster-name, or --sc-addr as other machines see it");
    }
    name += (name.empty() ? "" : "+") + host_port;
  }
  return name.size() <= kLongestRegion ? name : "sc-" + sha256_hex(name).substr(0, 16);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t begin = part.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    parts.emplace_back(part.substr(begin, part.find_last_not_of(" \t") - begin + 1));
  }
  return parts;
}

Endpoint advertise(const Endpoint& bound, const Endpoint* advertised) {
  Endpoint result = bound;
  if (advertised != nullptr) {
    result.address = advertised->address;
  } else if (bound.is_unspecified()) {
    const bool v4 = bound == Endpoint::v4(0, 0, 0, 0, bound.port);
    const Endpoint loopback = v4 ? Endpoint::v4(127, 0, 0, 1, 0) : *parse_endpoint("[::1]:0");
    result.address = net::primary_address(v4).value_or(loopback).address;
  }
  return result;
}

}  // namespace syncer::config
