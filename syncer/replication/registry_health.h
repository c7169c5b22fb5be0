// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// What an uncached look at the registry showed, beside the entries.
struct Proof {
  Instant checked_at{};  ///< when the look began; it judges the absences that were confirmed before
  bool healthy = false;  ///< it showed the canary
  /// Since when the canary exists without a break; only read when healthy.
  Instant continuous_since{};
};

/// What the looks at a registry prove: whether it is healthy, and since when it forgot nothing.
class RegistryHealth {
 public:
  enum class News : std::uint8_t { Old, Sick, Healthy, Recovered };

  /// Old: an earlier look than the last one, ignored. Recovered: healthy, and was not or was not known to be.
  News look(Instant now, const Proof& proof);
  /// The registry went back in time: whatever its canary says, it forgot something just now.
  void went_back(Instant now);
  /// An entry existed without a break from one instant to the other. True when it shows that the registry remembers
  /// more than its canary says.
  bool witness(Instant from, Instant until);

  bool healthy() const { return healthy_; }
  Instant checked_at() const { return checked_at_; }
  /// Since the first healthy look after the last one that was not.
  Instant healthy_since() const { return healthy_since_; }
  /// Nothing was forgotten since.
  Instant continuous_since() const { return continuous_since_; }
  /// When the last break of the memory, or of the health before it, was noticed.
  Instant trouble_since() const { return trouble_since_; }
  /// The last break of the memory was a step back in time.
  bool is_restored() const { return went_back_at_ == continuous_since_; }
  void hash(StateHasher& hasher) const;

 private:
  Instant memory_since() const;

  bool was_looked_at_ = false;
  bool healthy_ = false;
  Instant checked_at_ = Instant::min();
  Instant healthy_since_ = Instant::min();
  Instant proven_until_ = Instant::min();  // the last healthy look
  Instant canary_since_ = Instant::min();
  Instant continuous_since_ = Instant::min();
  Instant went_back_at_ = Instant::min();
  Instant former_from_ = Instant::min();  // nothing was forgotten in this time, as the canary before showed
  Instant former_until_ = Instant::min();
  Instant witness_from_ = Instant::min();
  Instant witness_until_ = Instant::min();
  Instant trouble_since_ = Instant::min();
};

}  // namespace syncer::replication
