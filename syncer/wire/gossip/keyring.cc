// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/hash.h"
#include "syncer/wire/gossip/crypt.h"

namespace syncer::wire::gossip {

namespace {

constexpr std::size_t kIdDigits = 8;

Result<void> usable(ByteView key) {
  if (key.size() == 16 || key.size() == 24 || key.size() == 32) return {};
  return failure(ErrorCode::Invalid, "gossip key", "must have 16, 24 or 32 octets, not " + std::to_string(key.size()));
}

}  // namespace

Result<Keyring> Keyring::make(std::vector<Bytes> keys) {
  Keyring ring;
  for (Bytes& key : keys) {
    if (auto installed = ring.install(std::move(key)); !installed) return tl::unexpected(installed.error());
  }
  return ring;
}

std::string Keyring::id(ByteView key) { return sha256_hex("gossip key " + Bytes(key)).substr(0, kIdDigits); }

Result<void> Keyring::install(Bytes key) {
  if (auto fits = usable(key); !fits) return fits;
  if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return {};
  if (keys_.size() >= kMaxKeys) {
    return failure(ErrorCode::Invalid, "gossip key", "there are " + std::to_string(kMaxKeys) + " keys already");
  }
  keys_.push_back(std::move(key));
  return {};
}

Result<std::vector<Bytes>::iterator> Keyring::find(std::string_view key_id) {
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Bytes& k) { return id(k) == key_id; });
  if (key == keys_.end()) return failure(ErrorCode::NotFound, "gossip key", "no key " + std::string(key_id));
  return key;
}

Result<void> Keyring::use(std::string_view key_id) {
  const auto key = find(key_id);
  if (!key) return tl::unexpected(key.error());
  std::rotate(keys_.begin(), *key, *key + 1);
  return {};
}

Result<void> Keyring::remove(std::string_view key_id) {
  const auto key = find(key_id);
  if (!key) return tl::unexpected(key.error());
  if (*key == keys_.begin()) {
    return failure(ErrorCode::Refused, "gossip key", std::string(key_id) + " is the one in use; use another first");
  }
  keys_.erase(*key);
  return {};
}

}  // namespace syncer::wire::gossip
