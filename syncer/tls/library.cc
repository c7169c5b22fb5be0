// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/library.h"

#include <openssl/crypto.h>

namespace syncer::tls {

std::string library_version() { return ::OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace syncer::tls
