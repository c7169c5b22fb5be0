// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

/// A release of the service center whose behaviour is imitated. Ordered: `release < Release::V2_1_0` reads "up to 2.0".
enum class Release { V1_3_0, V1_4_8, V2_0_0, V2_1_0, V2_2_0 };

/// "2.2.0".
std::string_view name(Release release);
/// Reads one of the five known release numbers; the error lists them.
syncer::Result<Release> parse_release(std::string_view text);

/// Upper bounds; the real ones by default.
struct Quotas {
  std::size_t services = 50'000;
  std::size_t instances = 150'000;
  std::size_t schemas = 100;
  std::size_t tags = 100;
};

/// How late readers see what is stored, and what is lost on the way; the measured values by default.
struct Lags {
  /// Until a registration or a change shows in what is cached already; those that follow meanwhile show with it. What
  /// is changed is what is cached: of two changes within it only the second remains.
  syncer::Duration read_min = std::chrono::milliseconds(300);
  syncer::Duration read_max = std::chrono::milliseconds(350);
  /// How long the store keeps a lease that is over.
  syncer::Duration lease = std::chrono::milliseconds(200);
  /// Removals, and leases that end, are collected for so long from the first one on, and shown together. Longer than
  /// the delete visibility counts as that.
  syncer::Duration removal_window = std::chrono::seconds(2);
  /// Of registrations under an id that was unregistered within the last second: either nothing is stored though the
  /// answer is good, or heartbeats are refused for a while. Releases from 2.0 on.
  syncer::Ratio spoilt_registrations{6, 100};
  /// When nearly all instances are removed at once, readers go on seeing them for the life of their leases.
  bool preserves_itself = true;

  /// Readers see every write at once, and nothing is lost.
  static Lags none();
};

/// How one service center behaves. Everything has the value of a real one with its shipped configuration.
struct ModelOptions {
  Release release = Release::V2_2_0;
  /// Endpoints of the front-ends, "rest://10.0.0.10:30100/": they are self registered and shown by the health call.
  std::vector<std::string> frontends;
  /// Environment of the service center itself.
  std::string environment = "development";
  /// Push health checks are raised to these from 2.1 on.
  syncer::Duration min_interval = std::chrono::seconds(5);
  std::int32_t min_times = 3;
  /// Life of every lease when not zero, whatever the health check says.
  syncer::Duration ttl_override{0};
  /// How long a removed instance is still listed and found: the first of those that are removed in one window.
  syncer::Duration delete_visibility = std::chrono::milliseconds(2300);
  Lags lags;
  /// Wall clock, nanoseconds since 1970, when the monotonic clock shows zero; only for timestamps.
  std::int64_t wall_at_zero = 0;
  /// Names of further services that every consumer of tenant default/default sees.
  std::vector<std::string> shared_services;
  Quotas quotas;
  /// Names and passwords of those who may do everything; empty: no access control. Releases from 2.0 on.
  std::map<std::string, std::string> accounts;
  /// Tokens end after this, if that is sooner than was asked for; zero: they do not.
  syncer::Duration token_life{0};
};

}  // namespace mocksc
