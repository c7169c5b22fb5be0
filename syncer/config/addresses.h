// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace syncer::config {

/// The registry of a region as somebody wrote it.
struct RegistryUrls {
  std::string kind;  ///< that the URLs name; empty when they name none
  std::vector<std::string> addresses;
};

/// One URL: "eureka+http://HOST:8761/eureka" is of kind "eureka" at "http://host:8761/eureka"; without a kind in front
/// "10.0.0.10:30100/" becomes "http://10.0.0.10:30100". Scheme and authority in lower case with the port, the path as
/// it stands without a slash at its end. Refused: a query, and a name with a password.
Result<RegistryUrls> registry_url(std::string_view text);
/// Comma-separated URLs of one kind, duplicates removed, order kept; at least one.
Result<RegistryUrls> registry_urls(std::string_view text);
/// As it is written: each with its kind in front, if that has to be said.
std::string to_text(const RegistryUrls& urls);
/// The API of a service center begins at the root: its URLs have no path.
Result<void> refuse_paths(const std::vector<std::string>& addresses);

/// The region's name when nobody gave one: the hosts and ports of its registry in canonical order. Refused when one of
/// them is a loopback or wildcard address, since every region would then have the same name.
Result<std::string> region_of(std::vector<std::string> origins);

/// Comma-separated parts, blanks around them removed, empty ones left out.
std::vector<std::string> split_list(std::string_view text);

/// `bound` as others reach it: with the host of `advertised` if that is given, else, for a wildcard, with this
/// machine's primary address.
Endpoint advertise(const Endpoint& bound, const Endpoint* advertised);

}  // namespace syncer::config
