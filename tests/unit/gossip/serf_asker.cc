// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gossip/serf_asker.h"

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::gossip {

namespace {

crypto::Nonce nonce() { return crypto::Nonce{5}; }

std::string_view query_name(KeyVerb verb) {
  switch (verb) {
    case KeyVerb::Install:
      return "_serf_install-key";
    case KeyVerb::Use:
      return "_serf_use-key";
    case KeyVerb::Remove:
      return "_serf_remove-key";
    case KeyVerb::List:
      break;
  }
  return "_serf_list-keys";
}

Bytes key_request(const Bytes& key) {
  Bytes out(1, '\x07');
  wire::gossip::MsgpackWriter w(out);
  w.map(1);
  w.raw("Key");
  w.raw(key);
  return out;
}

}  // namespace

SerfAsker::SerfAsker(const Bytes& key) {
  GossipConfig config;
  config.node = "member";
  config.address = TestNetwork::gossip_address(1);
  config.pool = {"", crypto::Keyring::make({key}).value()};
  config.nonce = nonce;
  config.keep_keys = [this](const crypto::Keyring& ring) {
    kept_ = ring;
    return Result<void>{};
  };
  host_ = &net_.add(std::move(config));
  const membership::Versions own = membership::kOwnVersions;
  const ByteView versions(reinterpret_cast<const char*>(own.data()), own.size());
  packet(membership::Alive{1, "agent", address_, {}, versions});
}

void SerfAsker::packet(const membership::Message& message) {
  Bytes bytes;
  wire::gossip::encode(message, bytes);
  wire::gossip::PacketBuilder builder(1);
  builder.add(bytes);
  // Sealed with a key that the member surely has: the one it uses.
  wire::gossip::Pool sealed{"", crypto::Keyring::make({gossip().keys().keys().front()}).value()};
  gossip().on_datagram(net_.now(), address_, builder.finish(sealed, false, nonce));
}

std::vector<Bytes> SerfAsker::ask(KeyVerb verb, const Bytes& key, std::uint64_t clock, bool stays_here) {
  host_->keep_packets();
  const Bytes request = key_request(key);
  wire::gossip::Query query{clock, 7, address_, false, stays_here, false, query_name(verb), request};
  const Bytes payload = wire::gossip::encode_query(query);
  packet(membership::User{payload});
  return sent("\x05", address_);
}

std::size_t SerfAsker::queries_within(Duration time) {
  host_->keep_packets();
  net_.run_for(time);
  return sent("\x04", {}).size();
}

std::vector<Bytes> SerfAsker::sent(std::string_view type, std::optional<Endpoint> to) {
  std::vector<Bytes> payloads;
  for (const auto& [address, packet] : host_->kept_packets()) {
    wire::gossip::Unpacked unpacked;
    wire::gossip::unpack(packet, {"", gossip().keys()}, unpacked);
    for (const ByteView part : unpacked.messages) {
      membership::Message message;
      if ((to && address != *to) || wire::gossip::decode(part, message) != wire::gossip::Drop::None) continue;
      const auto* user = std::get_if<membership::User>(&message);
      if (user != nullptr && user->payload.substr(0, 1) == type) payloads.emplace_back(user->payload);
    }
  }
  return payloads;
}

}  // namespace syncer::gossip
