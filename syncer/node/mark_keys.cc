// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/mark_keys.h"

#include <string_view>

#include "syncer/crypto/mac.h"
#include "syncer/crypto/wipe.h"

namespace syncer::node {
namespace {

using registry::MarkSeal;
using registry::Proof;

/// The front of a MAC, in hexadecimal digits.
std::string signature_of(ByteView key, ByteView text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const Bytes mac = crypto::hmac_sha256(key, text);
  std::string digits;
  for (std::size_t i = 0; i < MarkSeal::kLength / 2; ++i) {
    const auto byte = static_cast<std::uint8_t>(mac[i]);
    digits.push_back(kDigits[byte >> 4U]);
    digits.push_back(kDigits[byte & 15U]);
  }
  return digits;
}

}  // namespace

void MarkKeys::set(const crypto::Keyring& ring) {
  wipe();
  for (const Bytes& key : ring.keys()) keys_.push_back(crypto::hmac_sha256(key, "syncer marks 1"));
}

void MarkKeys::wipe() {
  for (Bytes& key : keys_) crypto::wipe(key);
  keys_.clear();
}

MarkSeal MarkKeys::seal() const {
  return {[this] { return !keys_.empty(); }, [this](ByteView text) { return signature_of(keys_.front(), text); },
          [this](ByteView text, std::string_view signature) { return check(text, signature); }};
}

Proof MarkKeys::check(ByteView text, std::string_view signature) const {
  for (const Bytes& key : keys_) {
    if (!crypto::same_mac(signature_of(key, text), signature)) continue;
    return &key == &keys_.front() ? Proof::Current : Proof::Former;
  }
  return Proof::None;
}

}  // namespace syncer::node
