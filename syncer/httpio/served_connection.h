// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "syncer/httpio/http_server.h"
#include "syncer/net/loop.h"

namespace syncer::httpio {

/// One connection of a client to a server of ours, from accepting to its end. Lives on the loop's thread; its pending
/// operations keep it alive.
class ServedConnection {
 public:
  virtual ~ServedConnection() = default;
  /// Ends it at once; `gone` is not called any more.
  virtual void abort() = 0;

  /// Serves `descriptor`, which it owns from now on. `family` is that of the socket. `handler` and `limits` outlive it;
  /// `gone` is called once, when it is over.
  static std::shared_ptr<ServedConnection> serve(net::Loop& loop, int family, int descriptor, Caller caller,
                                                 const ServerLimits& limits, const HttpServer::Handler& handler,
                                                 std::function<void()> gone);
};

}  // namespace syncer::httpio
