// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace syncer {

/// An exact probability or share; denominator > 0.
struct Ratio {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  bool operator==(const Ratio&) const = default;
};

/// "250ms", "1.5s", "2h", "1m30s"; units ns us ms s m h. A bare number other than 0 is refused.
Result<Duration> parse_duration(std::string_view text);
/// Shortest text that parse_duration reads back to the same value: "1.5s", "250ms", "2h".
std::string to_string(Duration d);

/// "2%", "0.5%", "1/500", "0"; at most 1.
Result<Ratio> parse_ratio(std::string_view text);
std::string to_string(Ratio r);

/// Bytes: "512B", "64KiB", "1MiB".
Result<std::uint64_t> parse_size(std::string_view text);
/// Bits per second: "64Kbit", "10Mbit", "1Gbit".
Result<std::uint64_t> parse_bandwidth(std::string_view text);
/// Mean distance of two events: "2/s" is 500 ms, "1/5s" is 5 s.
Result<Duration> parse_rate(std::string_view text);
/// Decimal number without sign, at most `max`.
Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t max);

}  // namespace syncer
