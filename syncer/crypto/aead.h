// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "syncer/base/bytes.h"

namespace syncer::crypto {

// Authenticated encryption as memberlist has it (security.go): AES-GCM under a key of 16, 24 or 32 bytes. A sealed text
// is one byte of version, the nonce, the encrypted text and a tag of 16 bytes.

using Nonce = std::array<std::uint8_t, 12>;
/// Gives a nonce that was never given before. In the daemon it must be unpredictable; in tests it is seeded.
using NonceSource = std::function<Nonce()>;

/// How the text is padded: 0 pads to whole blocks (protocol 1), 1 does not. We write 1 and read both.
enum class Encryption : std::uint8_t { Padded = 0, Plain = 1 };

/// Bytes that encryption adds at most.
inline constexpr std::size_t kEncryptOverhead = 29;
inline constexpr std::size_t kPaddedOverhead = 45;

/// Length of an encrypted text of `plain` bytes.
std::size_t encrypted_length(Encryption version, std::size_t plain);

/// Appends version, nonce, encrypted text and tag. `data` is authenticated, not sent. `key` is of a length of AES.
void seal(ByteView key, ByteView plain, ByteView data, const Nonce& nonce, Bytes& out,
          Encryption version = Encryption::Plain);

/// How the opening of a sealed text ended.
enum class OpenResult : std::uint8_t {
  Opened,
  TooShort,        ///< shorter than what encryption adds
  UnknownVersion,  ///< neither of Encryption
  NoKeyFits,       ///< sealed under another key, over other data, or damaged
  BadPadding,      ///< a key opened it, but the padding is none
};

/// Tries each key in turn and appends the text to `out`. `out` is unchanged unless Opened, or BadPadding.
OpenResult open(std::span<const Bytes> keys, ByteView sealed, ByteView data, Bytes& out);

}  // namespace syncer::crypto
