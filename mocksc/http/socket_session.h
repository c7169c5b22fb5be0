// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mocksc/http/websocket.h"
#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/time.h"

namespace mocksc {

/// What a websocket is about: a service that watches, or an instance whose heart beats.
class SocketSubject {
 public:
  enum class Kind : std::uint8_t { Watcher, Heartbeat };
  virtual ~SocketSubject() = default;
  virtual Kind kind() const = 0;
  /// The watching service is there. Renews the lease of an instance: false when there is none.
  virtual bool is_there() = 0;
  /// JSON of what happened to providers of the watching service since the last call.
  virtual std::vector<std::string> take_events() = 0;
};

/// One websocket of a service center: what is sent when. Pure; time is an argument that never goes back.
class SocketSession {
 public:
  SocketSession(SocketSubject& subject, Release release, syncer::Instant now);

  /// Events, pings and the end of a client that is silent.
  void advance(syncer::Instant now);
  void receive(syncer::Instant now, std::string_view bytes);
  /// Bytes to send.
  std::string take_output() { return std::exchange(output_, {}); }
  /// Nothing more is sent or read once the output is taken.
  bool is_over() const { return is_over_; }

 private:
  void send(Opcode opcode, std::string_view payload) { output_ += encode_frame(opcode, payload); }
  void end(std::uint16_t code, std::string_view reason);
  void ping();
  void beat();
  void take(syncer::Instant now, const Frame& frame);

  SocketSubject& subject_;
  Release release_;
  FrameReader reader_;
  syncer::Instant next_ping_;
  syncer::Instant read_until_;
  bool client_pings_ = false;
  bool is_over_ = false;
  std::string output_;
};

}  // namespace mocksc
