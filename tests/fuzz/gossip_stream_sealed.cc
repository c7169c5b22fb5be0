// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/stream.h"

using namespace syncer::wire::gossip;

namespace {

using Status = StreamReader::Status;

/// The bytes as a stream of somebody who has the key, or behind the header of a sealed frame as they are.
syncer::Bytes written(syncer::ByteView bytes, const Pool& pool, Opened opened, bool sealed) {
  syncer::Bytes stream;
  if (sealed) {
    write_stream(
        bytes, pool, opened, [] { return syncer::crypto::Nonce{1}; }, stream);
    return stream;
  }
  if (opened == Opened::ByUs) write_label(pool.label, stream);
  stream.push_back(static_cast<char>(Type::Encrypt));
  stream.append(bytes);
  return stream;
}

}  // namespace

/// A stream of a pool with keys. The first byte says which side reads it and whether its text was sealed with our key:
/// what is behind the encryption is still hostile. The second says where it is cut: both ways it ends the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const Pool pool{"blue", syncer::crypto::Keyring::make({syncer::Bytes(16, 'k')}).value()};
  const bool by_peer = (data[0] & 1U) != 0;
  const bool sealed = (data[0] & 2U) != 0;
  const syncer::ByteView bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const syncer::Bytes stream = written(bytes, pool, by_peer ? Opened::ByUs : Opened::ByPeer, sealed);
  const Opened opened = by_peer ? Opened::ByPeer : Opened::ByUs;
  StreamReader whole(pool, opened);
  const Status status = whole.feed(stream);
  if (sealed && (status == Status::NeedMore || whole.drop() == Drop::DecryptFailed)) std::abort();
  StreamReader halves(pool, opened);
  const std::size_t cut = data[1] * stream.size() / 256;
  static_cast<void>(halves.feed(syncer::ByteView(stream).substr(0, cut)));
  if (halves.feed(syncer::ByteView(stream).substr(cut)) != status || halves.drop() != whole.drop()) std::abort();
  return 0;
}
