// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/replication/messages.h"

namespace syncer::peering {

/// When something may be sent on a link with a cap, and whose turn it is. What was sent is paid for at a rate a little
/// below the cap, and the next message waits until all is paid; so in no second goes more than the cap and one record,
/// though heartbeats and answers never wait. Of those with something to send whoever got least is next: a whole set
/// delays the single change of another region by one message.
class LinkPace {
 public:
  explicit LinkPace(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  /// Another cap from now on; what was sent before is paid for as it was due.
  void set_cap(std::uint64_t bytes_per_second) { bytes_per_second_ = bytes_per_second; }
  std::uint64_t cap() const { return bytes_per_second_; }
  /// A message of several records is not longer than this.
  std::size_t turn_bytes() const { return static_cast<std::size_t>(bytes_per_second_ / kTurns); }

  /// So much went out, whether it waited or not. One message alone is paid for in a second at most.
  void charge(Instant now, std::uint64_t bytes);
  bool is_free(Instant now) const;
  /// All is paid for by then.
  Instant free_at() const { return free_at_; }

  /// Which of these origins is next; there is one at least, and they are in order.
  replication::RegionId turn(const std::vector<replication::RegionId>& waiting);
  /// That much was its share.
  void served(replication::RegionId origin, std::uint64_t bytes) { served_[origin] += bytes; }

 private:
  /// Turns that a second has room for, if they are full.
  static constexpr std::uint64_t kTurns = 32;

  void forget_paid(const std::vector<replication::RegionId>& waiting);

  std::uint64_t bytes_per_second_;
  Instant free_at_{};
  std::uint64_t fair_ = 0;  ///< what whoever was served last had got; who comes anew has got as much
  std::map<replication::RegionId, std::uint64_t> served_;
};

}  // namespace syncer::peering
