// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "syncer/membership/message.h"
#include "syncer/membership/options.h"

namespace syncer::membership {

/// A message with octets of its own.
struct Recorded {
  std::string type;
  std::string node;
  std::string from;
  std::uint64_t incarnation = 0;
  std::uint32_t seq = 0;
  bool nack = false;
  Endpoint address;
  Bytes meta;
  Bytes versions;
};

/// Stands in for the codec: an encoded message is its number in the record.
class Recorder {
 public:
  Encode encoder() {
    return [messages = messages_](const Message& m, Bytes& out) {
      const auto number = static_cast<std::uint32_t>(messages->size());
      messages->push_back(record(m));
      char octets[sizeof number];
      std::memcpy(octets, &number, sizeof number);
      out.append(octets, sizeof number);
    };
  }
  const Recorded& decode(ByteView encoded) const {
    std::uint32_t number = 0;
    std::memcpy(&number, encoded.data(), sizeof number);
    return messages_->at(number);
  }

 private:
  static Recorded record(const Message& message) {
    return std::visit(
        [](const auto& m) -> Recorded {
          using T = std::decay_t<decltype(m)>;
          if constexpr (std::is_same_v<T, Ping>) return {.type = "ping", .node = std::string(m.node), .seq = m.seq};
          if constexpr (std::is_same_v<T, IndirectPing>) {
            return {.type = "indirect_ping", .node = std::string(m.node), .seq = m.seq, .nack = m.nack};
          }
          if constexpr (std::is_same_v<T, Ack>) return {.type = "ack", .seq = m.seq};
          if constexpr (std::is_same_v<T, Nack>) return {.type = "nack", .seq = m.seq};
          if constexpr (std::is_same_v<T, Suspect> || std::is_same_v<T, Dead>) {
            return {.type = std::is_same_v<T, Dead> ? "dead" : "suspect",
                    .node = std::string(m.node),
                    .from = std::string(m.from),
                    .incarnation = m.incarnation};
          }
          if constexpr (std::is_same_v<T, Alive>) {
            return {.type = "alive",
                    .node = std::string(m.node),
                    .incarnation = m.incarnation,
                    .address = m.address,
                    .meta = Bytes(m.meta),
                    .versions = Bytes(m.versions)};
          }
          if constexpr (std::is_same_v<T, User>) return {.type = "user", .meta = Bytes(m.payload)};
        },
        message);
  }

  std::shared_ptr<std::vector<Recorded>> messages_ = std::make_shared<std::vector<Recorded>>();
};

}  // namespace syncer::membership
