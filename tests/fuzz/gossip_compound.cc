// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"

using namespace syncer::wire::gossip;

/// The body of a compound: parts lie inside the packet and do not overlap.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Pool pool;
  static Unpacked unpacked;
  syncer::Bytes packet(1, static_cast<char>(Type::Compound));
  packet.append(reinterpret_cast<const char*>(data), size);
  unpack(packet, pool, unpacked);
  std::size_t total = 0;
  for (const syncer::ByteView part : unpacked.messages) total += part.size();
  if (total > packet.size()) std::abort();
  return 0;
}
