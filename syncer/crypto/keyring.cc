// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/keyring.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"

namespace syncer::crypto {

namespace {

constexpr std::size_t kIdDigits = 8;
constexpr std::string_view kBlanks = " \t\r\n";

tl::unexpected<Error> refuse(std::string detail) { return failure(ErrorCode::Invalid, "", std::move(detail)); }

Result<void> usable(ByteView key) {
  if (key.size() == 16 || key.size() == 24 || key.size() == 32) return {};
  return failure(ErrorCode::Invalid, "gossip key", "must have 16, 24 or 32 bytes, not " + std::to_string(key.size()));
}

}  // namespace

Keyring::~Keyring() {
  for (Bytes& key : keys_) OPENSSL_cleanse(key.data(), key.size());
}

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
  OPENSSL_cleanse((*key)->data(), (*key)->size());
  keys_.erase(*key);
  return {};
}

void Keyring::seal(ByteView plain, ByteView data, const Nonce& nonce, Bytes& out, Encryption version) const {
  SYNCER_ASSERT(!keys_.empty());
  crypto::seal(keys_.front(), plain, data, nonce, out, version);
}

OpenResult Keyring::open(ByteView sealed, ByteView data, Bytes& out) const {
  return crypto::open(keys_, sealed, data, out);
}

std::string key_text(ByteView key) {
  std::string text(4 * ((key.size() + 2) / 3) + 1, '\0');
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                reinterpret_cast<const unsigned char*>(key.data()), static_cast<int>(key.size()));
  text.resize(static_cast<std::size_t>(n));
  return text;
}

Result<Bytes> parse_key(std::string_view base64) {
  const std::size_t begin = std::min(base64.find_first_not_of(kBlanks), base64.size());
  base64 = base64.substr(begin, base64.find_last_not_of(kBlanks) + 1 - begin);
  const std::size_t padding = base64.size() - (base64.find_last_not_of('=') + 1);
  if (base64.empty() || base64.size() % 4 != 0 || base64.size() > 64 || padding > 2)
    return refuse("a key is no base64");
  Bytes key(base64.size() / 4 * 3, '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                                reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
  if (n < 0) return refuse("a key is no base64");
  key.resize(static_cast<std::size_t>(n) - padding);
  // Decoding is lenient about stray bits; one key has one text.
  if (key_text(key) != base64) return refuse("a key is no base64");
  return key;
}

Result<Keyring> parse_keyring(std::string_view text) {
  if (text.size() > kMaxKeyringFile) return refuse("is too long for a keyring");
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_array() || document.empty()) return refuse("must be a JSON list of one or more base64 keys");
  std::vector<Bytes> keys;
  for (const auto& entry : document) {
    if (!entry.is_string()) return refuse("must be a JSON list of one or more base64 keys");
    auto key = parse_key(entry.get_ref<const std::string&>());
    if (!key) return tl::unexpected(key.error());
    keys.push_back(std::move(*key));
  }
  return Keyring::make(std::move(keys));
}

std::string keyring_text(const Keyring& ring) {
  nlohmann::json document = nlohmann::json::array();
  for (const Bytes& key : ring.keys()) document.push_back(key_text(key));
  return document.dump(2) + "\n";
}

}  // namespace syncer::crypto
