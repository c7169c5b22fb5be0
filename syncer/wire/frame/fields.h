// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/ids.h"

// Values that messages of several protocols share. What is read is bounded, and each value has one encoding.

namespace syncer::wire {

/// Longest region or node name, in bytes.
inline constexpr std::size_t kMaxName = 256;

inline void write(ByteWriter& w, Epoch epoch) {
  w.varint(epoch.generation);
  w.varint(epoch.term);
}
inline void read(ByteReader& r, Epoch& epoch) {
  epoch.generation = r.varint();
  epoch.term = r.varint();
}

inline void write(ByteWriter& w, const Hash128& hash) {
  w.u64(hash.high);
  w.u64(hash.low);
}
inline void read(ByteReader& r, Hash128& hash) {
  hash.high = r.u64();
  hash.low = r.u64();
}

/// A flag is 0 or 1.
inline void read(ByteReader& r, bool& flag) {
  const std::uint8_t byte = r.u8();
  if (byte > 1) r.fail();
  flag = byte == 1;
}

/// A varint that must fit 32 bits.
inline void read(ByteReader& r, std::uint32_t& number) {
  const std::uint64_t wide = r.varint();
  if (wide > UINT32_MAX) r.fail();
  number = static_cast<std::uint32_t>(wide);
}

/// A text of at most `limit` bytes.
inline void read(ByteReader& r, std::string& text, std::size_t limit) {
  const ByteView view = r.string();
  if (view.size() > limit)
    r.fail();
  else
    text = view;
}

}  // namespace syncer::wire
