// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/ip_packet.h"

#include "sim/fault/path.h"

namespace sim::real {
namespace {

// RFC 791, RFC 9293, RFC 768.
constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kTcpHeader = 20;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint16_t kFragmentOffset = 0x1fff;
constexpr std::uint8_t kFin = 1;
constexpr std::uint8_t kSyn = 2;
constexpr std::uint8_t kRst = 4;
constexpr std::uint8_t kAck = 16;

std::uint8_t byte_at(syncer::ByteView bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t two(syncer::ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}
std::uint32_t four(syncer::ByteView bytes, std::size_t at) {
  return std::uint32_t{two(bytes, at)} << 16U | two(bytes, at + 2);
}

void put_two(syncer::Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<char>(value >> 8U);
  bytes[at + 1] = static_cast<char>(value & 0xffU);
}
void put_four(syncer::Bytes& bytes, std::size_t at, std::uint32_t value) {
  put_two(bytes, at, static_cast<std::uint16_t>(value >> 16U));
  put_two(bytes, at + 2, static_cast<std::uint16_t>(value & 0xffffU));
}

/// The Internet checksum, to be folded (RFC 1071).
std::uint32_t sum_of(syncer::ByteView bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += two(bytes, i);
  if (bytes.size() % 2 == 1) sum += std::uint32_t{byte_at(bytes, bytes.size() - 1)} << 8U;
  return sum;
}

std::uint16_t folded(std::uint32_t sum) {
  while (sum > 0xffffU) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum & 0xffffU);
}

void read_flags(IpPacket& packet, std::uint8_t flags) {
  packet.syn = (flags & kSyn) != 0;
  packet.ack = (flags & kAck) != 0;
  packet.fin = (flags & kFin) != 0;
  packet.rst = (flags & kRst) != 0;
}

}  // namespace

std::uint32_t IpPacket::next_sequence() const {
  return sequence + static_cast<std::uint32_t>(payload_size) + (syn ? 1U : 0U) + (fin ? 1U : 0U);
}

std::optional<IpPacket> parse_packet(syncer::ByteView bytes) {
  if (bytes.size() < kIpHeader || byte_at(bytes, 0) >> 4U != 4) return std::nullopt;
  const std::size_t header = std::size_t{byte_at(bytes, 0) & 0xfU} * 4;
  const std::size_t size = two(bytes, 2);
  if (header < kIpHeader || size < header || size > bytes.size()) return std::nullopt;
  IpPacket packet;
  packet.ends.from = four(bytes, 12);
  packet.ends.to = four(bytes, 16);
  packet.payload = header;
  packet.payload_size = size - header;
  if ((two(bytes, 6) & kFragmentOffset) != 0) return packet;
  const std::uint8_t protocol = byte_at(bytes, 9);
  if (protocol != kTcp && protocol != kUdp) return packet;
  const std::size_t least = protocol == kTcp ? kTcpHeader : kUdpHeader;
  if (size - header < least) return std::nullopt;
  const std::size_t inner = protocol == kTcp ? (std::size_t{byte_at(bytes, header + 12)} >> 4U) * 4 : kUdpHeader;
  if (inner < least || header + inner > size) return std::nullopt;
  packet.transport = protocol == kTcp ? Transport::Tcp : Transport::Udp;
  packet.ends.from_port = two(bytes, header);
  packet.ends.to_port = two(bytes, header + 2);
  packet.payload = header + inner;
  packet.payload_size = size - packet.payload;
  if (protocol == kUdp) return packet;
  packet.sequence = four(bytes, header + 4);
  packet.acknowledged = four(bytes, header + 8);
  read_flags(packet, byte_at(bytes, header + 13));
  return packet;
}

void corrupt(syncer::Bytes& bytes, const IpPacket& packet, syncer::Random random) {
  syncer::Bytes carried = bytes.substr(packet.payload, packet.payload_size);
  fault::flip_bits(carried, random);
  bytes.replace(packet.payload, packet.payload_size, carried);
  if (packet.transport == Transport::Udp) put_two(bytes, packet.payload - 2, 0);
}

syncer::Bytes reset_packet(const Ends& ends, std::uint32_t sequence, std::uint32_t acknowledged) {
  syncer::Bytes bytes(kIpHeader + kTcpHeader, '\0');
  bytes[0] = '\x45';
  put_two(bytes, 2, static_cast<std::uint16_t>(bytes.size()));
  bytes[8] = '\x40';
  bytes[9] = static_cast<char>(kTcp);
  put_four(bytes, 12, ends.from);
  put_four(bytes, 16, ends.to);
  put_two(bytes, 10, folded(sum_of(syncer::ByteView(bytes).substr(0, kIpHeader))));
  put_two(bytes, kIpHeader, ends.from_port);
  put_two(bytes, kIpHeader + 2, ends.to_port);
  put_four(bytes, kIpHeader + 4, sequence);
  put_four(bytes, kIpHeader + 8, acknowledged);
  bytes[kIpHeader + 12] = '\x50';
  bytes[kIpHeader + 13] = static_cast<char>(kRst | kAck);
  const syncer::ByteView both_addresses = syncer::ByteView(bytes).substr(12, 8);
  const syncer::ByteView segment = syncer::ByteView(bytes).substr(kIpHeader);
  put_two(bytes, kIpHeader + 16, folded(sum_of(both_addresses) + kTcp + kTcpHeader + sum_of(segment)));
  return bytes;
}

}  // namespace sim::real
