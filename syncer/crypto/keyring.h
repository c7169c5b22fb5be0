// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/crypto/aead.h"

namespace syncer::crypto {

/// Most keys on a ring: each is tried on every hostile packet.
inline constexpr std::size_t kMaxKeys = 16;

/// The keys of a pool: the first seals, each of them opens, so that a key can be changed without a break. What a ring
/// held is wiped from memory with it.
class Keyring {
 public:
  Keyring() = default;
  Keyring(const Keyring&) = default;
  Keyring(Keyring&&) = default;
  Keyring& operator=(Keyring other) {
    keys_.swap(other.keys_);
    return *this;
  }
  ~Keyring();
  /// At most kMaxKeys keys of 16, 24 or 32 bytes (AES-128, 192, 256); Invalid otherwise. No key: everything goes in
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
  /// crypto::seal under the first key. Requires a key.
  void seal(ByteView plain, ByteView data, const Nonce& nonce, Bytes& out,
            Encryption version = Encryption::Plain) const;
  /// crypto::open with all keys.
  OpenResult open(ByteView sealed, ByteView data, Bytes& out) const;

 private:
  Result<std::vector<Bytes>::iterator> find(std::string_view key_id);
  std::vector<Bytes> keys_;
};

/// Keeps a changed ring where the next start finds it.
using KeyKeeper = std::function<Result<void>(const Keyring&)>;

// The keyring as serf keeps it in a file: a JSON list of base64 texts, the key that seals first.

/// Most bytes that a keyring file may have.
inline constexpr std::size_t kMaxKeyringFile = 4096;

/// Reads a keyring file of at least one key. Errors never quote a key.
Result<Keyring> parse_keyring(std::string_view text);
/// The text of a keyring file.
std::string keyring_text(const Keyring& ring);
/// One key in base64.
std::string key_text(ByteView key);
/// The same back, blanks around it allowed.
Result<Bytes> parse_key(std::string_view base64);

}  // namespace syncer::crypto
