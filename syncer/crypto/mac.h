// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"

namespace syncer::crypto {

/// HMAC-SHA256 (RFC 2104) of a text under a key of any length: 32 bytes.
Bytes hmac_sha256(ByteView key, ByteView text);

/// Compares in a time that depends on the lengths alone.
bool same_mac(ByteView a, ByteView b);

}  // namespace syncer::crypto
