// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/packet.h"

using namespace syncer::wire::gossip;

/// A datagram sealed by somebody who has the key: everything behind the encryption is still hostile.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Pool pool{"blue", syncer::crypto::Keyring::make({syncer::Bytes(16, 'k')}).value()};
  static Unpacked unpacked;
  syncer::Bytes packet;
  write_label(pool.label, packet);
  pool.keys.seal({reinterpret_cast<const char*>(data), size}, pool.label, syncer::crypto::Nonce{1}, packet);
  unpack(packet, pool, unpacked);
  if (unpacked.drop == Drop::DecryptFailed) std::abort();
  return 0;
}
