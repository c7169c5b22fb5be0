// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/wire/gossip/crypt.h"

namespace syncer::wire::gossip {

// The keyring as serf keeps it: a JSON list of base64 texts, the key that seals first.

/// Most octets that a keyring file may have.
inline constexpr std::size_t kMaxKeyringFile = 4096;

/// Reads a keyring file of at least one key. Errors never quote a key.
Result<Keyring> parse_keyring(std::string_view text);
/// The text of a keyring file.
std::string keyring_text(const Keyring& ring);
/// One key in base64.
std::string key_text(ByteView key);
/// The same back, blanks around it allowed.
Result<Bytes> parse_key(std::string_view base64);

}  // namespace syncer::wire::gossip
