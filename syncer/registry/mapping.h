// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/registry/record.h"
#include "syncer/registry/snapshot.h"

/// What kinds of registry without a service center's notions share when they read and write neutral records.
namespace syncer::registry {

/// Group, and version, of a service whose registry knows none.
inline constexpr std::string_view kDefaultApp = "default";
inline constexpr std::string_view kDefaultVersion = "0.0.1";

/// "1.2.3": up to four numbers, as versions of services are written everywhere.
bool is_version(std::string_view text);
/// The version that an instance names in its metadata ("version"), where that is one; else kDefaultVersion.
std::string version_of(const Metadata& metadata);

/// "UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "TESTING": what marks::kStatus says.
std::string_view neutral_word(Status status);

/// Callers that speak HTTP can use it: rest, http or https.
bool is_http(const ServiceEndpoint& endpoint);
bool is_secure(const ServiceEndpoint& endpoint);
/// Another machine can reach it: a port, and neither a loopback nor a link-local address.
bool is_reachable(const ServiceEndpoint& endpoint);

/// The first plain and the first encrypted endpoint that speak HTTP and can be reached.
struct HttpEndpoints {
  std::optional<ServiceEndpoint> plain;
  std::optional<ServiceEndpoint> secure;
  std::size_t others = 0;  ///< that have no place besides these
};
HttpEndpoints http_endpoints(const std::vector<ServiceEndpoint>& endpoints);

/// ASCII only: other bytes stay as they are.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

}  // namespace syncer::registry
