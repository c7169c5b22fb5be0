// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/crypt.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "syncer/base/assert.h"

namespace syncer::wire::gossip {

namespace {

constexpr std::size_t kTag = 16;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kHeader = 1 + std::tuple_size_v<Nonce>;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const EVP_CIPHER* cipher_for(std::size_t key_length) {
  if (key_length == 16) return EVP_aes_128_gcm();
  return key_length == 24 ? EVP_aes_192_gcm() : EVP_aes_256_gcm();
}

const unsigned char* octets(ByteView v) { return reinterpret_cast<const unsigned char*>(v.data()); }
unsigned char* octets(char* p) { return reinterpret_cast<unsigned char*>(p); }
int size_of(ByteView v) { return static_cast<int>(v.size()); }

/// Appends the text that `key` opens. False, and nothing appended, when it does not.
bool open_with(const Bytes& key, ByteView sealed, ByteView data, Bytes& out) {
  const ByteView nonce = sealed.substr(1, kHeader - 1);
  const ByteView text = sealed.substr(kHeader, sealed.size() - kHeader - kTag);
  Bytes tag(sealed.substr(sealed.size() - kTag));
  const Context c(EVP_CIPHER_CTX_new());
  SYNCER_ASSERT(c != nullptr);
  const std::size_t at = out.size();
  out.resize(at + text.size());
  int n = 0;
  bool ok = EVP_DecryptInit_ex(c.get(), cipher_for(key.size()), nullptr, octets(key), octets(nonce)) == 1;
  ok = ok && (data.empty() || EVP_DecryptUpdate(c.get(), nullptr, &n, octets(data), size_of(data)) == 1);
  ok = ok && EVP_DecryptUpdate(c.get(), octets(out.data() + at), &n, octets(text), size_of(text)) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTag), tag.data()) == 1;
  ok = ok && EVP_DecryptFinal_ex(c.get(), octets(out.data() + at + text.size()), &n) == 1;
  if (!ok) out.resize(at);
  return ok;
}

/// Cuts the padding of a text that begins at `at`: 1 to 16 octets that all tell their number (PKCS 7).
Drop unpad(Bytes& out, std::size_t at) {
  const std::size_t length = out.size() - at;
  const auto pad = length == 0 ? std::size_t{0} : static_cast<std::size_t>(static_cast<std::uint8_t>(out.back()));
  if (pad == 0 || pad > kBlock || pad > length) return Drop::BadPadding;
  const bool same = std::all_of(out.end() - static_cast<std::ptrdiff_t>(pad), out.end(),
                                [&](char c) { return static_cast<std::uint8_t>(c) == pad; });
  if (!same) return Drop::BadPadding;
  out.resize(out.size() - pad);
  return Drop::None;
}

}  // namespace

std::size_t encrypted_length(Encryption version, std::size_t plain) {
  const std::size_t padding = version == Encryption::Padded ? kBlock - plain % kBlock : 0;
  return kHeader + plain + padding + kTag;
}

void Keyring::seal(ByteView plain, ByteView data, const Nonce& nonce, Bytes& out, Encryption version) const {
  SYNCER_ASSERT(!keys_.empty());
  Bytes padded;
  if (version == Encryption::Padded) {
    const std::size_t pad = kBlock - plain.size() % kBlock;
    padded.assign(plain);
    padded.append(pad, static_cast<char>(pad));
    plain = padded;
  }
  out.push_back(static_cast<char>(version));
  out.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  const std::size_t at = out.size();
  out.resize(at + plain.size() + kTag);
  const Context c(EVP_CIPHER_CTX_new());
  const Bytes& key = keys_.front();
  int n = 0;
  bool ok = c != nullptr;
  ok = ok && EVP_EncryptInit_ex(c.get(), cipher_for(key.size()), nullptr, octets(key), nonce.data()) == 1;
  ok = ok && (data.empty() || EVP_EncryptUpdate(c.get(), nullptr, &n, octets(data), size_of(data)) == 1);
  ok = ok && EVP_EncryptUpdate(c.get(), octets(out.data() + at), &n, octets(plain), size_of(plain)) == 1;
  ok = ok && EVP_EncryptFinal_ex(c.get(), octets(out.data() + at + plain.size()), &n) == 1;
  ok = ok &&
       EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTag), out.data() + at + plain.size()) == 1;
  SYNCER_ASSERT(ok);
}

Drop Keyring::open(ByteView sealed, ByteView data, Bytes& out) const {
  if (sealed.empty()) return Drop::DecryptShort;
  const auto version = static_cast<std::uint8_t>(sealed[0]);
  if (version > 1) return Drop::DecryptVersion;
  if (sealed.size() < (version == 0 ? kPaddedOverhead : kEncryptOverhead)) return Drop::DecryptShort;
  const std::size_t at = out.size();
  for (const Bytes& key : keys_) {
    if (!open_with(key, sealed, data, out)) continue;
    return version == 0 ? unpad(out, at) : Drop::None;
  }
  return Drop::DecryptFailed;
}

}  // namespace syncer::wire::gossip
