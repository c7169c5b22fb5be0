// SPDX-License-Identifier: Apache-2.0
#include "sim/real/registries/gateway.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "sim/real/registries/wire_answer.h"
#include "syncer/httpio/request_reader.h"

namespace sim::real {

using host::HttpReply;
using host::World;
using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

namespace {

constexpr int kBacklog = 1024;
constexpr syncer::Duration kSendAgain = std::chrono::milliseconds(2);

/// A syncer writes many copies with one request.
syncer::httpio::RequestLimits limits() {
  syncer::httpio::RequestLimits limits;
  limits.body = 64U << 20U;
  return limits;
}

sockaddr_in socket_address(const syncer::Endpoint& address) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  const syncer::Bytes octets = address.octets();
  std::memcpy(&v4.sin_addr, octets.data(), octets.size());
  return v4;
}

}  // namespace

/// One accepted connection. A request is answered before the next one is read.
class Gateway::Connection : public std::enable_shared_from_this<Gateway::Connection> {
 public:
  Connection(Gateway& gateway, int descriptor, fault::NodeIndex client, const FrontEnd& front_end)
      : gateway_(gateway), descriptor_(descriptor), client_(client), front_end_(front_end) {}
  ~Connection() { ::close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void readable() {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return gateway_.close(descriptor_);
    input_.append(buffer.data(), static_cast<std::size_t>(got));
    take_up();
  }
  void over() { is_over_ = true; }

 private:
  /// The next request, if all of it is there and no other is being answered.
  void take_up() {
    if (is_busy_ || is_over_) return;
    input_.erase(0, reader_.feed(input_));
    if (reader_.refusal()) return gateway_.close(descriptor_);
    if (!reader_.complete()) return;
    is_busy_ = true;
    syncer::httpio::ServedRequest served = reader_.take();
    keeps_ = served.keeps_alive;
    is_head_ = served.method == "HEAD";
    syncer::HttpRequest request{std::move(served.method), front_end_.origin, std::move(served.target),
                                std::move(served.headers), std::move(served.body)};
    World& world = gateway_.world_;
    world.at(world.now(), [self = shared_from_this(), request](World& w) { self->ask(w, request); });
  }

  void ask(World& world, const syncer::HttpRequest& request) {
    // The process that asked may be gone; what it asked for is done all the same.
    HttpReply reply = world.serve(front_end_.registry, front_end_.number, client_, request);
    if (reply.hangs) return;
    const syncer::Instant due = world.now() + reply.delay;
    world.at(due, [self = shared_from_this(), reply = std::move(reply)](World&) { self->answer(reply); });
  }

  void answer(const HttpReply& reply) {
    if (is_over_) return;
    if (!reply.outcome && !reply.cut) {
      const linger at_once{1, 0};
      ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return gateway_.close(descriptor_);
    }
    const bool is_cut = !reply.outcome;
    ends_ = is_cut || !keeps_;
    output_ = wire_answer(is_cut ? *reply.cut : *reply.outcome, {is_cut, is_head_, keeps_});
    sent_ = 0;
    flush();
  }

  /// What the socket has no room for goes a moment later.
  void flush() {
    if (is_over_) return;
    const std::string_view rest = std::string_view(output_).substr(sent_);
    const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return gateway_.close(descriptor_);
    sent_ += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (sent_ < output_.size()) {
      World& world = gateway_.world_;
      return world.at(world.now() + kSendAgain, [self = shared_from_this()](World&) { self->flush(); });
    }
    if (ends_) return gateway_.close(descriptor_);
    is_busy_ = false;
    take_up();
  }

  Gateway& gateway_;
  int descriptor_;
  fault::NodeIndex client_;
  const FrontEnd& front_end_;
  std::string input_;
  syncer::httpio::RequestReader reader_{limits()};
  bool is_busy_ = false;
  bool is_over_ = false;
  bool keeps_ = false;
  bool is_head_ = false;
  std::string output_;
  std::size_t sent_ = 0;
  bool ends_ = false;
};

Gateway::Gateway(World& world, Poller& poller, Who who) : world_(world), poller_(poller), who_(std::move(who)) {}

Gateway::~Gateway() {
  while (!connections_.empty()) close(connections_.begin()->first);
  for (const auto& [listener, front_end] : listeners_) {
    poller_.forget(listener);
    ::close(listener);
  }
}

Result<void> Gateway::listen(const NetworkNamespace& network, const syncer::Endpoint& address,
                             fault::RegistryIndex registry, std::uint32_t front_end) {
  int socket = -1;
  const auto opened = network.inside([&]() -> Result<void> {
    socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_in v4 = socket_address(address);
    const auto* generic = reinterpret_cast<const sockaddr*>(&v4);
    if (socket >= 0 && ::bind(socket, generic, sizeof v4) == 0 && ::listen(socket, kBacklog) == 0) return {};
    return failure(ErrorCode::Io, to_string(address), "cannot listen: " + std::generic_category().message(errno));
  });
  if (!opened) return opened;
  listeners_.emplace(socket, FrontEnd{registry, front_end, "http://" + to_string(address)});
  poller_.watch(socket, [this, socket] { accept(socket); });
  return {};
}

void Gateway::accept(int listener) {
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const int accepted = ::accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return;
  std::array<char, INET_ADDRSTRLEN> host{};
  ::inet_ntop(AF_INET, &from.sin_addr, host.data(), host.size());
  const auto client = who_(host.data());
  if (!client) {
    ::close(accepted);
    return;
  }
  const int yes = 1;
  ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto connection = std::make_shared<Connection>(*this, accepted, *client, listeners_.at(listener));
  poller_.watch(accepted, [connection] { connection->readable(); });
  connections_.emplace(accepted, std::move(connection));
}

void Gateway::close(int descriptor) {
  poller_.forget(descriptor);
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  found->second->over();
  ::shutdown(descriptor, SHUT_RD);
  connections_.erase(found);
}

}  // namespace sim::real
