// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

/// Undoes LZW as the Go standard library writes it (least significant bit first, 8-bit literals, codes of 9 to 12
/// bits). Stops with DecompressLimit before `out` would grow over `limit`; bytes behind the end code are ignored.
Drop lzw_decompress(ByteView in, std::size_t limit, Bytes& out);

}  // namespace syncer::wire::gossip
