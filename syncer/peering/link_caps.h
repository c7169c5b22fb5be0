// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// How many bytes a second may go to other regions: "west=64KiB/s, *=1MiB/s". The first that names a region holds for
/// it, and "*" names all; without one it gets as much as its link takes.
class LinkCaps {
 public:
  /// Room in a cap for one heartbeat and what goes with it: of this region, of others that it passes on, and what a
  /// certificate vouches for.
  static constexpr std::uint64_t kBytesPerHeartbeat = 1024;
  /// Room for an answer to who repairs a set.
  static constexpr std::uint64_t kLeastBytes = 4096;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 33U;

  /// An empty text: no caps. The error says what is wrong with which of them.
  static Result<LinkCaps> parse(std::string_view text);
  /// As parse() reads it back.
  std::string text() const;
  /// Nothing where the region has none.
  std::optional<std::uint64_t> of(std::string_view region) const;
  /// Heartbeats and answers are never held back, so they have to fit.
  Result<void> check_room(Duration heartbeat) const;
  bool empty() const { return caps_.empty(); }
  bool operator==(const LinkCaps&) const = default;

 private:
  struct Cap {
    std::string region;
    std::uint64_t bytes_per_second = 0;
    bool operator==(const Cap&) const = default;
  };
  static Result<Cap> parse_one(std::string_view text);

  std::vector<Cap> caps_;
};

/// "64KiB/s".
std::string rate_text(std::uint64_t bytes_per_second);

}  // namespace syncer::peering
