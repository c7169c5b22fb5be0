// SPDX-License-Identifier: Apache-2.0
// What is unfinished is looked at again with each piece that comes, so what there is to look at stays small.
#include <gtest/gtest.h>

#include "syncer/wire/gossip/stream.h"

namespace syncer::wire::gossip {
namespace {

using Status = StreamReader::Status;

/// Enough to tell what has no bound.
constexpr std::size_t kFar = 16384;

/// Bytes of `start` and then of `more`, again and again, that a reader takes before it refuses the stream.
std::size_t taken(ByteView start, ByteView more, Drop& drop) {
  const Pool open;
  StreamReader reader(open, Opened::ByPeer);
  Status status = reader.feed(start);
  std::size_t size = start.size();
  for (; status == Status::NeedMore && size < kFar; size += more.size()) status = reader.feed(more);
  drop = reader.drop();
  return size;
}

struct Endless {
  const char* name;
  Bytes start;
  Bytes more;
};

std::vector<Endless> endless() {
  using namespace std::string_literals;
  const Bytes field = "\xa0\xc0"s;  // of no name, and nil
  return {{"fields of an exchange", "\x06\xdf\xff\xff\xff\xff"s, field},
          {"fields in order", "\x06\xdd\xff\xff\xff\xff"s, "\x00"s},
          {"values of an unknown field", "\x06\x81\xa1x\xdd\xff\xff\xff\xff"s, "\xc0"s},
          {"pairs of an unknown field", "\x06\x81\xa1x\xdf\xff\xff\xff\xff"s, "\xc0\xc0"s},
          {"fields of an entry", "\x06\x81\xa5Nodes\x01\xdf\xff\xff\xff\xff"s, field},
          {"fields of compressed text", "\x09\xdf\xff\xff\xff\xff"s, field},
          {"an algorithm", "\x09\x82\xa4"s + "Algo\xdd\xff\xff\xff\xff"s, "\xc0"s},
          {"fields of a user message", "\x08\xdf\xff\xff\xff\xff"s, field},
          {"fields of a ping", "\x00\xdf\xff\xff\xff\xff"s, field},
          {"fields of an error", "\x0d\xdf\xff\xff\xff\xff"s, field}};
}

TEST(StreamWork, OfAMessageWithoutEndIsRefusedSoon) {
  for (const Endless& row : endless()) {
    SCOPED_TRACE(row.name);
    Drop drop = Drop::None;
    EXPECT_LE(taken(row.start, row.more, drop), 1024U);
    EXPECT_EQ(drop, Drop::BadMsgpack) << name(drop);
  }
}

TEST(StreamWork, LeavesRoomForFieldsOfTomorrow) {
  using namespace std::string_literals;
  Bytes ping = "\x00\x83\xa5SeqNo\x07\xa4Node\xa4"s + "east\xa5Later\xdc\x00\xc8"s;
  ping.append(200, '\x05');
  const Pool open;
  StreamReader reader(open, Opened::ByPeer);
  for (std::size_t i = 0; i + 1 < ping.size(); ++i)
    ASSERT_EQ(reader.feed(ByteView(&ping[i], 1)), Status::NeedMore) << i;
  ASSERT_EQ(reader.feed(ByteView(&ping.back(), 1)), Status::Complete) << name(reader.drop());
  EXPECT_EQ(std::get<membership::Ping>(reader.message()).seq, 7U);
}

}  // namespace
}  // namespace syncer::wire::gossip
