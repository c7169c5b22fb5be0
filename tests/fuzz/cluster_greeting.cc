// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/raft/cluster_message.h"

using namespace syncer::wire;

namespace {

/// As the cluster port reads of who has not said who he is.
constexpr std::size_t kMaxGreeting = std::size_t{16} << 10U;
constexpr std::size_t kHeader = 16;  // more than frames and preambles have before their bodies

Seal seal_with(bool key) {
  auto ring = key ? syncer::crypto::Keyring::make({syncer::Bytes(32, 'k')}).value() : syncer::crypto::Keyring();
  return {"syncer cluster 1/eu", std::move(ring), [] { return syncer::crypto::Nonce{1}; }};
}

/// A message that was read is written and read as the same.
void check(const ClusterMessage& message) {
  const ClusterFrame frame = cluster_frame(message);
  const auto again = decode_cluster(frame.type, frame.body);
  if (!again || cluster_frame(*again).body != frame.body) std::abort();
}

}  // namespace

/// What a stranger says on an accepted stream of the cluster port, in pieces (the first byte: their size, and whether
/// the pool has a key): at most a few KiB of it are held, and with a key none of it is a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool has_key = (data[0] & 1U) != 0;
  const std::size_t piece = 1 + (data[0] >> 1U);
  static const Seal open = seal_with(false);
  static const Seal closed = seal_with(true);
  const Seal& seal = has_key ? closed : open;
  FrameReader reader(kClusterProtocol);
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
      if (const auto message = decode_cluster((*opened)->type, (*opened)->body)) check(*message);
    }
  }
  return 0;
}
