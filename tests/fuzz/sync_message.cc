// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

using namespace syncer::wire;

/// The body of a frame between regions, type first: what can be read is written and read the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto message = decode_sync(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!message) return 0;
  const syncer::Bytes stream = preamble(kSyncProtocol) + encode_sync(*message);
  syncer::ByteView rest(stream);
  FrameReader reader(kSyncProtocol);
  const auto frame = reader.next(rest);
  if (!frame || !*frame || (*frame)->type != data[0]) std::abort();
  const auto again = decode_sync((*frame)->type, (*frame)->body);
  if (!again || *again != *message) std::abort();
  return 0;
}
