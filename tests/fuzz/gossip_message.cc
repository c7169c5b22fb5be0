// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/message.h"

using namespace syncer::wire::gossip;

/// One message: what can be read must be written and read again the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  syncer::membership::Message message;
  if (decode({reinterpret_cast<const char*>(data), size}, message) != Drop::None) return 0;
  syncer::Bytes once;
  encode(message, once);
  syncer::membership::Message second;
  if (decode(once, second) != Drop::None) std::abort();
  syncer::Bytes twice;
  encode(second, twice);
  if (once != twice) std::abort();
  return 0;
}
