// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/hash.h"

#define XXH_INLINE_ALL
#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <cstring>

#include "syncer/base/assert.h"

namespace syncer {
namespace {

/// Looked up once: a look-up by name costs more than a short digest.
const EVP_MD* fetch(const char* name) {
  const EVP_MD* found = EVP_MD_fetch(nullptr, name, nullptr);
  SYNCER_ASSERT(found != nullptr);
  return found;
}

std::string digest_hex(const EVP_MD* algorithm, ByteView bytes) {
  Bytes out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  const int ok =
      EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, algorithm, nullptr);
  SYNCER_ASSERT(ok == 1);
  out.resize(size);
  return to_hex(out);
}

/// Table k holds what a byte does to the sum when k more follow it, so that eight bytes are taken in one step.
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr CrcTables make_crc_tables(std::uint32_t reflected_polynomial) {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? reflected_polynomial ^ (c >> 1U) : c >> 1U;
    tables[0][i] = c;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t c = tables[k - 1][i];
      tables[k][i] = tables[0][c & 0xffU] ^ (c >> 8U);
    }
  }
  return tables;
}

constexpr CrcTables kIeee = make_crc_tables(0xedb88320U);
constexpr CrcTables kCastagnoli = make_crc_tables(0x82f63b78U);

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::uint32_t crc(const CrcTables& t, ByteView bytes) {
  std::uint32_t c = ~0U;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint32_t low = c ^ little_endian(bytes.data());
    const std::uint32_t high = little_endian(bytes.data() + 4);
    c = t[7][low & 0xffU] ^ t[6][(low >> 8U) & 0xffU] ^ t[5][(low >> 16U) & 0xffU] ^ t[4][low >> 24U] ^
        t[3][high & 0xffU] ^ t[2][(high >> 8U) & 0xffU] ^ t[1][(high >> 16U) & 0xffU] ^ t[0][high >> 24U];
  }
  for (const char byte : bytes) c = t[0][(c ^ static_cast<unsigned char>(byte)) & 0xffU] ^ (c >> 8U);
  return ~c;
}

#if defined(__x86_64__)
/// The processor's own instruction for this polynomial.
[[gnu::target("sse4.2")]] std::uint32_t crc32c_of_processor(ByteView bytes) {
  std::uint64_t c = ~std::uint32_t{0};
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), sizeof eight);
    c = __builtin_ia32_crc32di(c, eight);
  }
  auto low = static_cast<std::uint32_t>(c);
  for (const char byte : bytes) low = __builtin_ia32_crc32qi(low, static_cast<unsigned char>(byte));
  return ~low;
}
#endif

}  // namespace

std::uint64_t hash64(ByteView bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 hash128(ByteView bytes, std::uint64_t seed) {
  const XXH128_hash_t h = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {h.high64, h.low64};
}

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

Hash128& Hash128::operator-=(const Hash128& other) {
  high -= other.high + (low < other.low ? 1 : 0);
  low -= other.low;
  return *this;
}

std::string to_string(const Hash128& hash) {
  Bytes bytes;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(half >> shift));
  }
  return to_hex(bytes);
}

std::string sha1_hex(ByteView bytes) {
  static const EVP_MD* const kSha1 = fetch("SHA1");
  return digest_hex(kSha1, bytes);
}

std::string sha256_hex(ByteView bytes) {
  static const EVP_MD* const kSha256 = fetch("SHA256");
  return digest_hex(kSha256, bytes);
}

std::uint32_t crc32_ieee(ByteView bytes) { return crc(kIeee, bytes); }

std::uint32_t crc32c(ByteView bytes) {
#if defined(__x86_64__)
  static const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kHasInstruction) return crc32c_of_processor(bytes);
#endif
  return crc(kCastagnoli, bytes);
}

}  // namespace syncer
