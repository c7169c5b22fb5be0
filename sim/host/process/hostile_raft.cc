// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_raft.h"

#include <algorithm>
#include <utility>

#include "syncer/cluster/replicated_state.h"

namespace sim::host {

namespace cluster = syncer::cluster;
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

// What it makes of a heartbeat of its own.

/// Whoever leads would append it and be ended by it, and all others after him.
raft::Message proposal(raft::Message message) {
  message.type = raft::MessageType::Propose;
  message.term = 0;
  message.entries.push_back({0, 0, syncer::Bytes("\xff\xff unreadable")});
  return message;
}

raft::Message unreadable(raft::Message message) {
  message.type = raft::MessageType::Append;
  for (raft::Index index = 1; index <= 64; ++index) {
    message.entries.push_back({message.term, index, syncer::Bytes("\xff\xff unreadable")});
  }
  message.commit = 64;
  return message;
}

/// With other voters, far ahead of every log.
raft::Message snapshot(raft::Message message, const syncer::Endpoint& anywhere) {
  cluster::ReplicatedState state;
  state.list_version = 999;
  for (const char* name : {"x1", "x2", "x3"}) state.slots.push_back({name, 7, anywhere});
  message.type = raft::MessageType::InstallSnapshot;
  message.snapshot = raft::Snapshot{{message.term, 1000}, cluster::encode_state(syncer::Instant{}, state)};
  return message;
}

raft::Message transfer(raft::Message message) {
  message.type = raft::MessageType::Transfer;
  message.term = 0;
  message.target = message.from;
  return message;
}

}  // namespace

std::size_t HostileRaft::links() const {
  if (context_.order.deed == HostileDeed::Found) return 2;
  return context_.order.deed == HostileDeed::Crowd ? context_.order.count : 1;
}

std::size_t HostileRaft::free_number(const std::string& target) const {
  const auto taken = taken_.find(target);
  if (taken == taken_.end()) return 1;
  const auto free = std::find(taken->second.begin(), taken->second.end(), false);
  return static_cast<std::size_t>(free - taken->second.begin()) + 1;
}

void HostileRaft::take_number(const std::string& target, LinkId id) {
  const std::size_t number = free_number(target);
  std::vector<bool>& taken = taken_[target];
  if (taken.size() < number) taken.resize(number);
  taken[number - 1] = true;
  numbers_[id] = number;
}

void HostileRaft::give_number_back(LinkId id) {
  const auto number = numbers_.find(id);
  if (number == numbers_.end()) return;
  taken_.at(streams_.target(id))[number->second - 1] = false;
  numbers_.erase(number);
}

void HostileRaft::act(syncer::Instant) {
  for (const HostileOrder::Target& target : context_.order.targets) {
    while (streams_.dialled(target.name) < links()) {
      take_number(target.name, streams_.dial(target.name, target.cluster, syncer::Channel::Raft));
    }
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
  give_number_back(link);
  streams_.closed(link);
}

void HostileRaft::say(LinkId id, const wire::ClusterMessage& message) {
  streams_.send(id, wire::encode_cluster(message));
}

void HostileRaft::lie(LinkId id) {
  switch (context_.order.deed) {
    case HostileDeed::Crowd:
      say(id, introduction(id));
      return say(id, wire::Pulse{false});
    case HostileDeed::Found:
      return offer_a_slot(id);
    default:
      return lie_as_a_voter(id);
  }
}

wire::ClusterHello HostileRaft::introduction(LinkId id) const {
  wire::ClusterHello hello;
  hello.region = context_.order.region;
  hello.node = "x" + std::to_string(numbers_.at(id));
  hello.disk = 7;
  return hello;
}

void HostileRaft::offer_a_slot(LinkId id) {
  const auto target = learned_.find(streams_.target(id));
  if (target == learned_.end() || target->second.stage != wire::VoterStage::Fresh) return;
  wire::ClusterHello hello = introduction(id);
  hello.stage = wire::VoterStage::Voting;
  hello.group = 99;
  hello.term = 1;
  hello.slots = {{target->first, target->second.disk, context_.own.cluster_address},
                 {"x1", 7, context_.own.cluster_address},
                 {"x2", 7, context_.own.cluster_address}};
  say(id, hello);
}

/// In turn as each of the other voters: in the name of one that is there it is refused.
void HostileRaft::lie_as_a_voter(LinkId id) {
  const std::string target = streams_.target(id);
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
    return say(id, hello);
  }
  say(id, hello);
  say_deed(id, hello, target);
}

void HostileRaft::say_deed(LinkId id, const wire::ClusterHello& as, const std::string& to) {
  const raft::Message heartbeat = heartbeat_of(as, to);
  switch (context_.order.deed) {
    case HostileDeed::Snapshot:
      return say(id, snapshot(heartbeat, context_.own.cluster_address));
    case HostileDeed::Reassign:
      for (wire::VoterSlot slot : as.slots) {
        slot.disk ^= 0xffU;
        append_everywhere(id, heartbeat, cluster::encode_command(cluster::ReassignSlot{slot}));
      }
      return;
    case HostileDeed::Raise:
      return append_everywhere(id, heartbeat,
                               cluster::encode_command(cluster::RaiseGeneration{context_.order.epoch.generation}));
    case HostileDeed::Transfer:
      return say(id, transfer(heartbeat));
    case HostileDeed::Append:
      say(id, unreadable(heartbeat));
      return say(id, proposal(heartbeat));
    default:
      return say(id, heartbeat);
  }
}

void HostileRaft::append_everywhere(LinkId id, const raft::Message& head, const syncer::Bytes& command) {
  constexpr raft::Index kLongestLog = 16;
  const raft::Term latest_term = std::min<raft::Term>(head.term, 16);
  raft::Message append = head;
  append.type = raft::MessageType::Append;
  for (raft::Index index = 1; index <= kLongestLog; ++index) {
    for (raft::Term term = 1; term < latest_term; ++term) {
      append.log = {term, index};
      append.entries = {{head.term, index + 1, command}};
      append.commit = index + 1;
      say(id, append);
    }
  }
}

raft::Message HostileRaft::heartbeat_of(const wire::ClusterHello& as, const std::string& to) const {
  raft::Message message;
  message.type = raft::MessageType::Heartbeat;
  message.from = voter_of(as, as.node);
  message.to = voter_of(as, to);
  message.term = context_.order.epoch.term;
  return message;
}

}  // namespace sim::host
