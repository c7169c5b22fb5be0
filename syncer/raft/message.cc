// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/message.h"

#include <array>

namespace syncer::raft {
namespace {

bool entries_follow(const Message& m) {
  Position before = m.log;
  for (const Entry& entry : m.entries) {
    if (entry.index != before.index + 1 || entry.term < before.term || entry.term > m.term) return false;
    before = entry.at();
  }
  return true;
}

/// Far beyond what a group reaches, far below where sums wrap around.
constexpr std::uint64_t kLimit = std::uint64_t{1} << 62U;

bool within_limits(const Message& m) {
  for (const std::uint64_t number : {m.term, m.log.term, m.log.index, m.commit, m.hint}) {
    if (number >= kLimit) return false;
  }
  return !m.snapshot || m.snapshot->at.index < kLimit;
}

}  // namespace

std::string_view name(MessageType type) {
  static constexpr std::array<std::string_view, kMessageTypes> kNames = {
      "MsgPreVote",   "MsgPreVoteResp",   "MsgVote", "MsgVoteResp",   "MsgApp",  "MsgAppResp",
      "MsgHeartbeat", "MsgHeartbeatResp", "MsgSnap", "MsgTimeoutNow", "MsgProp", "MsgTransferLeader"};
  return kNames.at(static_cast<std::size_t>(type));
}

std::string_view name(DropReason reason) {
  switch (reason) {
    case DropReason::Stranger:
      return "stranger";
    case DropReason::Malformed:
      return "malformed";
    case DropReason::FarTerm:
      return "term_too_far";
    case DropReason::BeyondLog:
      return "beyond_log";
  }
  return "unknown";
}

bool is_promise(MessageType type) {
  return type == MessageType::AppendResponse || type == MessageType::VoteResponse ||
         type == MessageType::PreVoteResponse;
}

bool well_formed(const Message& m) {
  if (!within_limits(m)) return false;
  const bool is_snapshot = m.type == MessageType::InstallSnapshot;
  if (m.snapshot.has_value() != is_snapshot) return false;
  if (is_snapshot && (m.snapshot->at.index == 0 || m.snapshot->at.term > m.term)) return false;
  const bool carries_no_term = m.type == MessageType::Propose || m.type == MessageType::Transfer;
  if (carries_no_term && m.term != 0) return false;
  // A voter that never saw an election refuses a pre-vote with its term 0.
  if (!carries_no_term && m.term == 0 && m.type != MessageType::PreVoteResponse) return false;
  if (m.type == MessageType::Append) return m.log.term <= m.term && entries_follow(m);
  return m.entries.empty() || m.type == MessageType::Propose;
}

}  // namespace syncer::raft
