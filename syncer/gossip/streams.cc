// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/streams.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "syncer/base/mutation.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using wire::gossip::Exchange;
using wire::gossip::Opened;
using wire::gossip::StreamError;
using wire::gossip::StreamReader;

namespace {

bool sends_ping(StreamPurpose purpose) { return purpose == StreamPurpose::Ping || purpose == StreamPurpose::NameCheck; }

}  // namespace

GossipStreams::GossipStreams(const GossipConfig& config, const membership::Swim& swim, const SerfIntents& intents,
                             const SecondAddresses& addresses, Streams& streams, LinkAllocator allocate)
    : config_(config),
      swim_(swim),
      intents_(intents),
      addresses_(addresses),
      streams_(streams),
      allocate_(std::move(allocate)) {}

void GossipStreams::open(StreamPurpose purpose, const Endpoint& to, std::uint32_t seq, Instant deadline) {
  const LinkId id = allocate_();
  add(id, {purpose, to, deadline, seq, StreamReader(config_.pool, Opened::ByUs)});
  streams_.connect(id, addresses_.reached(to), Channel::Gossip);
  if (!sends_ping(purpose)) return send_state(id, purpose != StreamPurpose::Exchange, Opened::ByUs);
  const membership::Member* target = swim_.members().find(to);
  const std::string_view node = target != nullptr && purpose == StreamPurpose::Ping ? target->name : config_.node;
  send(id, membership::Ping{seq, node, config_.address, config_.node}, Opened::ByUs);
}

bool GossipStreams::accept(Instant now, LinkId id, const Endpoint& from) {
  if (full(from)) {
    streams_.close(id);
    return false;
  }
  const Instant deadline = now + config_.options.stream_timeout;
  add(id, {StreamPurpose::Accepted, from, deadline, 0, StreamReader(config_.pool, Opened::ByPeer)});
  return true;
}

std::optional<StreamResult> GossipStreams::feed(LinkId id, ByteView bytes) {
  const auto it = open_.find(id);
  if (it == open_.end()) return std::nullopt;
  switch (it->second->reader.feed(bytes)) {
    case StreamReader::Status::NeedMore:
      return std::nullopt;
    case StreamReader::Status::Complete:
      return complete(id);
    case StreamReader::Status::Refused:
      return refuse(id);
  }
  return std::nullopt;
}

StreamResult GossipStreams::complete(LinkId id) {
  StreamResult result{take(id)};
  result.message = &result.stream->reader.message();
  answer(id, result);
  if (!result.drop.empty()) result.message = nullptr;
  streams_.close(id);
  return result;
}

void GossipStreams::answer(LinkId id, StreamResult& result) {
  const wire::gossip::StreamMessage& message = *result.message;
  if (std::holds_alternative<Exchange>(message)) {
    if (sends_ping(result.stream->purpose)) result.drop = name(wire::gossip::Drop::BadType);
    // The answer is what we knew before, and the peer gets it even if we cannot agree.
    if (result.stream->purpose == StreamPurpose::Accepted) send_state(id, false, Opened::ByPeer);
    return;
  }
  if (const auto* ping = std::get_if<membership::Ping>(&message)) answer_ping(id, *ping, result);
  const auto* error = std::get_if<StreamError>(&message);
  result.failure.emplace(error != nullptr ? error->text : "answered something else");
}

void GossipStreams::answer_ping(LinkId id, const membership::Ping& ping, StreamResult& result) {
  if (!ping.node.empty() && ping.node != config_.node) {
    result.drop = "wrong_node";
    return;
  }
  // Our own name check came back to us over another of our addresses: that proves no second process.
  if (ping.source_node == config_.node && ping.source == config_.address) {
    result.drop = "own_ping";
    return;
  }
  send(id, membership::Ack{ping.seq, {}}, Opened::ByPeer);
}

StreamResult GossipStreams::refuse(LinkId id) {
  StreamResult result{take(id)};
  const StreamReader& reader = result.stream->reader;
  result.drop = name(reader.drop());
  result.failure.emplace(result.drop);
  if (result.stream->purpose == StreamPurpose::Accepted && reader.deserves_error()) {
    Bytes error;
    wire::gossip::encode_error(result.drop, error);
    write(id, error, Opened::ByPeer);
  }
  streams_.close(id);
  return result;
}

std::optional<StreamResult> GossipStreams::closed(LinkId id, std::string_view reason) {
  if (!owns(id)) return std::nullopt;
  StreamResult result{take(id)};
  if (result.stream->purpose == StreamPurpose::Accepted) {
    result.drop = name(result.stream->reader.end());
  } else {
    result.failure.emplace(reason);
  }
  return result;
}

std::optional<StreamResult> GossipStreams::take_excess() {
  std::size_t held = 0;
  auto largest = open_.end();
  for (auto it = open_.begin(); it != open_.end(); ++it) {
    if (it->second->purpose != StreamPurpose::Accepted) continue;
    const std::size_t size = it->second->reader.held();
    held += size;
    if (largest == open_.end() || size > largest->second->reader.held()) largest = it;
  }
  if (held <= kMaxHeld || SYNCER_MUTATED("gossip.hold_whatever_streams_bring")) return std::nullopt;
  const LinkId id = largest->first;
  streams_.close(id);
  StreamResult result{take(id)};
  result.drop = "busy";
  return result;
}

std::optional<StreamResult> GossipStreams::take_expired(Instant now) {
  const auto expired =
      std::find_if(open_.begin(), open_.end(), [&](const auto& entry) { return entry.second->deadline <= now; });
  if (expired == open_.end()) return std::nullopt;
  const LinkId id = expired->first;
  streams_.close(id);
  StreamResult result{take(id)};
  result.failure = "timeout";
  return result;
}

Instant GossipStreams::next_deadline() const {
  Instant next = kNever;
  for (const auto& [id, stream] : open_) next = std::min(next, stream->deadline);
  return next;
}

bool GossipStreams::full(const Endpoint& from) const {
  const auto same_host = std::count_if(open_.begin(), open_.end(), [&](const auto& entry) {
    return entry.second->purpose == StreamPurpose::Accepted && entry.second->peer.address == from.address;
  });
  return accepted_ >= kMaxAccepted || static_cast<std::size_t>(same_host) >= kMaxOfOneHost;
}

void GossipStreams::fill(Sizes& sizes) const {
  sizes.streams = open_.size();
  sizes.accepted = static_cast<std::size_t>(std::count_if(
      open_.begin(), open_.end(), [](const auto& entry) { return entry.second->purpose == StreamPurpose::Accepted; }));
  sizes.accepted_counted = accepted_;
}

void GossipStreams::add(LinkId id, GossipStream stream) {
  if (stream.purpose == StreamPurpose::Accepted) ++accepted_;
  open_.emplace(id, std::make_unique<GossipStream>(std::move(stream)));
}

std::unique_ptr<GossipStream> GossipStreams::take(LinkId id) {
  const auto it = open_.find(id);
  std::unique_ptr<GossipStream> stream = std::move(it->second);
  open_.erase(it);
  if (stream->purpose == StreamPurpose::Accepted && !SYNCER_MUTATED("gossip.count_streams_up_only")) --accepted_;
  return stream;
}

void GossipStreams::send_state(LinkId id, bool join, Opened opened) {
  Bytes message;
  wire::gossip::encode_exchange(swim_.entries(), join, wire::gossip::encode_user_state(intents_.clock()), message);
  write(id, message, opened);
}

void GossipStreams::send(LinkId id, const membership::Message& message, Opened opened) {
  Bytes encoded;
  wire::gossip::encode(message, encoded);
  write(id, encoded, opened);
}

void GossipStreams::write(LinkId id, ByteView message, Opened opened) {
  Bytes bytes;
  wire::gossip::write_stream(message, config_.pool, opened, config_.nonce, bytes);
  streams_.send(id, bytes);
}

}  // namespace syncer::gossip
