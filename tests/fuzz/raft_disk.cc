// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "syncer/raft/disk_format.h"

using namespace syncer;
using namespace syncer::raft;

namespace {

/// A log that was recovered is written and recovered as the same, and is torn no more.
void check_log(ByteView log, ByteView marks) {
  const auto found = recover_log(log, marks);
  if (!found) return;
  if (found->end > log.size()) std::abort();
  const Bytes written = encode_log(found->version, found->base, found->entries);
  const Position last = found->entries.empty() ? found->base : found->entries.back().at();
  const auto again = recover_log(written, encode_mark(found->version, written.size(), last));
  if (!again || again->torn || !(again->entries == found->entries) || !(again->base == found->base)) std::abort();
}

void check_metadata(ByteView first, ByteView second) {
  const auto found = recover_metadata(Bytes(first), Bytes(second));
  if (!found) return;
  const Bytes written = encode_metadata(found->metadata);
  const auto again = recover_metadata(written, std::nullopt);
  if (!again || !(again->metadata == found->metadata)) std::abort();
}

}  // namespace

/// What a damaged disk may hold: two files, the first byte says where the one ends and the other begins.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = data[0] * bytes.size() / 255;
  check_log(bytes.substr(0, cut), bytes.substr(cut));
  check_metadata(bytes.substr(0, cut), bytes.substr(cut));
  if (const auto snapshot = decode_snapshot(bytes); snapshot && encode_snapshot(*snapshot) != bytes) std::abort();
  return 0;
}
