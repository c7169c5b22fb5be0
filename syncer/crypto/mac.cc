// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "syncer/base/assert.h"

namespace syncer::crypto {

Bytes hmac_sha256(ByteView key, ByteView text) {
  Bytes mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), reinterpret_cast<unsigned char*>(mac.data()), &length);
  SYNCER_ASSERT(made != nullptr);
  mac.resize(length);
  return mac;
}

bool same_mac(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace syncer::crypto
