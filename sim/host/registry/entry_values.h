// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/host/registry/registry.h"

namespace sim::host {

// What the entries of kinds with texts as metadata and addresses as endpoints say in the simulator's neutral words.
// Written independently of the product's mapping, which it checks.

using Texts = std::map<std::string, std::string>;

/// The version of what says none.
inline constexpr const char* kDefaultVersion = "0.0.1";

std::string text_in(const Texts& metadata, const char* key, const std::string& otherwise = "");
/// Nothing when it is no copy.
std::optional<CopyMark> mark_in(const Texts& metadata);
/// What metadata "version" says, if that can be a version.
std::string version_in(const Texts& metadata);

/// "scheme://host:port…" taken apart; what it lacks is empty.
struct EndpointParts {
  std::string scheme;
  std::string host;
  std::string port;
  bool secure = false;  ///< callers have to encrypt
  bool is_http() const { return scheme == "http" || scheme == "https" || scheme == "rest"; }
};
EndpointParts parts_of(const std::string& endpoint);

}  // namespace sim::host
