// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/wipe.h"

#include <openssl/crypto.h>

namespace syncer::crypto {

void wipe(Bytes& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace syncer::crypto
