// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/wire/gossip_drop.h"

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

/// The keys of a pool: the first seals, each of them opens, so that a key can be changed without a break.
class Keyring {
 public:
  Keyring() = default;
  /// Keys of 16, 24 or 32 octets (AES-128, 192, 256); Invalid otherwise. No key: everything goes in plain.
  static Result<Keyring> make(std::vector<Bytes> keys);

  bool empty() const { return keys_.empty(); }
  /// Appends version, nonce, encrypted text and tag. `data` is authenticated, not sent. Requires a key.
  void seal(ByteView plain, ByteView data, const Nonce& nonce, Bytes& out,
            Encryption version = Encryption::Plain) const;
  /// Appends the text to `out`; refuses what no key opens.
  Drop open(ByteView sealed, ByteView data, Bytes& out) const;

 private:
  std::vector<Bytes> keys_;
};

}  // namespace syncer::wire::gossip
