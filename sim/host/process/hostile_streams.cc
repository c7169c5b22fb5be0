// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_streams.h"

#include <utility>

namespace sim::host {

namespace wire = syncer::wire;
using syncer::LinkId;

void HostileStreams::add(LinkId id, std::string target, wire::Writer self) {
  if (!target.empty()) ++dialled_[target];
  streams_.emplace(id, Stream{std::move(target), false, wire::SealedStream(self), wire::FrameReader(protocol_)});
}

void HostileStreams::greet(LinkId id, Stream& stream) {
  stream.connected = true;
  context_.ports.streams.send(id, wire::preamble(protocol_) + stream.sealed.greet(seal_));
}

LinkId HostileStreams::dial(const std::string& target, const syncer::Endpoint& to, syncer::Channel channel) {
  const LinkId id = context_.dial(to, channel);
  add(id, target, wire::Writer::Dialer);
  return id;
}

void HostileStreams::accepted(LinkId id) {
  add(id, "", wire::Writer::Acceptor);
  greet(id, streams_.at(id));
}

bool HostileStreams::connected(LinkId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return false;
  greet(id, found->second);
  return found->second.sealed.ready(seal_);
}

bool HostileStreams::closed(LinkId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return false;
  if (!found->second.target.empty()) --dialled_.at(found->second.target);
  streams_.erase(found);
  return true;
}

void HostileStreams::close(LinkId id) {
  if (closed(id)) context_.ports.streams.close(id);
}

std::size_t HostileStreams::dialled(const std::string& target) const {
  const auto found = dialled_.find(target);
  return found == dialled_.end() ? 0 : found->second;
}

std::vector<LinkId> HostileStreams::open() const {
  std::vector<LinkId> ids;
  for (const auto& [id, stream] : streams_) {
    if (!stream.target.empty() && stream.connected && stream.sealed.ready(seal_)) ids.push_back(id);
  }
  return ids;
}

void HostileStreams::read(LinkId id, syncer::ByteView bytes, const OnReady& ready, const OnFrame& frame) {
  for (auto found = streams_.find(id); found != streams_.end(); found = streams_.find(id)) {
    const auto next = found->second.reader.next(bytes);
    if (!next || !*next) return;
    const auto opened = found->second.sealed.read(seal_, (*next)->type, (*next)->body);
    if (!opened) return;
    if (*opened)
      frame(**opened);
    else
      ready();
  }
}

void HostileStreams::send(LinkId id, syncer::ByteView frame) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || !found->second.connected || !found->second.sealed.ready(seal_)) return;
  context_.ports.streams.send(id, found->second.sealed.write(seal_, frame));
}

}  // namespace sim::host
