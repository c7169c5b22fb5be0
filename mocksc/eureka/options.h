// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc::eureka {

/// How a Eureka server behaves; the defaults are those that Spring Cloud ships.
struct Options {
  std::size_t peers = 1;
  std::int64_t wall_at_zero = 0;  ///< nanoseconds since 1970 at instant zero
  std::string path = "/eureka";   ///< where the API begins
  bool read_only_cache = true;
  syncer::Duration cache_interval = std::chrono::seconds(30);
  /// How long a list takes to be made. What changes meanwhile it lacks, and it is kept all the same until the next
  /// change or for three minutes: https://github.com/google/guava/issues/1881.
  syncer::Duration load_time{0};
  syncer::Duration eviction_interval = std::chrono::seconds(60);
  bool self_preservation = true;
  double renewal_share = 0.85;
  syncer::Duration delta_retention = std::chrono::seconds(180);
  bool delta = true;
  /// Lists are refused for so long after a start that found no peer to copy from; zero: never, as Spring Cloud has it.
  syncer::Duration wait_when_empty{0};
  syncer::Duration replication_delay = std::chrono::milliseconds(500);
  std::string user;  ///< basic authentication; empty: none
  std::string password;
};

/// Settings by the names that a real server has for them, such as "eureka.server.use-read-only-response-cache=false";
/// "mock.user", "mock.password", "mock.load-time" and "mock.replication-delay" are the mock's own. Invalid for an
/// unknown name or a value that it cannot have; the error says which are known.
syncer::Result<Options> options_of(const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace mocksc::eureka
