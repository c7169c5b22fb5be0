// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/crypto/keyring.h"

using namespace syncer::crypto;

/// A keyring file: what can be read is written and read again the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ring = parse_keyring({reinterpret_cast<const char*>(data), size});
  if (!ring) return 0;
  const auto again = parse_keyring(keyring_text(*ring));
  if (!again || again->keys() != ring->keys()) std::abort();
  return 0;
}
