// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "syncer/membership/message.h"
#include "syncer/membership/options.h"

namespace syncer::membership {

/// A message with bytes of its own.
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
      char bytes[sizeof number];
      std::memcpy(bytes, &number, sizeof number);
      out.append(bytes, sizeof number);
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
        [](const auto& m) {
          Recorded r;
          note(m, r);
          return r;
        },
        message);
  }
  static void note(const Ping& m, Recorded& r) {
    r.type = "ping";
    r.node = m.node;
    r.seq = m.seq;
  }
  static void note(const IndirectPing& m, Recorded& r) {
    r.type = "indirect_ping";
    r.node = m.node;
    r.seq = m.seq;
    r.nack = m.nack;
  }
  static void note(const Ack& m, Recorded& r) {
    r.type = "ack";
    r.seq = m.seq;
  }
  static void note(const Nack& m, Recorded& r) {
    r.type = "nack";
    r.seq = m.seq;
  }
  static void note(const Suspect& m, Recorded& r) {
    r.type = "suspect";
    r.node = m.node;
    r.from = m.from;
    r.incarnation = m.incarnation;
  }
  static void note(const Dead& m, Recorded& r) {
    r.type = "dead";
    r.node = m.node;
    r.from = m.from;
    r.incarnation = m.incarnation;
  }
  static void note(const Alive& m, Recorded& r) {
    r.type = "alive";
    r.node = m.node;
    r.incarnation = m.incarnation;
    r.address = m.address;
    r.meta = m.meta;
    r.versions = m.versions;
  }
  static void note(const User& m, Recorded& r) {
    r.type = "user";
    r.meta = m.payload;
  }

  std::shared_ptr<std::vector<Recorded>> messages_ = std::make_shared<std::vector<Recorded>>();
};

}  // namespace syncer::membership
