// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/read_pace.h"

#include <algorithm>
#include <limits>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::registry {
namespace {

/// Reading takes at most a third of the time.
constexpr std::uint64_t kTimesItsDuration = 3;
// At rest a registry is asked for no more than this, up to the longest interval. That of entries is no traffic yet: it
// is what one change may cause, since a registry tells all instances of a service when one of them changes.
constexpr std::uint64_t kRequestsPerSecond = 4;
constexpr std::uint64_t kBytesPerSecond = 512U << 10U;
constexpr std::uint64_t kEntriesPerSecond = 20'000;
constexpr Duration kRetry = std::chrono::seconds(1);

/// `amount` at `per_second`; saturates.
Duration time_for(std::uint64_t amount, std::uint64_t per_second) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return std::chrono::nanoseconds(amount > kMost / kSecond ? kMost : amount * kSecond / per_second);
}

Duration times(Duration duration, std::uint64_t factor) {
  const Duration most = Duration::max() / static_cast<Duration::rep>(factor);
  return std::min(duration, most) * static_cast<Duration::rep>(factor);
}

}  // namespace

Duration read_interval(const RegistrySettings& settings, const ReadCost& cost) {
  const Duration wanted = std::max({settings.poll_interval, times(cost.took, kTimesItsDuration),
                                    time_for(cost.requests, kRequestsPerSecond), time_for(cost.bytes, kBytesPerSecond),
                                    time_for(cost.entries, kEntriesPerSecond)});
  SYNCER_SOMETIMES(wanted > settings.poll_interval, "registry.reading_is_dear");
  if (SYNCER_MUTATED("registry.read_without_regard_to_cost")) return settings.poll_interval;
  return std::min(wanted, std::max(settings.poll_interval, settings.longest_poll_interval));
}

Duration retry_interval(const RegistrySettings& settings) { return std::max(settings.poll_interval, kRetry); }

}  // namespace syncer::registry
