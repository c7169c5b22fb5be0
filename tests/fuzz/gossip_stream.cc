// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/stream.h"

using namespace syncer::wire::gossip;

/// A stream in two chunks (the first byte says where it is cut): complete in one piece means complete in two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const Pool pool;
  const syncer::ByteView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = data[0] * bytes.size() / 256;
  StreamReader whole(pool, Opened::ByPeer);
  const bool complete = whole.feed(bytes) == StreamReader::Status::Complete;
  StreamReader halves(pool, Opened::ByPeer);
  static_cast<void>(halves.feed(bytes.substr(0, cut)));
  const bool also = halves.feed(bytes.substr(cut)) == StreamReader::Status::Complete;
  if (complete != also) std::abort();
  return 0;
}
