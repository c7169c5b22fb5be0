// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "syncer/base/time.h"

namespace syncer::replication {

/// What one remote region may make its reader hold and do. What goes beyond is refused for that region alone, and asked
/// for again: it comes when there is room.
struct Quota {
  std::size_t records = 2'000'000;
  std::size_t bytes = std::size_t{1} << 30U;  ///< keys and payloads
  std::uint64_t changes_per_second = 100'000;
};

/// Which of them is reached.
enum class QuotaKind : std::uint8_t { Records, Bytes, Changes };
inline constexpr std::string_view name(QuotaKind kind) {
  switch (kind) {
    case QuotaKind::Records:
      return "records";
    case QuotaKind::Bytes:
      return "bytes";
    case QuotaKind::Changes:
      break;
  }
  return "changes";
}

/// How fast a region changes. Ten seconds' worth may come at once; afterwards it waits until what came is paid for.
class ChangeRate {
 public:
  static constexpr Duration kBurst = std::chrono::seconds(10);

  explicit ChangeRate(std::uint64_t per_second) : per_second_(std::max<std::uint64_t>(per_second, 1)) {}

  /// Another rate from now on; what came before is paid for as it was due.
  void set_rate(std::uint64_t per_second) { per_second_ = std::max<std::uint64_t>(per_second, 1); }
  bool may_change(Instant now) const { return paid_at_ <= now; }
  void note(Instant now, std::size_t changes) {
    // A second is divided by the rate at the end, so that small batches at high rates cost something, too.
    const auto cost = Duration(std::chrono::nanoseconds(std::chrono::seconds(1)).count() *
                               static_cast<std::int64_t>(std::min<std::size_t>(changes, kMostAtOnce)) /
                               static_cast<std::int64_t>(per_second_));
    const Instant unused = now - kBurst;
    paid_at_ = saturating_add(std::max(paid_at_, unused), cost);
  }

 private:
  static constexpr std::size_t kMostAtOnce = 1'000'000'000;

  std::uint64_t per_second_;
  Instant paid_at_ = Instant::min();
};

}  // namespace syncer::replication
