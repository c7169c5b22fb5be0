// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

namespace syncer::gossip {

/// The serf queries that were heard lately: each is answered and passed on once, however often it comes.
class GossipQueries {
 public:
  /// Most queries that wait to be passed on at once; a newer one takes the place of an older one.
  static constexpr std::size_t kPassedOn = 4;

  /// True the first time. False for one heard before, for one older than what is remembered, and for one from so far
  /// ahead that believing it would make all others old.
  bool is_new(std::uint64_t clock, std::uint32_t id);

 private:
  std::map<std::uint64_t, std::set<std::uint32_t>> heard_;  ///< ids by Lamport time, newest times only
};

}  // namespace syncer::gossip
