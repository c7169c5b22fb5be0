// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/wire/gossip/serf.h"

using namespace syncer::wire::gossip;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// A query that is written again is read the same; only its filters are not written.
void check_query(syncer::ByteView payload) {
  const auto query = decode_query(payload);
  if (!query) return;
  const syncer::Bytes once = encode_query(*query);
  const auto again = decode_query(once);
  require(again && !again->filtered && encode_query(*again) == once);
  static_cast<void>(key_verb(query->name));
  static_cast<void>(decode_key_request(query->payload));
}

void check_clock(syncer::ByteView payload) {
  const auto clock = read_clock(payload);
  if (!clock) return;
  require(is_serf_message(payload));
  require(read_clock(encode_user_state(*clock)) == clock);
  require(read_clock(encode_leave_intent(*clock, "n")) == clock);
}

/// Tags are read the same again, unless they are more than a member may have.
void check_tags(syncer::ByteView meta) {
  const auto tags = decode_tags(meta);
  if (!tags) return;
  const auto written = encode_tags(*tags);
  if (written) require(decode_tags(*written) == tags);
}

}  // namespace

/// What serf puts into user messages, user states and metadata.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const syncer::ByteView bytes(reinterpret_cast<const char*>(data), size);
  check_query(bytes);
  check_clock(bytes);
  check_tags(bytes);
  static_cast<void>(decode_key_request(bytes));
  return 0;
}
