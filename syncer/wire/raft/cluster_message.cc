// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/cluster_message.h"

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/raft/message.h"
#include "syncer/wire/sync/parts.h"

namespace syncer::wire {
namespace {

/// Frame types; never reused for another meaning.
enum class ClusterType : std::uint8_t { Hello = 1, Pulse = 2, KeyShare = 4, Raft = 16 };

/// Name, disk, address: the shortest there can be.
constexpr std::size_t kMinSeat = 10;

ClusterFrame frame(ClusterType type, Bytes body) { return {static_cast<std::uint8_t>(type), std::move(body)}; }

ClusterFrame encode(const ClusterHello& hello) {
  Bytes body;
  ByteWriter w(body);
  w.string(hello.region);
  w.string(hello.node);
  w.u64(hello.disk);
  w.u8(static_cast<std::uint8_t>(hello.stage));
  write_seats(w, hello.seats);
  for (const std::uint64_t number : {hello.group, hello.listed, hello.term}) w.u64(number);
  write_key_ids(w, hello.keys);
  return frame(ClusterType::Hello, std::move(body));
}

Result<ClusterMessage> decode_hello(ByteView body) {
  ByteReader r(body);
  ClusterHello hello;
  read(r, hello.region, kMaxName);
  read(r, hello.node, kMaxName);
  hello.disk = r.u64();
  const std::uint8_t stage = r.u8();
  if (stage > static_cast<std::uint8_t>(SeatStage::Seated)) r.fail();
  hello.stage = static_cast<SeatStage>(stage);
  hello.seats = read_seats(r);
  hello.group = r.u64();
  hello.listed = r.u64();
  hello.term = r.u64();
  hello.keys = read_key_ids(r);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "", "hello of a syncer is damaged");
  return ClusterMessage(std::move(hello));
}

Result<ClusterMessage> decode_key(ByteView body) {
  constexpr std::size_t kLongest = 32;
  if (body.empty() || body.size() > kLongest) return failure(ErrorCode::Corrupt, "", "key is damaged");
  return ClusterMessage(KeyShare{Bytes(body)});
}

Result<ClusterMessage> decode_pulse(ByteView body) {
  ByteReader r(body);
  Pulse pulse;
  read(r, pulse.answer);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "", "pulse is damaged");
  return ClusterMessage(pulse);
}

}  // namespace

void write_key_ids(ByteWriter& w, const std::vector<std::string>& ids) {
  w.varint(ids.size());
  for (const std::string& id : ids) w.string(id);
}

std::vector<std::string> read_key_ids(ByteReader& r) {
  const std::size_t count = r.count(1);
  if (count > kMaxKeyIds) r.fail();
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count && r.ok(); ++i) read(r, ids.emplace_back(), kMaxKeyId);
  return ids;
}

void write_seats(ByteWriter& w, const std::vector<Seat>& seats) {
  w.varint(seats.size());
  for (const Seat& seat : seats) {
    w.string(seat.node);
    w.u64(seat.disk);
    w.string(to_string(seat.address));
  }
}

std::vector<Seat> read_seats(ByteReader& r) {
  std::vector<Seat> seats;
  const std::size_t count = r.count(kMinSeat);
  if (count > kMaxSeats) r.fail();
  for (std::size_t i = 0; i < count && r.ok(); ++i) {
    Seat& seat = seats.emplace_back();
    read(r, seat.node, kMaxName);
    seat.disk = r.u64();
    const Result<Endpoint> address = parse_endpoint(r.string());
    if (address)
      seat.address = *address;
    else
      r.fail();
  }
  return seats;
}

ClusterFrame cluster_frame(const ClusterMessage& message) {
  if (const auto* hello = std::get_if<ClusterHello>(&message)) return encode(*hello);
  if (const auto* pulse = std::get_if<Pulse>(&message)) {
    return frame(ClusterType::Pulse, Bytes(1, pulse->answer ? '\1' : '\0'));
  }
  if (const auto* share = std::get_if<KeyShare>(&message)) return frame(ClusterType::KeyShare, share->key);
  return frame(ClusterType::Raft, encode_raft(std::get<raft::Message>(message)));
}

Bytes encode_cluster(const ClusterMessage& message) {
  const ClusterFrame frame = cluster_frame(message);
  return encode_sync_frame(frame.type, frame.body);
}

Result<ClusterMessage> decode_cluster(std::uint8_t type, ByteView body) {
  switch (static_cast<ClusterType>(type)) {
    case ClusterType::Hello:
      return decode_hello(body);
    case ClusterType::Pulse:
      return decode_pulse(body);
    case ClusterType::KeyShare:
      return decode_key(body);
    case ClusterType::Raft:
      break;
    default:
      return failure(ErrorCode::Unsupported, "", "unknown frame type " + std::to_string(type));
  }
  auto message = decode_raft(body);
  if (!message) return tl::unexpected(message.error());
  return ClusterMessage(std::move(*message));
}

}  // namespace syncer::wire
