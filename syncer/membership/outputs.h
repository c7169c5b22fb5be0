// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/membership/member_table.h"

namespace syncer::membership {

/// A change that the layers above are notified of, with the member as it is now.
struct Change {
  enum class Kind : std::uint8_t { Joined, Updated, Suspected, Refuted, Died, Left, Conflict };
  Kind kind;
  std::string name;
  Endpoint address;
  State state;
  std::uint64_t incarnation;
  Bytes meta;
  Endpoint other;  ///< Conflict: the address that claims the name as well
};

/// "Open a stream to that member": a state exchange, or a ping where packets may not get through.
struct StreamRequest {
  enum class Kind : std::uint8_t { Exchange, Ping };
  Kind kind;
  Endpoint to;
  std::string node;
  std::uint32_t seq;  ///< Ping: to be given back in Swim::stream_contact
  Instant deadline;
};

/// What the core wants done, in order. Reused from call to call, so that a quiet pool allocates nothing.
class Outputs {
 public:
  /// One datagram of one or more encoded messages.
  struct Packet {
    Endpoint to;
    std::uint8_t protocol;  ///< highest protocol that the receiver is known to speak; 0 when addressed as a stranger
    std::uint32_t first;
    std::uint32_t count;
  };

  void begin_packet(const Endpoint& to, std::uint8_t protocol) {
    packets_.push_back({to, protocol, static_cast<std::uint32_t>(ends_.size()), 0});
  }
  /// Adds an encoded message to the packet that was begun last.
  void add_part(ByteView message) {
    bytes_.append(message);
    end_part();
  }
  /// Adds a message that `encode` appends itself.
  template <class EncodeInto>
  std::size_t encode_part(EncodeInto encode) {
    const std::size_t before = bytes_.size();
    encode(bytes_);
    end_part();
    return bytes_.size() - before;
  }

  const std::vector<Packet>& packets() const { return packets_; }
  ByteView part(std::uint32_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return ByteView(bytes_).substr(begin, ends_[index] - begin);
  }

  std::vector<StreamRequest> streams;
  std::vector<Change> changes;
  /// Why something that was said about a member is not believed though it is no old news, e.g. "incarnation_jump".
  std::vector<std::string_view> refusals;

  void clear() {
    packets_.clear();
    ends_.clear();
    bytes_.clear();
    streams.clear();
    changes.clear();
    refusals.clear();
  }

 private:
  void end_part() {
    ends_.push_back(bytes_.size());
    ++packets_.back().count;
  }

  std::vector<Packet> packets_;
  std::vector<std::size_t> ends_;
  Bytes bytes_;
};

}  // namespace syncer::membership
