// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"
#include "tests/support/allocations/allocations.h"

namespace syncer::wire::gossip {
namespace {

TEST(Codec, AllocatesNothingOnceItsBuffersHaveGrown) {
  const Bytes meta(100, 'm');
  const membership::Message alive =
      membership::Alive{7, "east", Endpoint::v4(10, 0, 0, 1, 30190), meta, "\x01\x05\x02\x02\x05\x05"};
  const Pool open;
  Bytes bytes;
  Unpacked unpacked;
  const auto once = [&] {
    bytes.clear();
    encode(alive, bytes);
    unpack(bytes, open, unpacked);
    membership::Message read;
    return unpacked.messages.size() == 1 && decode(unpacked.messages[0], read) == Drop::None;
  };
  ASSERT_TRUE(once());
  const test::Allocations allocations;
  bool good = true;
  for (int i = 0; i < 1000; ++i) good = once() && good;
  EXPECT_EQ(allocations.count(), 0U);
  EXPECT_TRUE(good);
}

TEST(Allocations, AreCounted) {
  const test::Allocations allocations;
  { const Bytes big(1U << 20U, 'x'); }
  EXPECT_EQ(allocations.count(), 1U);
  EXPECT_GE(allocations.peak(), std::size_t{1U << 20U});
}

}  // namespace
}  // namespace syncer::wire::gossip
