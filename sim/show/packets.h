// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/show/tables.h"
#include "syncer/base/http_message.h"
#include "syncer/wire/gossip/packet.h"

namespace sim::show {

/// Follows packets from where they are sent to where they arrive. A packet that arrives is the oldest of equal ones
/// under way between the same two. An answer is for the oldest request of that node that the registry works on:
/// requests that take unequally long can change places. Borrows the tables.
class Packets {
 public:
  explicit Packets(Tables& tables) : tables_(tables) {}

  /// A node hands a request to the network in this turn: what is sent next says so.
  void take_request(std::uint32_t node, const syncer::HttpRequest& request, std::uint32_t turn);
  /// Takes a message of this turn between two sites; its number when it arrived in it, nothing otherwise.
  std::optional<std::uint32_t> take(const host::Message& message, std::uint32_t from, std::uint32_t to,
                                    std::uint32_t turn);
  /// The request that this answer, which a registry sends now, is for; it is answered with that.
  std::optional<std::uint32_t> answered(std::uint32_t registry, std::uint32_t node, syncer::Instant now);

 private:
  /// What a node asks in a turn.
  struct Asked {
    std::uint32_t turn = 0;
    std::uint32_t node = 0;
    std::uint32_t words = 0;  ///< a text
  };
  /// A request that arrived at a registry.
  struct Waiting {
    syncer::Instant since;
    std::uint32_t packet = 0;
  };
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  std::uint64_t key_of(const host::Message& message, std::uint32_t from, std::uint32_t to) const;
  std::uint32_t words_of(const host::Message& message, std::uint32_t from, std::uint32_t turn);
  std::string words_of_datagram(syncer::ByteView bytes);
  std::optional<std::uint32_t> oldest(std::uint64_t key, syncer::Instant now);

  Tables& tables_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> under_way_;  // by key, the oldest first
  std::map<Pair, std::deque<Waiting>> waiting_;                              // by registry and node
  std::optional<Asked> asked_;
  syncer::wire::gossip::Unpacked unpacked_;
};

}  // namespace sim::show
