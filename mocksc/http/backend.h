// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "mocksc/http/server.h"
#include "mocksc/http/socket_session.h"
#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "syncer/base/http_message.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The one store behind all front-ends: the model with its lock and the clock. Every call may come from any thread.
/// Needs no timer: every call first brings the model up to the present, and nothing can be seen but by one.
class Backend {
 public:
  explicit Backend(ServerOptions options);

  syncer::Instant now() const { return clock_(); }
  Release release() const { return release_; }
  /// Answers a request of the service center's API or of /mock.
  Outcome handle(std::size_t frontend, const syncer::HttpRequest& request);
  /// What a websocket is about; nothing when `request`, which had `outcome`, asks for none. Refers to the backend.
  std::unique_ptr<SocketSubject> socket_of(const syncer::HttpRequest& request, const Outcome& outcome);
  /// The front-end is down by a fault, and its open connections with it.
  bool is_out(std::size_t frontend);

 private:
  class Watcher;
  class Heart;
  std::function<syncer::Instant()> clock_;
  Release release_;
  std::mutex mutex_;
  FaultyFrontend registry_;
};

}  // namespace mocksc
