// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/httpio/body_stream.h"
#include "syncer/httpio/request_reader.h"
#include "syncer/httpio/socket_address.h"
#include "syncer/net/loop.h"

namespace syncer::httpio {

/// Who sent a request, as the system says.
struct Caller {
  std::string who;    ///< "uid 1000 gid 1000 pid 4711" on a unix socket, else "10.0.0.7:51234"
  std::string host;   ///< "uid 1000" or "10.0.0.7": whose connections are counted together
  std::string local;  ///< the address that the client reached: "10.0.0.1:30199"; empty on a unix socket
  bool is_loopback = false;
};

/// What a request is answered with. Content-Length (where it is known) and what a proxy or browser must know are added.
struct Answer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  Bytes body;
  HttpHeaders headers = {};
  std::shared_ptr<BodyStream> stream = {};  ///< what follows `body`; then there is no Content-Length
};

/// Bounds of one listener.
struct ServerLimits {
  RequestLimits request{};
  std::size_t connections = 64;                     ///< see ConnectionPlaces
  Duration request_time = std::chrono::seconds(5);  ///< from accepting, or the first byte, to the end of a request
  Duration idle_time = std::chrono::seconds(15);    ///< between two requests of one connection
  Duration answer_time = std::chrono::seconds(10);  ///< for the client to read the answer
  Duration linger_time = std::chrono::seconds(1);   ///< for the client to close after a last answer
  std::size_t linger_bytes = 4U << 20U;             ///< that it may send meanwhile
};

/// An HTTP/1.1 server on the loop. Lives on the loop's thread; the loop outlives it. What a client sends is bounded by
/// the limits in size and time, and no client keeps another one from being served.
class HttpServer {
 public:
  /// Answers one request; called on the loop's thread and does not block.
  using Handler = std::function<Answer(const ServedRequest&, const Caller&)>;
  /// Who owns a unix socket: its group may connect, too (mode 0660). Nothing for the group of the process.
  using Group = std::optional<unsigned>;

  /// Starts to listen. An existing unix socket that nobody listens on any more is replaced. The error says what to do.
  static Result<std::unique_ptr<HttpServer>> listen(net::Loop& loop, const SocketAddress& local, Group group,
                                                    const ServerLimits& limits, Handler handler);
  /// Ends all connections; removes the unix socket.
  ~HttpServer();
  /// The bound address with its real port.
  const SocketAddress& local() const;

  struct State;
  /// For listen() alone.
  explicit HttpServer(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;  ///< shared with pending operations
};

}  // namespace syncer::httpio
