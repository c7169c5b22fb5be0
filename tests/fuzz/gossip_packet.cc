// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"

using namespace syncer::wire::gossip;

/// A datagram as it comes from the network: label, checksum, compression, compound, messages.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Pool pool;
  static Unpacked unpacked;
  unpack({reinterpret_cast<const char*>(data), size}, pool, unpacked);
  for (const syncer::ByteView part : unpacked.messages) {
    syncer::membership::Message message;
    static_cast<void>(decode(part, message));
  }
  return 0;
}
