// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/link_pace.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// What is paid for at the cap less one part of these leaves room for heartbeats that come behind a message.
constexpr std::uint64_t kSpare = 16;
constexpr Duration kMostDebt = std::chrono::seconds(1);

}  // namespace

void LinkPace::charge(Instant now, std::uint64_t bytes) {
  constexpr std::uint64_t kNanos = 1'000'000'000;
  const std::uint64_t rate = std::max<std::uint64_t>(bytes_per_second_ - bytes_per_second_ / kSpare, 1);
  // More than a second's worth is paid for in a second: a record that is larger than that must not silence a link.
  const std::uint64_t due = std::min(bytes, rate);
  const auto cost = Duration(static_cast<std::int64_t>(due * kNanos / rate));
  free_at_ = std::min(saturating_add(std::max(free_at_, now), cost), saturating_add(now, kMostDebt));
}

bool LinkPace::is_free(Instant now) const { return free_at_ <= now || SYNCER_MUTATED("peering.ignore_the_cap"); }

replication::RegionId LinkPace::turn(const std::vector<replication::RegionId>& waiting) {
  forget_paid(waiting);
  for (const replication::RegionId origin : waiting) served_.try_emplace(origin, fair_);
  const auto got_less = [&](replication::RegionId a, replication::RegionId b) { return served_[a] < served_[b]; };
  const auto least = std::min_element(waiting.begin(), waiting.end(), got_less);
  const auto most = std::max_element(waiting.begin(), waiting.end(), got_less);
  const replication::RegionId next = SYNCER_MUTATED("peering.go_on_with_who_got_most") ? *most : *least;
  fair_ = std::max(fair_, served_[next]);
  return next;
}

/// Who has nothing to send has no claim either: it begins anew, but for what it got beyond its share.
void LinkPace::forget_paid(const std::vector<replication::RegionId>& waiting) {
  std::erase_if(served_, [&](const auto& entry) {
    return entry.second <= fair_ && !std::binary_search(waiting.begin(), waiting.end(), entry.first);
  });
}

}  // namespace syncer::peering
