// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_storm.h"

#include <algorithm>

namespace sim::host {

namespace wire = syncer::wire;
using syncer::LinkId;

namespace {

/// Streams that it holds open to one port of one node; a busier one would be refused by its number alone.
constexpr std::size_t kMostStreams = 6;

std::vector<std::string> regions_of(const HostileOrder& order) {
  std::vector<std::string> names = {order.region};
  for (const HostileOrder::Target& target : order.targets) names.push_back(target.region);
  return names;
}

std::vector<std::string> nodes_of(const HostileOrder& order) {
  std::vector<std::string> names = {order.node};
  for (const HostileOrder::Target& target : order.targets) names.push_back(target.name);
  return names;
}

}  // namespace

HostileStorm::HostileStorm(HostileContext& context)
    : context_(context),
      messages_(regions_of(context.order), nodes_of(context.order), context.random.stream("messages")),
      gossip_(context),
      sync_(context, wire::kSyncProtocol, "syncer sync 1"),
      raft_(context, wire::kClusterProtocol, "syncer cluster 2/" + context.order.region) {}

void HostileStorm::act(syncer::Instant) {
  const auto& targets = context_.order.targets;
  for (std::uint32_t i = 0; i < context_.order.count; ++i) {
    say(targets[static_cast<std::size_t>(messages_.random().below(targets.size()))]);
  }
}

void HostileStorm::say(const HostileOrder::Target& target) {
  const std::uint64_t kind = messages_.random().below(8);
  if (kind == 0) {
    count();
    const std::string& name = messages_.node();
    return gossip_.say_alive(target, name, messages_.region());
  }
  if (kind < 3 && target.cluster != syncer::Endpoint{}) return say_of_voters(target);
  say_of_regions(target);
}

void HostileStorm::say_of_regions(const HostileOrder::Target& target) {
  std::vector<LinkId> links;
  for (const LinkId id : sync_.open()) {
    if (sync_.target(id) == target.name) links.push_back(id);
  }
  const bool more = sync_.dialled(target.name) < kMostStreams && messages_.chance(8);
  if (links.empty() ? sync_.dialled(target.name) < kMostStreams : more) {
    sync_.dial(target.name, target.rpc, syncer::Channel::Sync);
  }
  if (links.empty()) return;
  const LinkId id = links[static_cast<std::size_t>(messages_.random().below(links.size()))];
  if (messages_.chance(16)) return sync_.close(id);
  if (messages_.chance(16)) return send(id, messages_.answer());
  if (messages_.chance(16)) return send(id, messages_.of_reader());
  send(id, messages_.of_writer());
}

void HostileStorm::say_of_voters(const HostileOrder::Target& target) {
  std::vector<LinkId> links;
  for (const LinkId id : raft_.open()) {
    if (raft_.target(id) == target.name) links.push_back(id);
  }
  if (raft_.dialled(target.name) < kMostStreams) raft_.dial(target.name, target.cluster, syncer::Channel::Raft);
  if (links.empty()) return;
  const LinkId id = links[static_cast<std::size_t>(messages_.random().below(links.size()))];
  if (messages_.chance(16)) return raft_.close(id);
  if (messages_.chance(6)) return send(id, wire::ClusterMessage(messages_.voter(target.name)));
  send(id, wire::ClusterMessage(messages_.raft(target.name)));
}

void HostileStorm::on_stream_accepted(LinkId link, syncer::Listener listener) {
  if (listener == syncer::Listener::Rpc) sync_.accepted(link);
  if (listener == syncer::Listener::Cluster) raft_.accepted(link);
  gossip_.on_stream_accepted(link, listener);
}

void HostileStorm::on_stream_connected(LinkId link) {
  if (sync_.connected(link) || raft_.connected(link)) introduce(link);
}

/// On a stream that it dialled.
void HostileStorm::introduce(LinkId link) {
  if (sync_.contains(link))
    send(link, wire::SyncMessage(messages_.hello()));
  else
    send(link, wire::ClusterMessage(messages_.voter(raft_.target(link))));
}

void HostileStorm::on_stream_data(syncer::Instant now, LinkId link, syncer::ByteView bytes) {
  const auto ready = [&] {
    const HostileStreams& streams = sync_.contains(link) ? sync_ : raft_;
    if (!streams.target(link).empty()) introduce(link);
  };
  if (sync_.contains(link)) return sync_.read(link, bytes, ready, [&](const auto& frame) { take_sync(link, frame); });
  if (!raft_.contains(link)) return gossip_.on_stream_data(now, link, bytes);
  raft_.read(link, bytes, ready, [&](const wire::PlainFrame& frame) {
    const auto message = wire::decode_cluster(frame.type, frame.body);
    if (!message) return;
    if (const auto* hello = std::get_if<wire::ClusterHello>(&*message)) messages_.hear(*hello);
  });
}

/// Who dials it is answered, and asked for more.
void HostileStorm::take_sync(LinkId link, const wire::PlainFrame& frame) {
  const auto message = wire::decode_sync(frame.type, frame.body);
  if (!message) return;
  messages_.hear(*message);
  if (!sync_.target(link).empty()) return;
  if (std::holds_alternative<wire::Hello>(*message)) return send(link, messages_.answer());
  if (messages_.chance(2)) send(link, wire::SyncMessage(messages_.of_reader()));
}

void HostileStorm::send(LinkId link, const wire::SyncMessage& message) {
  count();
  sync_.send(link, wire::encode_sync(message));
}

void HostileStorm::send(LinkId link, const wire::ClusterMessage& message) {
  count();
  raft_.send(link, wire::encode_cluster(message));
}

void HostileStorm::on_stream_closed(LinkId link) {
  sync_.closed(link);
  raft_.closed(link);
  gossip_.on_stream_closed(link);
}

}  // namespace sim::host
