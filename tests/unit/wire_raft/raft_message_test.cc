// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "syncer/wire/raft/cluster_message.h"

namespace syncer::wire {
namespace {

using raft::Entry;
using raft::Message;
using raft::MessageType;
using raft::Snapshot;
using raft::VoterId;

Message any_message() {
  Message m;
  m.type = static_cast<MessageType>(*rc::gen::inRange<int>(0, raft::kMessageTypes));
  m.from = VoterId{*rc::gen::inRange<std::uint64_t>(0, 9)};
  m.to = VoterId{*rc::gen::arbitrary<std::uint64_t>()};
  m.term = *rc::gen::arbitrary<std::uint64_t>();
  m.log = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
  m.commit = *rc::gen::arbitrary<std::uint64_t>();
  m.rejected = *rc::gen::arbitrary<bool>();
  m.hint = *rc::gen::arbitrary<std::uint64_t>();
  m.by_transfer = *rc::gen::arbitrary<bool>();
  m.sent_at = instant(*rc::gen::arbitrary<std::int64_t>());
  m.target = VoterId{*rc::gen::inRange<std::uint64_t>(0, 9)};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const auto term = *rc::gen::arbitrary<std::uint64_t>();
    const auto index = *rc::gen::arbitrary<std::uint64_t>();
    m.entries.push_back(Entry{term, index, *rc::gen::arbitrary<std::string>()});
  }
  if (*rc::gen::arbitrary<bool>()) m.snapshot = Snapshot{{3, 4}, *rc::gen::arbitrary<std::string>()};
  return m;
}

RC_GTEST_PROP(RaftMessage, SurvivesTheWire, ()) {
  const Message m = any_message();
  const Result<Message> read = decode_raft(encode_raft(m));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == m);
}

RC_GTEST_PROP(RaftMessage, RefusesEveryPrefixAndEveryTail, ()) {
  const Bytes bytes = encode_raft(any_message());
  for (std::size_t size = 0; size < bytes.size(); ++size) RC_ASSERT(!decode_raft(ByteView(bytes).substr(0, size)));
  RC_ASSERT(!decode_raft(bytes + "x"));
}

RC_GTEST_PROP(RaftMessage, TakesAnyBytesWithoutHarm, (const std::string& bytes)) {
  const Result<Message> read = decode_raft(bytes);
  if (read) RC_ASSERT(encode_raft(*read).size() <= bytes.size());
}

TEST(RaftMessage, NamesAnUnknownFormatVersion) {
  Bytes bytes = encode_raft(Message{});
  bytes[0] = 2;
  const Result<Message> read = decode_raft(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::Unsupported);
}

TEST(RaftMessage, DoesNotBelieveACountThatTheInputCannotHold) {
  Bytes bytes = encode_raft(Message{});
  bytes.pop_back();  // the number of entries
  ByteWriter(bytes).varint(1ULL << 40U);
  EXPECT_FALSE(decode_raft(bytes));
}

}  // namespace
}  // namespace syncer::wire
