// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace syncer::config {

/// A service center's URL as scheme and authority with its port, lower case: "10.0.0.10:30100/" becomes
/// "http://10.0.0.10:30100". A path other than "/" is refused.
Result<std::string> canonical_origin(std::string_view text);
/// Comma-separated URLs, duplicates removed, order kept; at least one.
Result<std::vector<std::string>> canonical_origins(std::string_view text);

/// The region's name when nobody gave one: the addresses of its service center in canonical order. Refused when one of
/// them is a loopback or wildcard address, since every region would then have the same name.
Result<std::string> region_of(std::vector<std::string> origins);

/// Comma-separated parts, blanks around them removed, empty ones left out.
std::vector<std::string> split_list(std::string_view text);

/// `bound` as others reach it: with the host of `advertised` if that is given, else, for a wildcard, with this
/// machine's primary address.
Endpoint advertise(const Endpoint& bound, const Endpoint* advertised);

}  // namespace syncer::config
