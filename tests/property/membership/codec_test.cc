// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// After gtest.
#include <rapidcheck/gtest.h>

#include "syncer/wire/gossip/lzw.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"
#include "syncer/wire/gossip/serf.h"
#include "syncer/wire/gossip/stream.h"
#include "tests/property/membership/inflation_laws.h"
#include "tests/unit/gossip/network.h"

namespace syncer::wire::gossip {
namespace {

using membership::Message;

/// Bytes of a drawn message, to be encoded; views must outlive the message.
struct Parts {
  std::string node = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  std::string from = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
  std::string bytes = *rc::gen::arbitrary<std::string>();
  std::uint32_t seq = *rc::gen::arbitrary<std::uint32_t>();
  std::uint8_t number = *rc::gen::arbitrary<std::uint8_t>();
  bool v6 = *rc::gen::arbitrary<bool>();

  Endpoint address() const {
    Endpoint e = Endpoint::v4(10, 1, 2, number, static_cast<std::uint16_t>(seq | 1U));
    if (v6) e.address = {0x20, 1, number};
    return e;
  }
  Message message() const {
    switch (number % 8) {
      case 0:
        return membership::Ping{seq, node, address(), from};
      case 1:
        return membership::IndirectPing{seq, address(), node, v6, address(), from};
      case 2:
        return membership::Ack{seq, bytes};
      case 3:
        return membership::Nack{seq};
      case 4:
        return membership::Suspect{seq, node, from};
      case 5:
        return membership::Dead{seq, node, from};
      case 6:
        return membership::Alive{seq, node, address(), ByteView(bytes).substr(0, 512), "\x01\x05\x02\x02\x05\x05"};
      default:
        return membership::User{bytes};
    }
  }
};

Bytes encoded(const Message& message) {
  Bytes out;
  encode(message, out);
  return out;
}

crypto::NonceSource counting() {
  return [n = std::uint8_t{0}]() mutable { return crypto::Nonce{++n}; };
}

Pool drawn_pool() {
  Pool pool;
  if (*rc::gen::arbitrary<bool>()) pool.label = "pool";
  const auto key = *rc::gen::element<std::size_t>(0, 16, 24, 32);
  if (key > 0) pool.keys = crypto::Keyring::make({Bytes(key, 'k')}).value();
  return pool;
}

RC_GTEST_PROP(Codec, ReadsBackWhatItWrote, ()) {
  const Parts parts;
  const Bytes once = encoded(parts.message());
  Message read;
  RC_ASSERT(name(decode(once, read)) == "none");
  RC_ASSERT(encoded(read) == once);
}

RC_GTEST_PROP(Codec, TakesApartThePacketItBuilt, ()) {
  const auto drawn = *rc::gen::inRange<std::size_t>(1, 20);
  const Pool pool = drawn_pool();
  const bool checksum = *rc::gen::arbitrary<bool>();
  std::vector<Bytes> messages;
  for (std::size_t i = 0; i < drawn; ++i) messages.push_back(encoded(Parts().message()));
  PacketBuilder builder(messages.size());
  for (const Bytes& m : messages) builder.add(m);
  const Bytes packet = builder.finish(pool, checksum, counting());
  Unpacked unpacked;
  unpack(packet, pool, unpacked);
  RC_ASSERT(name(unpacked.drop) == "none");
  RC_ASSERT(std::vector<Bytes>(unpacked.messages.begin(), unpacked.messages.end()) == messages);
}

RC_GTEST_PROP(Codec, OpensNoPacketThatWasTouched, (std::uint16_t where, std::uint8_t bits)) {
  RC_PRE(bits != 0);
  Pool pool;
  pool.keys = crypto::Keyring::make({Bytes(16, 'k')}).value();
  PacketBuilder builder(1);
  builder.add(encoded(Parts().message()));
  Bytes packet = builder.finish(pool, true, counting());
  packet[where % packet.size()] = static_cast<char>(packet[where % packet.size()] ^ bits);
  Unpacked unpacked;
  unpack(packet, pool, unpacked);
  RC_ASSERT(unpacked.messages.empty());
  RC_ASSERT(unpacked.drop != Drop::None);
}

RC_GTEST_PROP(Codec, ReadsAnExchangeWhateverTheChunks, (const std::vector<std::uint8_t>& chunks, const Bytes& state)) {
  const Pool pool = drawn_pool();
  const Parts parts;
  const std::vector<membership::Entry> entries(
      *rc::gen::inRange<std::size_t>(0, 10),
      {parts.node, parts.address(), parts.from, parts.seq, 2, "\x01\x05\x02\x02\x05\x05"});
  Bytes message;
  encode_exchange(entries, parts.v6, state, message);
  Bytes bytes;
  write_stream(message, pool, Opened::ByUs, counting(), bytes);
  StreamReader reader(pool, Opened::ByPeer);
  auto status = StreamReader::Status::NeedMore;
  std::size_t at = 0;
  for (std::size_t i = 0; at < bytes.size(); ++i) {
    RC_ASSERT(status == StreamReader::Status::NeedMore);
    const std::size_t n = chunks.empty() ? bytes.size() : 1U + chunks[i % chunks.size()];
    status = reader.feed(ByteView(bytes).substr(at, n));
    at += n;
  }
  RC_ASSERT(status == StreamReader::Status::Complete);
  const auto& exchange = std::get<Exchange>(reader.message());
  RC_ASSERT(exchange.entries.size() == entries.size());
  RC_ASSERT(exchange.join == parts.v6);
  RC_ASSERT(Bytes(exchange.user_state) == state);
}

RC_GTEST_PROP(Codec, TagsComeBack, (const std::map<std::string, std::string>& tags)) {
  const auto meta = encode_tags(tags);
  RC_PRE(meta.has_value());
  RC_ASSERT(decode_tags(*meta) == tags);
}

/// Arbitrary bytes, or a valid message with some of them changed: the second kind gets past the first checks.
Bytes hostile_bytes() {
  if (*rc::gen::arbitrary<bool>()) return *rc::gen::arbitrary<Bytes>();
  Bytes bytes = encoded(Parts().message());
  for (int changes = *rc::gen::inRange(0, 4); changes > 0; --changes) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  }
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  return bytes;
}

RC_GTEST_PROP(AnyBytes, AreReadOrRefusedAndReadTheSameAgain, ()) {
  const Bytes bytes = hostile_bytes();
  Message message;
  if (decode(bytes, message) != Drop::None) return;
  const Bytes again = encoded(message);
  Message second;
  RC_ASSERT(decode(again, second) == Drop::None);
  RC_ASSERT(encoded(second) == again);
}

RC_GTEST_PROP(AnyBytes, NeverDecompressBeyondTheLimit, (const Bytes& bytes)) {
  Bytes out;
  const Drop drop = lzw_decompress(bytes, 1000, out);
  RC_ASSERT(out.size() <= 1000U);
  static_cast<void>(drop);
}

RC_GTEST_PROP(AnyBytes, LeaveAPoolWithAKeyUntouched, (const std::vector<Bytes>& streams)) {
  syncer::gossip::GossipConfig config;
  config.node = "a";
  config.address = syncer::gossip::TestNetwork::gossip_address(1);
  config.pool.keys = crypto::Keyring::make({Bytes(32, 'k')}).value();
  config.nonce = counting();
  syncer::gossip::TestNetwork net;
  syncer::gossip::Gossip& gossip = net.add(config).gossip();
  StateHasher before;
  gossip.hash(before);
  for (int i = 0; i < 5; ++i) gossip.on_datagram(net.now(), {}, hostile_bytes());
  std::uint64_t link = 0;
  for (const Bytes& bytes : streams) {
    gossip.on_stream_accepted(net.now(), LinkId{link += 2}, {});
    gossip.on_stream_data(net.now(), LinkId{link}, bytes);
    gossip.on_stream_closed(net.now(), LinkId{link}, "closed");
  }
  StateHasher after;
  gossip.hash(after);
  RC_ASSERT(before.digest() == after.digest());
}

RC_GTEST_PROP(Compression, GrowsTextAHundredfoldAtMost, ()) {
  RC_ASSERT(text_grows_a_hundredfold_at_most(*rc::gen::inRange<std::size_t>(1, 3000)) == "");
}

}  // namespace
}  // namespace syncer::wire::gossip
