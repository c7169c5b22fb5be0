// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/socket_session.h"

namespace mocksc {
namespace {

constexpr syncer::Duration kPingInterval = std::chrono::seconds(30);
constexpr syncer::Duration kReadPatience = std::chrono::seconds(120);
constexpr std::size_t kMaxData = 64;
constexpr std::string_view kNoInstance = "heartbeat reporting failed because the instance does not exist";

}  // namespace

SocketSession::SocketSession(SocketSubject& subject, Release release, syncer::Instant now)
    : subject_(subject),
      release_(release),
      reader_(kMaxData),
      next_ping_(now + kPingInterval),
      read_until_(now + kReadPatience) {
  if (subject_.kind() == SocketSubject::Kind::Heartbeat) {
    beat();
  } else if (!subject_.is_there()) {
    // The connection ends without a close frame.
    send(Opcode::Text, release_ < Release::V1_4_8 ? "Service does not exist." : "service does not exist");
    is_over_ = true;
  }
}

void SocketSession::end(std::uint16_t code, std::string_view reason) {
  output_ += close_frame(code, reason);
  is_over_ = true;
}

void SocketSession::beat() {
  if (!subject_.is_there()) end(close_code::kNoInstance, kNoInstance);
}

void SocketSession::ping() {
  const bool is_heartbeat = subject_.kind() == SocketSubject::Kind::Heartbeat;
  // A client that pings is not pinged, and a service that was deleted is not either.
  if (is_heartbeat || (!client_pings_ && subject_.is_there())) return send(Opcode::Ping, {});
  if (!client_pings_ && release_ < Release::V1_4_8) send(Opcode::Text, "Service does not exit.");
}

void SocketSession::advance(syncer::Instant now) {
  if (is_over_) return;
  if (subject_.kind() == SocketSubject::Kind::Watcher) {
    for (const std::string& event : subject_.take_events()) send(Opcode::Text, event);
  }
  if (now >= next_ping_) {
    next_ping_ = now + kPingInterval;
    ping();
  }
  if (now >= read_until_) is_over_ = true;
}

void SocketSession::receive(syncer::Instant now, std::string_view bytes) {
  reader_.feed(bytes, [&](const Frame& frame) {
    if (!is_over_) take(now, frame);
  });
  if (reader_.error() != 0 && !is_over_) end(reader_.error(), {});
}

void SocketSession::take(syncer::Instant now, const Frame& frame) {
  switch (frame.opcode) {
    case Opcode::Ping:
      client_pings_ = true;
      read_until_ = now + kReadPatience;
      return send(Opcode::Pong, frame.payload);
    case Opcode::Pong:
      read_until_ = now + kReadPatience;
      if (subject_.kind() == SocketSubject::Kind::Heartbeat) beat();
      return;
    case Opcode::Close:
      send(Opcode::Close, frame.payload.substr(0, 2));
      is_over_ = true;
      return;
    case Opcode::Continuation:
    case Opcode::Text:
    case Opcode::Binary:
      return;  // what clients say is not read
  }
}

}  // namespace mocksc
