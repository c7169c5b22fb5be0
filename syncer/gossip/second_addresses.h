// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/gossip/types.h"
#include "syncer/membership/outputs.h"

namespace syncer::gossip {

/// Members that have an address of each family, of which one is spoken here: they are known by their first, and reached
/// at the one that is. They say so by a tag; in a pool without a key nobody is sent to another host by what anybody
/// says.
class SecondAddresses {
 public:
  /// Tag that holds the second host; its ports are those of the first.
  static constexpr std::string_view kTag = "also";

  explicit SecondAddresses(const GossipConfig& config) : config_(config) {}

  /// What a member says of itself may have changed.
  void note(const membership::Change& change);
  /// Forgets all others: nobody says when the dead are forgotten.
  void keep_only(const std::function<bool(const std::string&)>& is_member);
  std::size_t size() const { return by_name_.size(); }
  /// Where to send what is meant for a member with this address.
  Endpoint reached(const Endpoint& member) const;
  /// The address of the member whom this is from.
  Endpoint known(const Endpoint& from) const;

 private:
  struct Pair {
    Endpoint first;
    Endpoint second;
    bool operator==(const Pair&) const = default;
  };
  void forget(const std::string& name);

  const GossipConfig& config_;
  std::map<std::string, Pair> by_name_;
  std::map<Endpoint, Endpoint> second_;  // by the first
  std::map<Endpoint, Endpoint> first_;   // by the second
};

/// The host that `text` names, with this port; nothing unless it is of another family than `first`.
std::optional<Endpoint> second_of(const Endpoint& first, std::string_view text, std::uint16_t port);
/// Who has these addresses can reach that one, as far as families go: the second, if there is one, is of the other.
bool speaks(const Endpoint& own, const std::optional<Endpoint>& own_second, const Endpoint& other);

}  // namespace syncer::gossip
