// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/link_caps.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "syncer/base/quantity.h"
#include "syncer/peering/authorization.h"

namespace syncer::peering {
namespace {

constexpr std::string_view kPerSecond = "/s";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// What to say to who counts in bits, in decimal thousands or not at all.
std::string objection_to_rate(std::string_view text) {
  if (const auto bits = parse_bandwidth(text); bits && *bits > 0) {
    return quoted(text) + " is in bits; in bytes that is " + std::to_string(*bits / 8) + "B/s";
  }
  return quoted(text) + " is no number of bytes: the units are B, KiB, MiB and GiB";
}

}  // namespace

std::string rate_text(std::uint64_t bytes_per_second) {
  constexpr std::array<std::string_view, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; unit + 1 < kUnits.size() && bytes_per_second >= 1024 && bytes_per_second % 1024 == 0; ++unit)
    bytes_per_second /= 1024;
  return std::to_string(bytes_per_second) + std::string(kUnits[unit]) + std::string(kPerSecond);
}

Result<LinkCaps::Cap> LinkCaps::parse_one(std::string_view text) {
  // A region's name may hold the sign, a number does not.
  const std::size_t sign = text.rfind('=');
  const std::string_view region = trimmed(text.substr(0, sign == std::string_view::npos ? 0 : sign));
  if (region.empty()) return failure(ErrorCode::Invalid, "", quoted(text) + " names no region");
  std::string_view rate = trimmed(text.substr(sign + 1));
  if (rate.ends_with(kPerSecond)) rate.remove_suffix(kPerSecond.size());
  const auto bytes = parse_size(rate);
  if (!bytes) return failure(ErrorCode::Invalid, "", objection_to_rate(rate));
  if (*bytes == 0) {
    return failure(ErrorCode::Invalid, "",
                   "nothing would ever be sent to " + std::string(region) +
                       ": leave it out for no cap; \"syncer pause export " + std::string(region) +
                       "\" tells it no changes");
  }
  if (*bytes > kMostBytes) return failure(ErrorCode::Invalid, "", quoted(rate) + " is more than any link takes");
  return Cap{std::string(region), *bytes};
}

Result<LinkCaps> LinkCaps::parse(std::string_view text) {
  LinkCaps caps;
  for (text = trimmed(text); !text.empty();) {
    const std::size_t comma = std::min(text.find(','), text.size());
    auto cap = parse_one(trimmed(text.substr(0, comma)));
    if (!cap) return tl::unexpected(cap.error());
    const auto names_it = [&](const Cap& other) {
      return other.region == cap->region || other.region == Authorization::kAll;
    };
    if (std::any_of(caps.caps_.begin(), caps.caps_.end(), names_it)) {
      return failure(ErrorCode::Invalid, "",
                     "that of " + std::string(cap->region) + " never holds: one before names it, too");
    }
    caps.caps_.push_back(std::move(*cap));
    text = trimmed(text.substr(std::min(comma + 1, text.size())));
  }
  return caps;
}

std::string LinkCaps::text() const {
  std::string text;
  for (const Cap& cap : caps_) {
    text += (text.empty() ? "" : ", ") + cap.region + "=" + rate_text(cap.bytes_per_second);
  }
  return text;
}

std::optional<std::uint64_t> LinkCaps::of(std::string_view region) const {
  for (const Cap& cap : caps_) {
    if (cap.region == region || cap.region == Authorization::kAll) return cap.bytes_per_second;
  }
  return std::nullopt;
}

Result<void> LinkCaps::check_room(Duration heartbeat) const {
  constexpr Duration kSecond = std::chrono::seconds(1);
  const auto beats = static_cast<std::uint64_t>((kSecond + heartbeat - Duration(1)) / heartbeat);
  const std::uint64_t least = std::max(beats * kBytesPerHeartbeat, kLeastBytes);
  for (const Cap& cap : caps_) {
    if (cap.bytes_per_second >= least) continue;
    return failure(ErrorCode::Invalid, "",
                   rate_text(cap.bytes_per_second) + " for " + cap.region +
                       " leaves no room for heartbeats and answers, which are never held back: with one each " +
                       to_string(heartbeat) + " (sync.heartbeat) they want " + rate_text(least) + " at least");
  }
  return {};
}

}  // namespace syncer::peering
