// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/time.h"

namespace syncer::registry {

/// How the region's own registry is read and written.
struct RegistrySettings {
  std::string kind = "servicecenter";  ///< a name in Kinds
  /// Scheme, host, port and where the API begins ("http://10.0.0.1:8761/eureka"), in order of preference.
  std::vector<std::string> addresses = {"http://127.0.0.1:30100"};
  std::string domain = "default";                            ///< tenant, for kinds that have such
  std::vector<std::string> projects = {"default"};           ///< spaces of the tenant that are kept the same
  Duration poll_interval = std::chrono::milliseconds(250);   ///< shortest time between two reads of the same
  Duration longest_poll_interval = std::chrono::seconds(8);  ///< up to which reading is stretched where it costs
  Duration request_timeout = std::chrono::seconds(5);
  std::uint32_t writes_per_second = 10'000;  ///< ceiling on registrations, updates and removals of copies
  std::uint32_t concurrency = 16;            ///< requests under way at once
  std::string token_file;                    ///< bearer token for a registry with access control; empty for none
  std::string user;                          ///< for a registry that wants a name and a password; empty for none
  std::string password_file;                 ///< what the daemon reads `password` from
  std::string password;                      ///< no setting: it never stands in a configuration
  /// Names of services that stay in their region: what a region runs for itself, and applications find nearby.
  std::vector<std::string> excluded_services = {"SERVICECENTER", "KIE", "CseConfigCenter", "CseMonitoring", "SYNCER"};

  bool excludes(std::string_view service) const {
    return std::find(excluded_services.begin(), excluded_services.end(), service) != excluded_services.end();
  }
};

/// How long to wait before something that failed is tried again: doubled each time, up to a limit.
struct Backoff {
  Duration first;
  Duration slowest;

  Duration wait(std::uint32_t failures) const {
    Duration time = first;
    for (std::uint32_t i = 0; i < failures && time < slowest; ++i) time *= 2;
    return time < slowest ? time : slowest;
  }
};

/// A write whose outcome is unknown, or that will succeed once the registry caught up with itself.
inline constexpr Backoff kPassingWrite = {std::chrono::milliseconds(500), std::chrono::seconds(10)};
/// A write that the registry refuses: only the record or the registry's settings can change that.
inline constexpr Backoff kRefusedWrite = {std::chrono::seconds(1), std::chrono::minutes(5)};
/// What a write needs first (a service, a contract), while the registry does not answer.
inline constexpr Backoff kPreparation = {std::chrono::seconds(1), std::chrono::seconds(10)};
/// A read by id that came to nothing.
inline constexpr Backoff kConfirmation = {std::chrono::seconds(1), std::chrono::seconds(10)};
/// A canary that the registry refuses.
inline constexpr Backoff kRefusedCanary = {std::chrono::seconds(1), std::chrono::seconds(30)};
/// A renewal or a canary that was not answered: short, since leases run on.
inline constexpr Duration kLeaseRetry = std::chrono::seconds(1);
/// Attachments that could not be read, and how often those that were are read again, where they are few; of many, one
/// after the other this far apart.
inline constexpr Duration kAttachmentRetry = std::chrono::seconds(5);
inline constexpr Duration kAttachmentRepeat = std::chrono::seconds(20);
inline constexpr Duration kBetweenAttachments = std::chrono::milliseconds(100);

}  // namespace syncer::registry
