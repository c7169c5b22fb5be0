// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sim/scenario/values/events.h"
#include "syncer/gossip/gossip.h"

namespace sim::check {

/// How much one node may keep about members. Everything is kept by name, so the names that were ever told bound it.
class MemberBounds {
 public:
  explicit MemberBounds(std::size_t syncers = 0) : names_(syncers) {}
  /// A fuzz peer brings names of its own.
  void on_event(const scenario::Event* event);
  /// What is kept beyond its bound, in words.
  std::optional<std::string> exceeded(const syncer::gossip::Gossip& gossip) const;

 private:
  std::size_t names_;
};

}  // namespace sim::check
