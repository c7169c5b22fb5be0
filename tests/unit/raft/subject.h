// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "syncer/raft/raft.h"

namespace syncer::raft {

inline constexpr std::chrono::milliseconds kTimeout(1000);
inline constexpr std::chrono::milliseconds kBeat(100);
inline constexpr VoterId kSelf{1};
inline constexpr VoterId kTwo{2};
inline constexpr VoterId kThree{3};

inline Options test_options() {
  Options options;
  options.election_timeout = kTimeout;
  options.heartbeat_interval = kBeat;
  return options;
}

/// Entries of these terms, indices ascending from `first`.
inline std::vector<Entry> entries(Index first, const std::vector<Term>& terms) {
  std::vector<Entry> out;
  for (const Term term : terms) {
    const Index index = first++;
    out.push_back(Entry{term, index, "e" + std::to_string(index)});
  }
  return out;
}

inline Message message(MessageType type, VoterId from, Term term) {
  Message m;
  m.type = type;
  m.from = from;
  m.to = kSelf;
  m.term = term;
  return m;
}

inline Message append(VoterId from, Term term, Position previous, std::vector<Entry> added, Index commit) {
  Message m = message(MessageType::Append, from, term);
  m.log = previous;
  m.entries = std::move(added);
  m.commit = commit;
  return m;
}

inline Message acknowledge(VoterId from, Term term, Index index) {
  Message m = message(MessageType::AppendResponse, from, term);
  m.log.index = index;
  return m;
}

inline Message refuse(VoterId from, Term term, Index index, Position hint) {
  Message m = acknowledge(from, term, index);
  m.rejected = true;
  m.hint = hint.index;
  m.log.term = hint.term;
  return m;
}

inline Message vote_request(VoterId from, Term term, Position last, MessageType type = MessageType::Vote) {
  Message m = message(type, from, term);
  m.log = last;
  return m;
}

/// Raft 1 of a group with a clock of its own and a disk that is done at once, by default.
class Subject {
 public:
  explicit Subject(Options options = test_options(), Stored stored = {}, std::size_t voters = 3)
      : voter(kSelf, group(voters), options, Random(1), now, std::move(stored)) {}

  static std::vector<VoterId> group(std::size_t voters) {
    std::vector<VoterId> ids;
    for (std::size_t i = 1; i <= voters; ++i) ids.push_back(VoterId{i});
    return ids;
  }

  /// Handles a message and everything that follows from storing; what it wants to send.
  std::vector<Message> receive(const Message& m) {
    dropped = voter.receive(now, m);
    return settle();
  }
  std::vector<Message> pass(Duration span) {
    now += span;
    voter.advance(now);
    return settle();
  }
  /// Stores whatever waits until nothing does.
  std::vector<Message> settle() {
    std::vector<Message> out;
    while (voter.has_ready()) {
      Ready ready = voter.take_ready();
      out.insert(out.end(), ready.messages.begin(), ready.messages.end());
      out.insert(out.end(), ready.promises.begin(), ready.promises.end());
      voter.on_stored(now);
    }
    return out;
  }
  /// Makes it leader of the next term by the votes of all others; what it sends on the way.
  std::vector<Message> lead() {
    voter.campaign(now);
    settle();
    const bool pre = voter.soft_state().role == Role::PreCandidate;
    if (pre) answer_all(MessageType::PreVoteResponse, voter.term() + 1);
    return answer_all(MessageType::VoteResponse, voter.term());
  }
  /// Leads, with every peer in replicate and everything committed.
  void lead_in_step() {
    lead();
    const Index last = voter.log().last().index;
    for (const VoterId id : voter.group().voters()) {
      if (id != kSelf) receive(acknowledge(id, voter.term(), last));
    }
  }
  const Progress& peer(VoterId id) const { return voter.progress().at(id); }
  Role role() const { return voter.soft_state().role; }

  Instant now{};
  Raft voter;
  std::optional<DropReason> dropped;

 private:
  std::vector<Message> answer_all(MessageType type, Term term) {
    std::vector<Message> out;
    for (const VoterId id : voter.group().voters()) {
      if (id == kSelf) continue;
      for (Message& m : receive(message(type, id, term))) out.push_back(std::move(m));
    }
    return out;
  }
};

/// Messages to one peer.
inline std::vector<Message> to(VoterId id, const std::vector<Message>& sent) {
  std::vector<Message> out;
  std::copy_if(sent.begin(), sent.end(), std::back_inserter(out), [&](const Message& m) { return m.to == id; });
  return out;
}

}  // namespace syncer::raft
