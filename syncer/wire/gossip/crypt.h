// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

using Nonce = std::array<std::uint8_t, 12>;
/// Gives a nonce that was never given before. In the daemon it must be unpredictable; in tests it is seeded.
using NonceSource = std::function<Nonce()>;

/// How the text is padded: 0 pads to whole blocks (protocol 1), 1 does not. We write 1 and read both.
enum class Encryption : std::uint8_t { Padded = 0, Plain = 1 };

/// Octets that encryption adds at most.
inline constexpr std::size_t kEncryptOverhead = 29;
inline constexpr std::size_t kPaddedOverhead = 45;

/// Length of an encrypted text of `plain` octets.
std::size_t encrypted_length(Encryption version, std::size_t plain);

/// Most keys on a ring: each is tried on every hostile packet.
inline constexpr std::size_t kMaxKeys = 16;

/// The keys of a pool: the first seals, each of them opens, so that a key can be changed without a break.
class Keyring {
 public:
  Keyring() = default;
  /// At most kMaxKeys keys of 16, 24 or 32 octets (AES-128, 192, 256); Invalid otherwise. No key: everything goes in
  /// plain.
  static Result<Keyring> make(std::vector<Bytes> keys);

  bool empty() const { return keys_.empty(); }
  /// The first is the one that seals.
  const std::vector<Bytes>& keys() const { return keys_; }
  /// A public name of a key that tells nothing about it: eight hexadecimal digits.
  static std::string id(ByteView key);
  /// Adds a key that opens; nothing changes when it is there. Invalid as in make(), or when the ring is full.
  Result<void> install(Bytes key);
  /// Makes the key of that id the one that seals. NotFound.
  Result<void> use(std::string_view key_id);
  /// Takes the key of that id away. NotFound; Refused for the one that seals.
  Result<void> remove(std::string_view key_id);
  /// Appends version, nonce, encrypted text and tag. `data` is authenticated, not sent. Requires a key.
  void seal(ByteView plain, ByteView data, const Nonce& nonce, Bytes& out,
            Encryption version = Encryption::Plain) const;
  /// Appends the text to `out`; refuses what no key opens.
  Drop open(ByteView sealed, ByteView data, Bytes& out) const;

 private:
  Result<std::vector<Bytes>::iterator> find(std::string_view key_id);
  std::vector<Bytes> keys_;
};

/// Keeps a changed ring where the next start finds it.
using KeyKeeper = std::function<Result<void>(const Keyring&)>;

}  // namespace syncer::wire::gossip
