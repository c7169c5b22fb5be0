// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/bytes.h"

namespace syncer {

/// XXH3, 64 bits: the same number on every machine. Not for secrets.
std::uint64_t hash64(ByteView bytes, std::uint64_t seed = 0);

/// A 128-bit number with the additive group that order-free set hashes need (sum modulo 2^128).
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Hash128&) const = default;
  Hash128& operator+=(const Hash128& other);
  Hash128& operator-=(const Hash128& other);
};

/// XXH3, 128 bits.
Hash128 hash128(ByteView bytes, std::uint64_t seed = 0);
/// 32 hexadecimal digits.
std::string to_string(const Hash128& hash);

/// Lower-case hexadecimal SHA-1 (40 digits): service ids of the service center.
std::string sha1_hex(ByteView bytes);
/// Lower-case hexadecimal SHA-256 (64 digits): schema summaries, derived ids.
std::string sha256_hex(ByteView bytes);
/// CRC-32 (IEEE 802.3, as zlib).
std::uint32_t crc32_ieee(ByteView bytes);
/// CRC-32C (Castagnoli).
std::uint32_t crc32c(ByteView bytes);

/// Folds values into one 64-bit number, in order. For state hashes and digests: feed it canonical values only, never
/// a pointer, never padding.
class StateHasher {
 public:
  void add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x9fb21c651e98df25ULL;
    state_ ^= state_ >> 29U;
  }
  void add(ByteView bytes) { add(hash64(bytes, bytes.size())); }
  std::uint64_t digest() const { return state_; }

 private:
  std::uint64_t state_ = 0x243f6a8885a308d3ULL;
};

}  // namespace syncer
