// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_sync.h"

#include <algorithm>
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
    : context_(context),
      run_(context.random.next()),
      seal_("syncer sync 1", context.order.pool.keys, context.nonces()) {}

void HostileSync::act(Instant now) {
  const HostileDeed deed = context_.order.deed;
  if (deed == HostileDeed::Welcome || deed == HostileDeed::Redirect) return;
  if (!publisher_ && deed == HostileDeed::Records) open_log(now);
  for (const HostileOrder::Target& target : context_.order.targets) {
    const bool up = std::any_of(links_.begin(), links_.end(), [&](const auto& l) { return l.second.to == target.rpc; });
    if (up) continue;
    Link& link = links_[context_.dial(target.rpc)];
    link.dialled = true;
    link.to = target.rpc;
    link.stream = wire::SealedStream(wire::Writer::Dialer);
  }
  if (deed == HostileDeed::Heartbeat) {
    const replication::Heartbeat heartbeat{context_.order.epoch, 7, 0, 1, kForgedHash, true};
    for (auto& [id, link] : links_) {
      if (link.greeted) send(id, link, replication::WriterMessage(heartbeat));
    }
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

void HostileSync::open_stream(LinkId id, Link& link) {
  context_.ports.streams.send(id, wire::preamble(wire::kSyncProtocol) + link.stream.greet(seal_));
}

void HostileSync::send(LinkId id, Link& link, const wire::SyncMessage& message) {
  if (link.stream.ready(seal_)) context_.ports.streams.send(id, link.stream.write(seal_, wire::encode_sync(message)));
}

void HostileSync::on_stream_accepted(LinkId id, syncer::Listener listener) {
  if (listener == syncer::Listener::Rpc) open_stream(id, links_[id]);
}

void HostileSync::on_stream_connected(LinkId id) {
  const auto link = links_.find(id);
  if (link == links_.end()) return;
  open_stream(id, link->second);
  if (link->second.stream.ready(seal_)) say_hello(id, link->second);
}

void HostileSync::say_hello(LinkId id, Link& link) {
  const HostileOrder& order = context_.order;
  link.greeted = true;
  send(id, link, wire::Hello{order.region, order.node, run_, false, order.epoch, 7});
}

void HostileSync::on_stream_data(Instant now, LinkId id, syncer::ByteView bytes) {
  for (auto link = links_.find(id); link != links_.end(); link = links_.find(id)) {
    const auto frame = link->second.reader.next(bytes);
    if (!frame || !*frame) return;
    const auto opened = link->second.stream.read(seal_, (*frame)->type, (*frame)->body);
    if (!opened) return;
    if (!*opened && link->second.dialled) say_hello(id, link->second);
    if (!*opened) continue;
    const auto message = wire::decode_sync((*opened)->type, (*opened)->body);
    if (message) take(now, id, link->second, *message);
  }
}

void HostileSync::take(Instant now, LinkId id, Link& link, const wire::SyncMessage& message) {
  if (std::holds_alternative<wire::Hello>(message)) return answer_hello(id, link);
  if (!publisher_) return;
  replication::Outputs outputs;
  const replication::RegionId reader{id.value};
  if (std::holds_alternative<wire::Welcome>(message)) {
    publisher_->add_peer(reader);
    publisher_->peer_up(reader, outputs);
    link.welcome = true;
  }
  const auto* asked = std::get_if<replication::ReaderMessage>(&message);
  if (asked != nullptr && link.welcome) publisher_->receive(now, reader, *asked, outputs);
  publish(std::move(outputs));
}

void HostileSync::answer_hello(LinkId id, Link& link) {
  const HostileOrder& order = context_.order;
  if (order.deed == HostileDeed::Redirect) return send(id, link, wire::Redirect{order.to});
  send(id, link, wire::Welcome{order.region, order.node, run_, order.epoch, run_});
}

void HostileSync::publish(replication::Outputs outputs) {
  for (const replication::Output& output : outputs) {
    const auto* publish = std::get_if<replication::Publish>(&output);
    if (publish == nullptr) continue;
    for (const replication::RegionId to : publish->to) {
      const auto link = links_.find(LinkId{to.value});
      if (link != links_.end()) send(link->first, link->second, publish->message);
    }
  }
}

void HostileSync::on_stream_closed(LinkId link) {
  links_.erase(link);
  if (publisher_) publisher_->remove_peer(replication::RegionId{link.value});
}

}  // namespace sim::host
