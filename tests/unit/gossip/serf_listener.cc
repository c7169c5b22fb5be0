// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gossip/serf_listener.h"

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

SerfListener::SerfListener() : host_(&net_.add("member", 1)) {
  host_->keep_packets();
  const membership::Versions own = membership::kOwnVersions;
  const ByteView versions(reinterpret_cast<const char*>(own.data()), own.size());
  packet(membership::Alive{1, "agent", address_, {}, versions});
}

void SerfListener::packet(const membership::Message& message) {
  Bytes bytes;
  wire::gossip::encode(message, bytes);
  gossip().on_datagram(net_.now(), address_, bytes);
}

void SerfListener::tell_leave(std::uint64_t clock, std::string_view node) {
  const Bytes payload = wire::gossip::encode_leave_intent(clock, node);
  packet(membership::User{payload});
}

std::set<std::uint64_t> SerfListener::joins_within(Duration time) {
  host_->keep_packets();
  net_.run_for(time);
  std::set<std::uint64_t> clocks;
  for (const auto& [to, sent] : host_->kept_packets()) {
    wire::gossip::Unpacked unpacked;
    wire::gossip::unpack(sent, {}, unpacked);
    for (const ByteView part : unpacked.messages) {
      membership::Message message;
      if (wire::gossip::decode(part, message) != wire::gossip::Drop::None) continue;
      const auto* user = std::get_if<membership::User>(&message);
      if (user == nullptr || user->payload.substr(0, 1) != "\x01") continue;
      clocks.insert(wire::gossip::read_clock(user->payload).value());
    }
  }
  return clocks;
}

}  // namespace syncer::gossip
