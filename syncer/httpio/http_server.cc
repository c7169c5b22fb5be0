// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <map>
#include <system_error>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/httpio/connection_places.h"
#include "syncer/httpio/served_connection.h"
#include "syncer/net/addresses.h"

namespace syncer::httpio {
namespace {

/// Pause after an accept that failed (out of descriptors): trying at once would spin.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

/// An address as the socket calls take it.
struct RawAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

RawAddress raw(const SocketAddress& address) {
  RawAddress out;
  if (!address.is_unix()) {
    out.size = static_cast<socklen_t>(net::to_sockaddr(address.endpoint, false, out.get()));
    return out;
  }
  auto* local = reinterpret_cast<sockaddr_un*>(&out.storage);
  local->sun_family = AF_UNIX;
  address.path.copy(local->sun_path, sizeof local->sun_path - 1);
  out.size = sizeof *local;
  return out;
}

/// A descriptor until somebody takes it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

int stream_socket(const SocketAddress& address) {
  const int family = address.is_unix() ? AF_UNIX : address.endpoint.is_v4() ? AF_INET : AF_INET6;
  return ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

tl::unexpected<Error> refused(const SocketAddress& address) {
  const std::error_code why(errno, std::generic_category());
  if (!address.is_unix()) return tl::unexpected(net::bind_error(address.endpoint, "TCP", why));
  return failure(ErrorCode::Io, address.path, "cannot listen on this socket: " + why.message());
}

/// A socket file outlives the process that made it; somebody else's file is left alone.
Result<void> clear_path(SocketAddress address) {
  struct stat about {};
  if (::lstat(address.path.c_str(), &about) != 0) return {};
  if (!S_ISSOCK(about.st_mode)) return failure(ErrorCode::Io, address.path, "is there already and is no socket");
  const Descriptor probe(stream_socket(address));
  RawAddress to = raw(address);
  if (::connect(probe.get(), to.get(), to.size) == 0 || errno == EAGAIN) {
    return failure(ErrorCode::Io, address.path, "another process listens on this socket");
  }
  if (::unlink(address.path.c_str()) == 0) return {};
  return failure(ErrorCode::Io, address.path,
                 "cannot remove what an earlier process left: " + std::generic_category().message(errno));
}

/// Nobody can connect before listen(), so there is no moment in which the mode is another one.
bool open_to_group(const std::string& path, HttpServer::Group group) {
  if (group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) return false;
  return ::chmod(path.c_str(), 0660) == 0;
}

Result<int> open_listener(const SocketAddress& local, HttpServer::Group group) {
  if (local.is_unix()) {
    if (auto cleared = clear_path(local); !cleared) return tl::unexpected(cleared.error());
  }
  Descriptor listener(stream_socket(local));
  if (listener.get() < 0) return refused(local);
  const int on = 1;
  if (!local.is_unix()) ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  RawAddress to = raw(local);
  if (::bind(listener.get(), to.get(), to.size) != 0) return refused(local);
  if (local.is_unix() && !open_to_group(local.path, group)) {
    auto error = refused(local);
    ::unlink(local.path.c_str());
    return error;
  }
  if (::listen(listener.get(), SOMAXCONN) != 0) return refused(local);
  return listener.release();
}

Endpoint name_of(int descriptor, int (*ask)(int, sockaddr*, socklen_t*)) {
  RawAddress name;
  name.size = sizeof name.storage;
  return ask(descriptor, name.get(), &name.size) == 0 ? net::from_sockaddr(*name.get()) : Endpoint{};
}

Caller caller_of(int descriptor, const SocketAddress& local) {
  Caller caller;
  if (local.is_unix()) {
    ucred peer{};
    socklen_t size = sizeof peer;
    // Without credentials nobody could be named for what is done: such a system does not exist on Linux.
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) peer.uid = peer.gid = ~0U;
    caller.host = "uid " + std::to_string(peer.uid);
    caller.who = caller.host + " gid " + std::to_string(peer.gid) + " pid " + std::to_string(peer.pid);
    return caller;
  }
  const Endpoint peer = name_of(descriptor, ::getpeername);
  const Endpoint reached = name_of(descriptor, ::getsockname);
  caller.who = to_string(peer);
  caller.host = peer.host();
  caller.local = to_string(reached);
  caller.is_loopback = reached.is_loopback();
  return caller;
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<State> {
  State(net::Loop& l, const ServerLimits& b, Handler h)
      : loop(l), limits(b), handler(std::move(h)), door(l.io()), pause(l), places(b.connections) {}

  void accept() {
    door.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](const asio::error_code& failed) {
                      if (failed || !self->door.is_open()) return;
                      self->welcome();
                    });
  }

  void welcome() {
    const int descriptor = ::accept4(door.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    const bool is_short = descriptor < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
    if (is_short && SYNCER_MUTATED("httpio.accept_nobody_after_a_shortage")) return;
    if (is_short) return accept_later();
    if (descriptor >= 0) serve(descriptor);
    accept();
  }

  void accept_later() {
    pause.set(kAcceptPause, [this] { accept(); });
  }

  void serve(int descriptor) {
    Caller caller = caller_of(descriptor, local);
    const ConnectionPlaces::Id id = ++last;
    if (const auto gone = places.take(id, caller.host)) {
      connections.at(*gone)->abort();
      connections.erase(*gone);
    }
    const int family = local.is_unix() ? AF_UNIX : local.endpoint.is_v4() ? AF_INET : AF_INET6;
    auto connection = ServedConnection::serve(loop, family, descriptor, std::move(caller), limits, handler,
                                              [weak = weak_from_this(), id] {
                                                if (const auto self = weak.lock()) self->forget(id);
                                              });
    if (!connection) return places.leave(id);
    connections.emplace(id, std::move(connection));
  }

  void forget(ConnectionPlaces::Id id) {
    places.leave(id);
    connections.erase(id);
  }

  void stop() {
    asio::error_code ignored;
    pause.cancel();
    door.close(ignored);
    for (const auto& [id, connection] : connections) connection->abort();
    connections.clear();
    if (local.is_unix()) ::unlink(local.path.c_str());
  }

  net::Loop& loop;
  const ServerLimits limits;
  const Handler handler;
  SocketAddress local;
  asio::posix::stream_descriptor door;
  net::Timer pause;
  ConnectionPlaces places;
  std::map<ConnectionPlaces::Id, std::shared_ptr<ServedConnection>> connections;
  ConnectionPlaces::Id last = 0;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(net::Loop& loop, const SocketAddress& local, Group group,
                                                       const ServerLimits& limits, Handler handler) {
  const auto descriptor = open_listener(local, group);
  if (!descriptor) return tl::unexpected(descriptor.error());
  auto state = std::make_shared<State>(loop, limits, std::move(handler));
  state->local = local;
  if (!local.is_unix()) state->local.endpoint = name_of(*descriptor, ::getsockname);
  asio::error_code failed;
  state->door.assign(*descriptor, failed);
  if (failed) {
    ::close(*descriptor);
    return failure(ErrorCode::Io, to_string(local), "cannot listen: " + failed.message());
  }
  state->accept();
  return std::make_unique<HttpServer>(std::move(state));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() { state_->stop(); }
const SocketAddress& HttpServer::local() const { return state_->local; }

}  // namespace syncer::httpio
