// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "mocksc/http/backend.h"
#include "mocksc/http/connection.h"
#include "mocksc/http/message.h"
#include "mocksc/http/socket_session.h"

namespace mocksc {
namespace {

/// Above that a connection that idles gives its thread up.
constexpr std::size_t kMaxConnections = 1024;
constexpr int kBacklog = 1024;
constexpr int kAcceptStepMs = 50;
constexpr syncer::Duration kKeepAlive = std::chrono::seconds(60);
/// How often a websocket looks for events.
constexpr syncer::Duration kSocketStep = std::chrono::milliseconds(10);

/// A bound and listening socket, or -1. Not SO_REUSEPORT: two servers would share a port without a word.
int listen_on(const syncer::Endpoint& endpoint, std::uint16_t& port) {
  const int family = endpoint.is_v4() ? AF_INET : AF_INET6;
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_storage address{};
  socklen_t size = 0;
  if (family == AF_INET6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    inet_pton(AF_INET6, endpoint.host().c_str(), &v6.sin6_addr);
    size = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    inet_pton(AF_INET, endpoint.host().c_str(), &v4.sin_addr);
    size = sizeof v4;
  }
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket, raw, size) != 0 || listen(socket, kBacklog) != 0 || getsockname(socket, raw, &size) != 0) {
    close(socket);
    return -1;
  }
  port = ntohs(family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                  : reinterpret_cast<sockaddr_in&>(address).sin_port);
  return socket;
}

/// One listening address: a thread that accepts, and one for each connection.
class FrontEnd {
 public:
  FrontEnd(std::size_t number, bool is_logging, const std::atomic<bool>& stopping)
      : number_(number), is_logging_(is_logging), stopping_(stopping) {}
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;
  /// Call it once `stopping` is set: waits for all threads.
  ~FrontEnd() {
    if (acceptor_.joinable()) acceptor_.join();
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return live_ == 0; });
    if (socket_ >= 0) close(socket_);
  }

  /// Binds; `endpoint.port` becomes the bound one.
  bool bind(syncer::Endpoint& endpoint) {
    socket_ = listen_on(endpoint, endpoint.port);
    return socket_ >= 0;
  }
  void serve(Backend& backend) {
    backend_ = &backend;
    acceptor_ = std::thread([this] { accept_all(); });
  }

 private:
  void accept_all() {
    while (!stopping_) {
      pollfd one{socket_, POLLIN, 0};
      if (poll(&one, 1, kAcceptStepMs) <= 0) continue;
      const int accepted = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) continue;
      const int yes = 1;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      if (!wait_for_room()) {
        close(accepted);
        return;
      }
      std::thread([this, accepted] { converse(accepted); }).detach();
    }
  }

  /// Counts a connection in as soon as there is room; false when the server stops meanwhile.
  bool wait_for_room() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++crowded_;
    while (!stopping_ && live_ >= kMaxConnections) changed_.wait_for(lock, std::chrono::milliseconds(kAcceptStepMs));
    --crowded_;
    if (stopping_) return false;
    ++live_;
    return true;
  }

  void converse(int socket) {
    {
      Connection connection(socket, stopping_);
      while (connection.wait_for_request(kKeepAlive, crowded_) && answer_one(connection)) {
      }
    }
    // Notified under the lock: the destructor may go on as soon as it is released.
    const std::lock_guard<std::mutex> lock(mutex_);
    --live_;
    changed_.notify_all();
  }

  /// Speaks a websocket until one side ends it.
  void speak(Connection& connection, SocketSubject& subject, const syncer::HttpRequest& request) {
    const std::unique_ptr<SocketSession> opened = backend_->open(subject);
    SocketSession& session = *opened;
    connection.write(switching_answer(request));
    std::array<char, 4096> buffer{};
    for (;;) {
      session.advance(backend_->now());
      const std::string output = session.take_output();
      if (!output.empty() && !connection.write(output)) return;
      if (session.is_over() || connection.is_stopping()) return;
      if (backend_->is_out(number_)) return connection.cut(true);
      if (!connection.wait_readable(kSocketStep)) continue;
      const ssize_t got = connection.read(buffer.data(), buffer.size());
      if (got <= 0) return;
      session.receive(backend_->now(), {buffer.data(), static_cast<std::size_t>(got)});
    }
  }

  /// False when the connection ends.
  bool answer_one(Connection& connection) {
    WireRequest in;
    switch (read_request(connection, in)) {
      case ReadEnd::Request:
        break;
      case ReadEnd::BadRequest:
        write_bad_request(connection);
        return false;
      case ReadEnd::TooLarge:
        connection.cut(true);
        return false;
      case ReadEnd::Closed:
        return false;
    }
    const Outcome outcome = backend_->handle(number_, in.request);
    log(in.request, outcome);
    const bool is_alive = outcome.delay == syncer::Duration(0) || connection.hold(outcome.delay);
    if (outcome.kind != Outcome::Kind::Answer || !is_alive) {
      connection.cut(outcome.kind == Outcome::Kind::Reset);
      return false;
    }
    if (const auto subject = backend_->socket_of(in.request, outcome)) {
      speak(connection, *subject, in.request);
      return false;
    }
    write_answer(connection, in, outcome);
    return in.keeps_alive && !header_lists(outcome.response.headers, "Connection", "close");
  }

  void log(const syncer::HttpRequest& in, const Outcome& outcome) const {
    if (!is_logging_) return;
    const std::string result =
        outcome.kind == Outcome::Kind::Answer ? std::to_string(outcome.response.status) : std::string("no answer");
    std::fprintf(stderr, "front-end %zu: %s %s -> %s\n", number_, in.method.c_str(), in.target.c_str(), result.c_str());
  }

  std::size_t number_;
  bool is_logging_;
  const std::atomic<bool>& stopping_;
  Backend* backend_ = nullptr;
  int socket_ = -1;
  std::thread acceptor_;
  std::atomic<std::size_t> crowded_{0};  ///< accepted connections that wait for room
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t live_ = 0;  ///< guarded by mutex_
};

}  // namespace

struct Server::Impl {
  std::atomic<bool> stopping{false};
  std::unique_ptr<Backend> backend;
  std::vector<std::unique_ptr<FrontEnd>> frontends;
  std::vector<syncer::Endpoint> endpoints;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

syncer::Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto impl = std::make_unique<Impl>();
  for (syncer::Endpoint endpoint : options.listen) {
    auto& frontend = impl->frontends.emplace_back(
        std::make_unique<FrontEnd>(impl->frontends.size(), options.is_logging, impl->stopping));
    if (!frontend->bind(endpoint)) {
      return syncer::failure(syncer::ErrorCode::Io, to_string(endpoint),
                             "cannot listen: the address is not free or not here");
    }
    impl->endpoints.push_back(endpoint);
    options.model.frontends.push_back("rest://" + to_string(endpoint) + "/");
  }
  auto backend = make_backend(std::move(options));
  if (!backend) return tl::unexpected(backend.error());
  impl->backend = std::move(*backend);
  for (auto& frontend : impl->frontends) frontend->serve(*impl->backend);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  impl_->stopping = true;
  impl_->frontends.clear();
}

const std::vector<syncer::Endpoint>& Server::endpoints() const { return impl_->endpoints; }

}  // namespace mocksc
