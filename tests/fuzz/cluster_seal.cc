// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/raft/cluster_message.h"

using namespace syncer::wire;

namespace {

Seal seal_with(char key) {
  return {"syncer cluster 2/eu", syncer::crypto::Keyring::make({syncer::Bytes(16, key)}).value(),
          [] { return syncer::crypto::Nonce{1}; }};
}

FrameReader::Frame frame_of(FrameReader& reader, const syncer::Bytes& bytes) {
  syncer::ByteView rest(bytes);
  const auto frame = reader.next(rest);
  if (!frame || !*frame) std::abort();
  return **frame;
}

}  // namespace

/// A frame of the cluster port, type first: whatever it is, opening survives it, and what we seal opens in its place
/// only, under our key only.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const Seal ours = seal_with('k');
  static const Seal other = seal_with('o');
  const syncer::ByteView body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const FramePlace place{"dialer", "acceptor", Writer::Dialer, 5};
  static_cast<void>(ours.open(data[0], body, place));
  SealedStream stream(Writer::Acceptor);
  stream.greet(ours);
  static_cast<void>(stream.read(ours, data[0], body));
  FrameReader reader(kClusterProtocol);
  const syncer::Bytes sealed = preamble(kClusterProtocol) + ours.seal(data[0], body, place);
  const auto frame = frame_of(reader, sealed);
  const auto opened = ours.open(frame.type, frame.body, place);
  if (!opened || opened->type != data[0] || opened->body != body) std::abort();
  if (ours.open(frame.type, frame.body, {place.dialer, place.acceptor, Writer::Acceptor, 5})) std::abort();
  if (ours.open(frame.type, frame.body, {place.dialer, place.acceptor, Writer::Dialer, 6})) std::abort();
  if (ours.open(frame.type, frame.body, {place.dialer, "other", Writer::Dialer, 5})) std::abort();
  if (other.open(frame.type, frame.body, place)) std::abort();
  return 0;
}
