// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace syncer::httpio {

/// The places that a listener has for connections. A new one always finds a place: when all are taken, the oldest
/// connection of the host that has most of them goes. So whoever opens many slow ones only pushes out its own.
class ConnectionPlaces {
 public:
  using Id = std::uint64_t;  ///< grows with each connection

  /// `most` is at least 1.
  explicit ConnectionPlaces(std::size_t most) : most_(most) {}

  /// Gives a place to a connection; the id is greater than all before. The answer is the one that has to go for it,
  /// which has lost its place already.
  std::optional<Id> take(Id id, const std::string& host);
  /// The connection is over; nothing when it has no place.
  void leave(Id id);
  std::size_t size() const { return hosts_.size(); }

 private:
  Id worst() const;

  std::size_t most_;
  std::map<Id, std::string> hosts_;
  std::map<std::string, std::set<Id>> by_host_;
};

}  // namespace syncer::httpio
