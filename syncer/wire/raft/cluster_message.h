// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"
#include "syncer/raft/message.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {

/// The protocol between the syncers of one region, on the cluster port.
inline constexpr StreamProtocol kClusterProtocol{"RAFT", 1, "cluster"};

/// Most slots a region's group may have.
inline constexpr std::size_t kMaxVoterSlots = 7;

/// A place in the region's group of voters. It belongs to one disk: the same name on an empty disk is another voter,
/// because what the old one promised is gone.
struct VoterSlot {
  std::string node;
  std::uint64_t disk = 0;  ///< drawn once, at the first start on an empty disk
  Endpoint address;        ///< of the cluster port; may change, the slot stays the same
  bool operator==(const VoterSlot&) const = default;
};

/// How far a syncer is with the region's group.
enum class VoterStage : std::uint8_t {
  Fresh,     ///< bound to no list
  Proposed,  ///< bound to a list (durably), but not all on it have announced it yet
  Voting,    ///< the group exists, and this disk has a slot
};

/// First frame of a dialer, and again whenever it changes: its identity and the list it is bound to.
struct ClusterHello {
  std::string region;
  std::string node;
  std::uint64_t disk = 0;
  VoterStage stage = VoterStage::Fresh;
  std::vector<VoterSlot> slots;  ///< empty while Fresh
  std::uint64_t group = 0;       ///< names the group for as long as it exists; 0 until it does
  raft::Index list_version = 0;  ///< the log's entry that gave a slot to another disk last; 0 for the list as founded
  raft::Term term = 0;           ///< of the voter at that moment; 0 while it is none
  std::vector<std::string> keys = {};  ///< ids of the gossip keys it has
  bool operator==(const ClusterHello&) const = default;
};

/// Proof of life: the dialer asks, the acceptor answers.
struct Pulse {
  bool answer = false;
  bool operator==(const Pulse&) const = default;
};

/// A gossip key that the other one lacks. Only ever sent sealed, on a link that needs a key of the same ring.
struct KeyShare {
  Bytes key;
  bool operator==(const KeyShare&) const = default;
};

/// What the syncers of one region send each other.
using ClusterMessage = std::variant<ClusterHello, Pulse, KeyShare, raft::Message>;

/// One Raft message as bytes, without framing: format version, type, flags, then varints in the order of the struct.
Bytes encode_raft(const raft::Message& message);

/// Reads what encode_raft wrote. ErrorCode::Unsupported for another format version, ErrorCode::Corrupt for bytes that
/// are no message or have something left over. Allocates no more than the input holds.
Result<raft::Message> decode_raft(ByteView bytes);

/// A frame that is not on the wire yet.
struct ClusterFrame {
  std::uint8_t type = 0;
  Bytes body;
};
ClusterFrame cluster_frame(const ClusterMessage& message);
/// One whole frame.
Bytes encode_cluster(const ClusterMessage& message);
/// Reads the body of a frame. ErrorCode::Corrupt or Unsupported when it is none of ours.
Result<ClusterMessage> decode_cluster(std::uint8_t type, ByteView body);

/// Longest id of a gossip key, and most of them in one list.
inline constexpr std::size_t kMaxKeyId = 16;
inline constexpr std::size_t kMaxKeyIds = 64;
/// A list of key ids inside something larger; reading fails when there are too many or one is too long.
void write_key_ids(ByteWriter& w, const std::vector<std::string>& ids);
std::vector<std::string> read_key_ids(ByteReader& r);

/// A list of slots inside something larger.
void write_slots(ByteWriter& w, const std::vector<VoterSlot>& slots);
/// Fails the reader when there are too many or an address is none.
std::vector<VoterSlot> read_slots(ByteReader& r);

}  // namespace syncer::wire
