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
    const auto to_it = [&](const auto& entry) { return entry.second.target == target.name; };
    if (std::none_of(dialled_.begin(), dialled_.end(), to_it)) {
      dialled_.emplace(context_.dial(target.cluster), Dialled{target.name});
    }
  }
  for (auto& [id, link] : dialled_) {
    if (link.connected && link.stream.ready(seal_)) lie(id, link);
  }
}

void HostileRaft::open_stream(LinkId id, wire::SealedStream& stream) {
  context_.ports.streams.send(id, wire::preamble(wire::kClusterProtocol) + stream.greet(seal_));
}

void HostileRaft::on_stream_accepted(LinkId link, syncer::Listener listener) {
  if (listener == syncer::Listener::Cluster) open_stream(link, accepted_[link].stream);
}

void HostileRaft::on_stream_connected(LinkId id) {
  const auto link = dialled_.find(id);
  if (link == dialled_.end()) return;
  link->second.connected = true;
  open_stream(id, link->second.stream);
}

void HostileRaft::on_stream_data(syncer::Instant, LinkId id, syncer::ByteView bytes) {
  learn(id, bytes);
  const auto link = dialled_.find(id);
  if (link == dialled_.end()) return;
  // Only the challenge of the other end matters here.
  const auto frame = link->second.reader.next(bytes);
  if (frame && *frame) static_cast<void>(link->second.stream.read(seal_, (*frame)->type, (*frame)->body));
}

void HostileRaft::learn(LinkId id, syncer::ByteView bytes) {
  for (auto link = accepted_.find(id); link != accepted_.end(); link = accepted_.find(id)) {
    const auto frame = link->second.reader.next(bytes);
    if (!frame || !*frame) return;
    const auto opened = link->second.stream.read(seal_, (*frame)->type, (*frame)->body);
    if (!opened) return;
    if (!*opened) continue;
    auto message = wire::decode_cluster((*opened)->type, (*opened)->body);
    if (!message) return;
    if (auto* hello = std::get_if<wire::ClusterHello>(&*message)) learned_[hello->node] = std::move(*hello);
  }
}

void HostileRaft::on_stream_closed(LinkId link) {
  if (dialled_.count(link) == 1) ++tries_;
  accepted_.erase(link);
  dialled_.erase(link);
}

void HostileRaft::send(LinkId id, Dialled& link, const wire::ClusterMessage& message) {
  context_.ports.streams.send(id, link.stream.write(seal_, wire::encode_cluster(message)));
}

/// In turn as each of the other voters: in the name of one that is there it is refused.
void HostileRaft::lie(LinkId id, Dialled& link) {
  std::vector<const wire::ClusterHello*> others;
  for (const auto& [name, hello] : learned_) {
    if (name != link.target && hello.stage == wire::VoterStage::Voting) others.push_back(&hello);
  }
  if (others.empty()) return;
  wire::ClusterHello hello = *others[tries_ % others.size()];
  if (context_.order.deed == HostileDeed::List) {
    hello.list_version += 1000;
    const auto is_target = [&](const wire::VoterSlot& slot) { return slot.node == link.target; };
    const auto own = std::find_if(hello.slots.begin(), hello.slots.end(), is_target);
    if (own != hello.slots.end()) own->disk ^= 0xffU;
    return send(id, link, hello);
  }
  send(id, link, hello);
  send(id, link, message(hello, link.target));
  if (context_.order.deed == HostileDeed::Append) send(id, link, proposal(hello, link.target));
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
