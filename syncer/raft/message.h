// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Messages between voters. The names in brackets are the customary ones of etcd's raft.
enum class MessageType : std::uint8_t {
  PreVote,            ///< would you vote for me in this term? (MsgPreVote)
  PreVoteResponse,    ///< (MsgPreVoteResp)
  Vote,               ///< vote for me (MsgVote)
  VoteResponse,       ///< (MsgVoteResp)
  Append,             ///< entries after a position (MsgApp)
  AppendResponse,     ///< (MsgAppResp)
  Heartbeat,          ///< (MsgHeartbeat)
  HeartbeatResponse,  ///< (MsgHeartbeatResp)
  InstallSnapshot,    ///< state instead of entries that are gone (MsgSnap)
  TimeoutNow,         ///< campaign at once, by order of the leader (MsgTimeoutNow)
  Propose,            ///< entries for the leader, from a follower (MsgProp)
  Transfer,           ///< hand over to `target`, forwarded by a follower (MsgTransferLeader)
};
inline constexpr std::uint8_t kMessageTypes = 12;

/// The customary name, e.g. "MsgApp".
std::string_view name(MessageType type);

/// One message; which fields mean something depends on the type.
struct Message {
  MessageType type = MessageType::Heartbeat;
  VoterId from;
  VoterId to;
  /// Of the sender; for a pre-vote the term asked for. 0 in Propose and Transfer: they belong to no term.
  Term term = 0;
  /// Votes: the last entry. Append: the entry before the new ones. AppendResponse: the acknowledged or refused index;
  /// its term is the hint's when refused.
  Position log;
  Index commit = 0;
  bool rejected = false;
  /// Of a refused append: the last index at which both logs may still agree.
  Index hint = 0;
  /// The vote was ordered by the leader: it passes the voters' lease.
  bool by_transfer = false;
  /// The leader's clock when it sent; a response carries it back (write lease).
  Instant sent_at{};
  /// Of Transfer.
  VoterId target;
  std::vector<Entry> entries;
  std::optional<Snapshot> snapshot;

  bool operator==(const Message&) const = default;
};

/// A message whose term is further ahead than this is not looked at: an election a second needs 18 hours for as many,
/// and whoever makes terms up never gets near to where they end.
inline constexpr Term kMaxTermJump = 65536;

/// Why a message was not looked at.
enum class DropReason : std::uint8_t {
  Stranger,   ///< the sender is no voter of this group, or the message is for another voter
  Malformed,  ///< fields contradict each other
  FarTerm,    ///< a term further ahead than elections come; see kMaxTermJump
  BeyondLog,  ///< a commit index or acknowledgement past the end of the log
};
/// Stable lower-case name, e.g. "stranger".
std::string_view name(DropReason reason);

/// A promise, true only once everything it relies on is durable.
bool is_promise(MessageType type);
/// Numbers are far from wrapping around, entries ascend by one from `log`, terms do not fall, a snapshot is where one
/// belongs.
bool well_formed(const Message& message);

}  // namespace syncer::raft
