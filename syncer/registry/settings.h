// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/time.h"

namespace syncer::registry {

/// How the region's own registry is read and written.
struct RegistrySettings {
  std::string kind = "servicecenter";                               ///< a name in Kinds
  std::vector<std::string> addresses = {"http://127.0.0.1:30100"};  ///< origins in order of preference
  std::string domain = "default";                                   ///< tenant, for kinds that have such
  std::vector<std::string> projects = {"default"};                  ///< spaces of the tenant that are kept the same
  Duration poll_interval = std::chrono::seconds(1);                 ///< stretched when the registry is slow
  Duration request_timeout = std::chrono::seconds(5);
  std::uint32_t writes_per_second = 1000;  ///< ceiling on registrations, updates and removals of copies
  std::uint32_t concurrency = 16;          ///< requests under way at once
  std::string token_file;                  ///< bearer token for a registry with access control; empty for none
};

}  // namespace syncer::registry
