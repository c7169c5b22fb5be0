// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc::nacos {

/// A release whose behaviour is imitated. Ordered: `release < Release::V2_5_1` reads "a 1.x server".
enum class Release : std::uint8_t { V1_4_8, V2_5_1, V3_0_3 };

/// "2.5.1".
std::string_view name(Release release);
/// Reads one of the three known release numbers; the error lists them.
syncer::Result<Release> parse_release(std::string_view text);

/// How one server behaves. Everything has the value of a real one with its shipped configuration.
struct Options {
  Release release = Release::V2_5_1;
  std::string context = "/nacos";  ///< path in front of every call; empty for none
  /// Authentication is on when not empty: every call of the naming API wants a token of this user.
  std::string user;
  std::string password;
  syncer::Duration token_life = std::chrono::seconds(18'000);
  /// From 2.x on: a write of a service that is there shows so much later, together with those that follow meanwhile.
  syncer::Duration merge = std::chrono::milliseconds(550);
  /// Until an instance's first check; the next ones follow each 5 s.
  syncer::Duration check_lag = std::chrono::milliseconds(150);
  /// How long what an operator set outlives the instance (2.x on).
  syncer::Duration operator_memory = std::chrono::seconds(60);
  /// How long a service without instances is listed (2.x on; a 1.x server keeps it).
  syncer::Duration empty_service = std::chrono::seconds(86);
  /// Lists, whose order is arbitrary, show instances of connections before all others; otherwise after those with
  /// beats.
  bool connections_first = false;
  std::string ip = "10.0.0.10";  ///< of the server, as it tells of itself
  std::uint16_t port = 8848;
  /// Wall clock, nanoseconds since 1970, when the monotonic clock shows zero; only for timestamps.
  std::int64_t wall_at_zero = 0;
};

}  // namespace mocksc::nacos
