// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "mocksc/fault/fault.h"
#include "mocksc/http/server.h"
#include "mocksc/http/socket_session.h"
#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The one store behind all front-ends, of some kind of registry, with its lock and the clock. Every call may come from
/// any thread. Needs no timer: every call first brings the store up to the present, and nothing can be seen but by one.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual syncer::Instant now() const = 0;
  /// Answers a request of the registry's API or of /mock.
  virtual Outcome handle(std::size_t frontend, const syncer::HttpRequest& request) = 0;
  /// The front-end is down by a fault, and its open connections with it.
  virtual bool is_out(std::size_t frontend) = 0;

  /// What a websocket is about; nothing when `request`, which had `outcome`, asks for none. Refers to the backend.
  virtual std::unique_ptr<SocketSubject> socket_of(const syncer::HttpRequest& request, const Outcome& outcome) {
    (void)request, (void)outcome;
    return nullptr;
  }
  /// One session of it.
  virtual std::unique_ptr<SocketSession> open(SocketSubject& subject) {
    (void)subject;
    return nullptr;
  }
};

/// The real clock unless the options have one: time since it was asked for.
std::function<syncer::Instant()> clock_of(const ServerOptions& options);
/// Nanoseconds since 1970 at the start of that clock; 0 with a clock of the options.
std::int64_t wall_at_zero(const ServerOptions& options);
/// A backend of the options' kind, whose front-ends are bound. Invalid for an unknown kind, release or setting.
syncer::Result<std::unique_ptr<Backend>> make_backend(ServerOptions options);

}  // namespace mocksc
