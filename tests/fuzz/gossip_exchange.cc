// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/stream.h"

using namespace syncer::wire::gossip;

/// The body of a state exchange: what is followed to its end byte by byte can be read as a whole, or makes no sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  syncer::Bytes bytes(1, static_cast<char>(Type::PushPull));
  bytes.append(reinterpret_cast<const char*>(data), size);
  StreamMessage message;
  const Drop whole = decode_stream(bytes, message);
  ExchangeProgress progress;
  const Drop followed = progress.feed(bytes);
  if (whole == Drop::None && followed != Drop::None) std::abort();
  if (followed == Drop::None && whole == Drop::Truncated) std::abort();
  return 0;
}
