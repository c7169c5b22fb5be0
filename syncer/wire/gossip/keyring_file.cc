// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/keyring_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace syncer::wire::gossip {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

tl::unexpected<Error> refuse(std::string detail) { return failure(ErrorCode::Invalid, "", std::move(detail)); }

}  // namespace

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

}  // namespace syncer::wire::gossip
