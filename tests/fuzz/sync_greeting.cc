// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/sync/message.h"

using namespace syncer::wire;

namespace {

/// As the links between regions read of who has not said who he is.
constexpr std::size_t kMaxGreeting = std::size_t{4} << 10U;
constexpr std::size_t kHeader = 16;  // more than frames and preambles have before their bodies

Seal seal_with(bool key) {
  auto ring = key ? syncer::crypto::Keyring::make({syncer::Bytes(32, 'k')}).value() : syncer::crypto::Keyring();
  return {"syncer sync 1", std::move(ring), [] { return syncer::crypto::Nonce{1}; }};
}

}  // namespace

/// What a stranger says on an accepted stream between regions, in pieces (the first byte: their size, and whether the
/// pool has a key): at most a few KiB of it are held, and with a key none of it is a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool has_key = (data[0] & 1U) != 0;
  const std::size_t piece = 1 + (data[0] >> 1U);
  static const Seal open = seal_with(false);
  static const Seal closed = seal_with(true);
  const Seal& seal = has_key ? closed : open;
  FrameReader reader(kSyncProtocol);
  reader.limit(kMaxGreeting);
  SealedStream stream(Writer::Acceptor);
  stream.greet(seal);
  syncer::ByteView rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    syncer::ByteView bytes = rest.substr(0, piece);
    rest.remove_prefix(bytes.size());
    while (true) {
      const auto frame = reader.next(bytes);
      if (!frame) return 0;
      if (reader.buffered() > kMaxGreeting + kHeader) std::abort();
      if (!*frame) break;
      const auto opened = stream.read(seal, (*frame)->type, (*frame)->body);
      if (!opened) return 0;
      if (!*opened) continue;
      if (has_key) std::abort();  // who has no key seals nothing
      static_cast<void>(decode_sync((*opened)->type, (*opened)->body));
    }
  }
  return 0;
}
