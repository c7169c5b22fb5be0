// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/hand_made.h"

namespace syncer::raft::property {
namespace {

/// Follower at term 3 with entries 1/1, 1/2, 2/3.
Raft follower() {
  Stored stored;
  stored.hard_state.term = 3;
  stored.entries = {{1, 1, "a"}, {1, 2, "b"}, {2, 3, "c"}};
  return Raft(VoterId{1}, {VoterId{1}, VoterId{2}, VoterId{3}}, Options{}, Random(1), Instant{}, stored);
}

Message from_leader(MessageType type) {
  Message m;
  m.type = type;
  m.from = VoterId{2};
  m.to = VoterId{1};
  m.term = 3;
  return m;
}

}  // namespace

Broken append_proves_too_much(std::uint64_t) {
  Raft voter = follower();
  Message append = from_leader(MessageType::Append);
  append.log = {1, 1};
  append.entries = {{1, 2, "b"}};
  append.commit = 3;
  voter.receive(Instant{}, append);
  const Ready ready = voter.take_ready();
  if (voter.log().commit() != 2) return "commit went beyond what the append proved";
  if (ready.promises.at(0).log.index != 2) return "acknowledged more than the append proved";
  if (!voter.log().holds({2, 3})) return "removed an entry without a conflict";
  return std::nullopt;
}

Broken snapshot_discards_a_tail(std::uint64_t) {
  Raft voter = follower();
  Message install = from_leader(MessageType::InstallSnapshot);
  install.snapshot = Snapshot{{1, 2}, "ab"};
  voter.receive(Instant{}, install);
  if (!voter.log().holds({2, 3})) return "a snapshot discarded a longer log";
  return std::nullopt;
}

}  // namespace syncer::raft::property
