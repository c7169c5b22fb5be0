// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/lzw.h"

/// Compressed text never grows over the limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLimit = 65536;
  syncer::Bytes out;
  static_cast<void>(syncer::wire::gossip::lzw_decompress({reinterpret_cast<const char*>(data), size}, kLimit, out));
  if (out.size() > kLimit) std::abort();
  return 0;
}
