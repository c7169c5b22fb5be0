// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "syncer/base/assert.h"

namespace syncer::crypto {

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

const unsigned char* bytes(ByteView v) { return reinterpret_cast<const unsigned char*>(v.data()); }
unsigned char* bytes(char* p) { return reinterpret_cast<unsigned char*>(p); }
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
  bool ok = EVP_DecryptInit_ex(c.get(), cipher_for(key.size()), nullptr, bytes(key), bytes(nonce)) == 1;
  ok = ok && (data.empty() || EVP_DecryptUpdate(c.get(), nullptr, &n, bytes(data), size_of(data)) == 1);
  ok = ok && EVP_DecryptUpdate(c.get(), bytes(out.data() + at), &n, bytes(text), size_of(text)) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTag), tag.data()) == 1;
  ok = ok && EVP_DecryptFinal_ex(c.get(), bytes(out.data() + at + text.size()), &n) == 1;
  if (!ok) out.resize(at);
  return ok;
}

/// Cuts the padding of a text that begins at `at`: 1 to 16 bytes that each hold their number (PKCS 7).
OpenResult unpad(Bytes& out, std::size_t at) {
  const std::size_t length = out.size() - at;
  const auto pad = length == 0 ? std::size_t{0} : static_cast<std::size_t>(static_cast<std::uint8_t>(out.back()));
  if (pad == 0 || pad > kBlock || pad > length) return OpenResult::BadPadding;
  const bool same = std::all_of(out.end() - static_cast<std::ptrdiff_t>(pad), out.end(),
                                [&](char c) { return static_cast<std::uint8_t>(c) == pad; });
  if (!same) return OpenResult::BadPadding;
  out.resize(out.size() - pad);
  return OpenResult::Opened;
}

}  // namespace

std::size_t encrypted_length(Encryption version, std::size_t plain) {
  const std::size_t padding = version == Encryption::Padded ? kBlock - plain % kBlock : 0;
  return kHeader + plain + padding + kTag;
}

void seal(ByteView key, ByteView plain, ByteView data, const Nonce& nonce, Bytes& out, Encryption version) {
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
  int n = 0;
  bool ok = c != nullptr;
  ok = ok && EVP_EncryptInit_ex(c.get(), cipher_for(key.size()), nullptr, bytes(key), nonce.data()) == 1;
  ok = ok && (data.empty() || EVP_EncryptUpdate(c.get(), nullptr, &n, bytes(data), size_of(data)) == 1);
  ok = ok && EVP_EncryptUpdate(c.get(), bytes(out.data() + at), &n, bytes(plain), size_of(plain)) == 1;
  ok = ok && EVP_EncryptFinal_ex(c.get(), bytes(out.data() + at + plain.size()), &n) == 1;
  ok = ok &&
       EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTag), out.data() + at + plain.size()) == 1;
  SYNCER_ASSERT(ok);
}

OpenResult open(std::span<const Bytes> keys, ByteView sealed, ByteView data, Bytes& out) {
  if (sealed.empty()) return OpenResult::TooShort;
  const auto version = static_cast<std::uint8_t>(sealed[0]);
  if (version > 1) return OpenResult::UnknownVersion;
  if (sealed.size() < (version == 0 ? kPaddedOverhead : kEncryptOverhead)) return OpenResult::TooShort;
  const std::size_t at = out.size();
  for (const Bytes& key : keys) {
    if (!open_with(key, sealed, data, out)) continue;
    return version == 0 ? unpad(out, at) : OpenResult::Opened;
  }
  return OpenResult::NoKeyFits;
}

}  // namespace syncer::crypto
