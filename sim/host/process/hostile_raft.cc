// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_raft.h"

#include <algorithm>
#include <utility>

namespace sim::host {

namespace raft = syncer::raft;
namespace wire = syncer::wire;
using syncer::LinkId;

namespace {

raft::VoterId voter_of(const wire::ClusterHello& list, const std::string& node) {
  for (std::size_t i = 0; i < list.slots.size(); ++i) {
    if (list.slots[i].node == node) return {i + 1};
  }
  return raft::kNobody;
}

}  // namespace

void HostileRaft::act(syncer::Instant) {
  for (const HostileOrder::Target& target : context_.order.targets) {
    if (streams_.dialled(target.name) == 0) streams_.dial(target.name, target.cluster, syncer::Channel::Raft);
  }
  for (const LinkId id : streams_.open()) lie(id);
}

void HostileRaft::on_stream_accepted(LinkId link, syncer::Listener listener) {
  if (listener == syncer::Listener::Cluster) streams_.accepted(link);
}

void HostileRaft::on_stream_connected(LinkId id) { streams_.connected(id); }

void HostileRaft::on_stream_data(syncer::Instant, LinkId id, syncer::ByteView bytes) {
  streams_.read(
      id, bytes, [] {},
      [&](const wire::PlainFrame& frame) {
        if (!streams_.target(id).empty()) return;  // of a dialled one only the challenge matters
        auto message = wire::decode_cluster(frame.type, frame.body);
        if (!message) return;
        if (auto* hello = std::get_if<wire::ClusterHello>(&*message)) learned_[hello->node] = std::move(*hello);
      });
}

void HostileRaft::on_stream_closed(LinkId link) {
  if (streams_.contains(link) && !streams_.target(link).empty()) ++tries_;
  streams_.closed(link);
}

/// In turn as each of the other voters: in the name of one that is there it is refused.
void HostileRaft::lie(LinkId id) {
  const std::string target = streams_.target(id);
  const auto say = [&](const wire::ClusterMessage& message) { streams_.send(id, wire::encode_cluster(message)); };
  std::vector<const wire::ClusterHello*> others;
  for (const auto& [name, hello] : learned_) {
    if (name != target && hello.stage == wire::VoterStage::Voting) others.push_back(&hello);
  }
  if (others.empty()) return;
  wire::ClusterHello hello = *others[tries_ % others.size()];
  if (context_.order.deed == HostileDeed::List) {
    hello.list_version += 1000;
    const auto is_target = [&](const wire::VoterSlot& slot) { return slot.node == target; };
    const auto own = std::find_if(hello.slots.begin(), hello.slots.end(), is_target);
    if (own != hello.slots.end()) own->disk ^= 0xffU;
    return say(hello);
  }
  say(hello);
  say(message(hello, target));
  if (context_.order.deed == HostileDeed::Append) say(proposal(hello, target));
}

/// Whoever leads would append it and be ended by it, and all others after him.
raft::Message HostileRaft::proposal(const wire::ClusterHello& as, const std::string& to) const {
  raft::Message proposal;
  proposal.type = raft::MessageType::Propose;
  proposal.from = voter_of(as, as.node);
  proposal.to = voter_of(as, to);
  proposal.entries.push_back({0, 0, syncer::Bytes("\xff\xff unreadable")});
  return proposal;
}

raft::Message HostileRaft::message(const wire::ClusterHello& as, const std::string& to) const {
  raft::Message message;
  message.from = voter_of(as, as.node);
  message.to = voter_of(as, to);
  message.term = context_.order.epoch.term;
  message.type = raft::MessageType::Heartbeat;
  if (context_.order.deed != HostileDeed::Append) return message;
  message.type = raft::MessageType::Append;
  for (raft::Index index = 1; index <= 64; ++index) {
    message.entries.push_back({message.term, index, syncer::Bytes("\xff\xff unreadable")});
  }
  message.commit = 64;
  return message;
}

}  // namespace sim::host
