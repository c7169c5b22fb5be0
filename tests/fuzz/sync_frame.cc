// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

using namespace syncer::wire;

namespace {

/// Frames of a stream so far, and whether it was refused.
struct Read {
  std::vector<syncer::Bytes> frames;
  bool refused = false;
  bool operator==(const Read&) const = default;
};

void take(FrameReader& reader, syncer::ByteView input, Read& into) {
  while (!into.refused) {
    const auto frame = reader.next(input);
    into.refused = !frame;
    if (!frame || !*frame) return;
    into.frames.push_back(syncer::Bytes(1, static_cast<char>((*frame)->type)) + syncer::Bytes((*frame)->body));
  }
}

}  // namespace

/// A stream between regions, in one piece and in two (the first byte says where it is cut): the same frames.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const syncer::ByteView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = data[0] * bytes.size() / 256;
  Read whole;
  FrameReader in_one(kSyncProtocol);
  take(in_one, bytes, whole);
  Read halves;
  FrameReader in_two(kSyncProtocol);
  take(in_two, bytes.substr(0, cut), halves);
  take(in_two, bytes.substr(cut), halves);
  if (whole != halves) std::abort();
  return 0;
}
