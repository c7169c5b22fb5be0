// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "syncer/raft/raft_node.h"
#include "tests/property/raft/assertions.h"

namespace syncer::raft::property {
namespace {

/// Numbers that collide often, and now and then one at the end of the range.
std::uint64_t number(Random& random) { return random.below(50) == 0 ? ~random.below(3) : random.below(7); }

Message any_message(Random& random) {
  Message m;
  m.type = static_cast<MessageType>(random.below(kMessageTypes));
  m.from = VoterId{1 + random.below(4)};
  m.to = VoterId{1};
  m.term = number(random);
  m.log.term = number(random);
  m.log.index = number(random);
  m.commit = number(random);
  m.hint = number(random);
  m.rejected = random.below(2) == 0;
  m.by_transfer = random.below(4) == 0;
  m.sent_at = instant(static_cast<std::int64_t>(number(random)));
  m.target = VoterId{random.below(5)};
  const Term term = random.below(5);
  const std::uint64_t count = random.below(4);
  const Index first = m.log.index + (random.below(10) == 0 ? 2 : 1);
  for (std::uint64_t i = 0; i < count; ++i) m.entries.push_back(Entry{term, first + i, "x"});
  if (m.type == MessageType::InstallSnapshot) {
    m.snapshot.emplace();
    m.snapshot->at.term = number(random);
    m.snapshot->at.index = number(random);
  }
  return m;
}

/// One thing that happens to a voter: any message, time, a finished write, a proposal, a snapshot.
void happen(RaftNode& raft, Random& random, Instant& now, bool& writing) {
  std::vector<Output> outputs;
  const std::uint64_t draw = random.below(20);
  if (draw == 0) {
    now += random.between(Duration(0), std::chrono::milliseconds(600));
    raft.advance(now, outputs);
  } else if (draw == 1) {
    static_cast<void>(raft.propose(now, "command", outputs));
  } else if (draw == 2) {
    raft.take_snapshot(now, "state", outputs);
  } else if (draw < 6 && writing) {
    writing = false;
    raft.on_persisted(now, outputs);
  } else {
    const Message m = any_message(random);
    raft.receive(now, m.from, m, outputs);
  }
  for (const Output& output : outputs) writing = writing || std::holds_alternative<Persist>(output);
}

TEST(RaftInput, NoMessageOfAPeerBreaksAVoter) {
  const AssertionsThrow guard;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed);
    Options options;
    options.trailing_entries = random.below(3);
    Instant now{};
    bool writing = false;
    RaftNode raft(VoterId{1}, {VoterId{1}, VoterId{2}, VoterId{3}}, options, random.stream("raft"), now, {});
    for (int step = 0; step < 120; ++step) {
      ASSERT_NO_THROW(happen(raft, random, now, writing)) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace syncer::raft::property
