// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_sync.h"

#include <utility>

#include "syncer/registry/record.h"

namespace sim::host {

namespace replication = syncer::replication;
namespace registry = syncer::registry;
namespace wire = syncer::wire;
using syncer::Bytes;
using syncer::Instant;
using syncer::LinkId;

namespace {

/// Of the records that it claims and never shows.
constexpr syncer::Hash128 kForgedHash{1, 2};

/// Instances that nobody started, at an address of the liar's.
std::vector<std::pair<Bytes, Bytes>> forged_records(std::uint32_t count) {
  std::vector<std::pair<Bytes, Bytes>> records;
  for (std::uint32_t i = 1; i <= count; ++i) {
    registry::RecordKey key;
    key.kind = registry::RecordKind::Instance;
    key.service = {"", "", "default", "forged.svc-1", "1.0.0"};
    key.id = "forged..svc-1.." + std::to_string(i);
    registry::InstanceRecord record;
    record.instance.host_name = "forged";
    record.instance.endpoints = {{"rest", "10.66.6.6", static_cast<std::uint16_t>(1024 + i % 60000), false, ""}};
    records.emplace_back(registry::encode_key(key), registry::encode_record(record));
  }
  return records;
}

}  // namespace

HostileSync::HostileSync(HostileContext& context)
    : context_(context), run_(context.random.next()), streams_(context, wire::kSyncProtocol, "syncer sync 1") {}

void HostileSync::act(Instant now) {
  const HostileDeed deed = context_.order.deed;
  if (deed == HostileDeed::Welcome || deed == HostileDeed::Redirect) return;
  if (!publisher_ && deed == HostileDeed::Records) open_log(now);
  for (const HostileOrder::Target& target : context_.order.targets) {
    if (streams_.dialled(target.name) == 0) streams_.dial(target.name, target.rpc, syncer::Channel::Sync);
  }
  if (deed == HostileDeed::Heartbeat) {
    const replication::Heartbeat heartbeat{context_.order.epoch, 7, 0, 1, kForgedHash, true};
    for (const LinkId id : greeted_) send(id, replication::WriterMessage(heartbeat));
  }
  if (!publisher_) return;
  replication::Outputs outputs;
  publisher_->advance(now, outputs);
  publish(std::move(outputs));
}

void HostileSync::open_log(Instant now) {
  publisher_.emplace(replication::Options{}, now);
  publisher_->set_healthy(true);
  replication::Outputs outputs;
  publisher_->open_epoch(now, context_.order.epoch, forged_records(context_.order.count), outputs);
}

void HostileSync::send(LinkId id, const wire::SyncMessage& message) { streams_.send(id, wire::encode_sync(message)); }

void HostileSync::on_stream_accepted(LinkId id, syncer::Listener listener) {
  if (listener == syncer::Listener::Rpc) streams_.accepted(id);
}

void HostileSync::on_stream_connected(LinkId id) {
  if (streams_.connected(id)) say_hello(id);
}

void HostileSync::say_hello(LinkId id) {
  const HostileOrder& order = context_.order;
  greeted_.insert(id);
  send(id, wire::Hello{order.region, order.node, run_, false, order.epoch, 7});
}

void HostileSync::on_stream_data(Instant now, LinkId id, syncer::ByteView bytes) {
  const auto ready = [&] {
    if (!streams_.target(id).empty()) say_hello(id);
  };
  streams_.read(id, bytes, ready, [&](const wire::PlainFrame& frame) {
    const auto message = wire::decode_sync(frame.type, frame.body);
    if (message) take(now, id, *message);
  });
}

void HostileSync::take(Instant now, LinkId id, const wire::SyncMessage& message) {
  if (std::holds_alternative<wire::Hello>(message)) return answer_hello(id);
  if (!publisher_) return;
  replication::Outputs outputs;
  const replication::RegionId reader{id.value};
  if (std::holds_alternative<wire::Welcome>(message)) {
    publisher_->add_peer(reader);
    publisher_->peer_up(reader, outputs);
    welcome_.insert(id);
  }
  const auto* asked = std::get_if<replication::ReaderMessage>(&message);
  if (asked != nullptr && welcome_.count(id) == 1) publisher_->receive(now, reader, *asked, outputs);
  publish(std::move(outputs));
}

void HostileSync::answer_hello(LinkId id) {
  const HostileOrder& order = context_.order;
  if (order.deed == HostileDeed::Redirect) return send(id, wire::Redirect{order.to});
  send(id, wire::Welcome{order.region, order.node, run_, order.epoch, run_});
}

void HostileSync::publish(replication::Outputs outputs) {
  for (const replication::Output& output : outputs) {
    const auto* publish = std::get_if<replication::Publish>(&output);
    if (publish == nullptr) continue;
    for (const replication::RegionId to : publish->to) send(LinkId{to.value}, publish->message);
  }
}

void HostileSync::on_stream_closed(LinkId link) {
  streams_.closed(link);
  greeted_.erase(link);
  welcome_.erase(link);
  if (publisher_) publisher_->remove_peer(replication::RegionId{link.value});
}

}  // namespace sim::host
