// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/set_digest.h"

namespace syncer::replication {

/// The length of the key keeps apart what key and payload are.
SetDigest::Lanes SetDigest::lanes_of(ByteView key, ByteView payload) const {
  Bytes head;
  ByteWriter writer(head);
  writer.string("record");
  writer.u64(key.size());
  const std::array<ByteView, 3> parts = {head, key, payload};
  std::array<std::uint8_t, 2 * kLanes> bytes{};
  expand_(parts, bytes);
  Lanes lanes{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    lanes[i] = static_cast<std::uint16_t>(bytes[2 * i] | (bytes[2 * i + 1] << 8U));
  }
  return lanes;
}

void SetDigest::add(ByteView key, ByteView payload) {
  const Lanes lanes = lanes_of(key, payload);
  for (std::size_t i = 0; i < kLanes; ++i) lanes_[i] = static_cast<std::uint16_t>(lanes_[i] + lanes[i]);
}

void SetDigest::remove(ByteView key, ByteView payload) {
  const Lanes lanes = lanes_of(key, payload);
  for (std::size_t i = 0; i < kLanes; ++i) lanes_[i] = static_cast<std::uint16_t>(lanes_[i] - lanes[i]);
}

Bytes SetDigest::value() const {
  Bytes sum;
  ByteWriter writer(sum);
  writer.string("set");
  for (const std::uint16_t lane : lanes_) writer.u16(lane);
  const std::array<ByteView, 1> parts = {sum};
  std::array<std::uint8_t, kDigestBytes> out{};
  expand_(parts, out);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

}  // namespace syncer::replication
