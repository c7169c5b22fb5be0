// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/tcp_streams.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/net/addresses.h"

namespace syncer::net {
namespace {

using asio::ip::tcp;
using KeepIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;

/// Small frames go out at once, and a peer whose machine died is noticed even on a silent link.
void tune(tcp::socket& socket) {
  asio::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(KeepIdle(15), ignored);
  socket.set_option(KeepInterval(5), ignored);
}

/// One TCP connection: connecting, open, or flushing after the node closed it. Keeps itself alive through its pending
/// operations.
class TcpLink : public std::enable_shared_from_this<TcpLink> {
 public:
  /// Called once when the link is over, after the last callback.
  using OnGone = std::function<void(LinkId)>;

  TcpLink(Loop& loop, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits, OnGone gone);
  ~TcpLink();

  /// Dials.
  void connect(const Endpoint& to);
  /// Takes over an accepted socket by its descriptor.
  void adopt(int descriptor, bool v6);
  void send(ByteView bytes);
  std::size_t backlog() const { return queued_.size() + writing_.size(); }
  /// The node's close: no callback follows.
  void close();
  /// Ends everything at once, silently.
  void abort();
  /// The same, and the other end is told that nothing follows and nothing is read.
  void reset();

 private:
  enum class Phase { Connecting, Open, Flushing, Gone };
  struct Io;

  void connected(const std::string& failure);
  void opened();
  void read();
  void write();
  void written();
  void finish_sending();
  void fail(std::string_view reason);
  void arm_timer(Duration after, std::string_view reason);

  std::unique_ptr<Io> io_;
  LinkId id_;
  const StreamCallbacks& callbacks_;  ///< owned by TcpStreams::State, which aborts its links before it goes
  const StreamLimits& limits_;
  OnGone gone_;
  Phase phase_ = Phase::Connecting;
  Bytes queued_;
  Bytes writing_;
};

struct TcpLink::Io {
  explicit Io(asio::io_context& context) : socket(context), timer(context) {}
  tcp::socket socket;
  asio::steady_timer timer;
  std::array<char, 65536> buffer;
};

TcpLink::TcpLink(Loop& loop, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits, OnGone gone)
    : io_(std::make_unique<Io>(loop.io())), id_(id), callbacks_(callbacks), limits_(limits), gone_(std::move(gone)) {}
TcpLink::~TcpLink() = default;

void TcpLink::connect(const Endpoint& to) {
  arm_timer(limits_.connect_timeout, "connect timeout");
  io_->socket.async_connect(to_asio<tcp::endpoint>(to, false), [self = shared_from_this()](const asio::error_code& e) {
    self->connected(e ? e.message() : "");
  });
}

void TcpLink::connected(const std::string& failure) {
  if (phase_ == Phase::Gone) return;
  if (!failure.empty()) return fail(failure);
  if (phase_ == Phase::Flushing) return opened();
  io_->timer.cancel();
  phase_ = Phase::Open;
  opened();
  callbacks_.connected(id_);
}

void TcpLink::adopt(int descriptor, bool v6) {
  asio::error_code failed;
  io_->socket.assign(v6 ? tcp::v6() : tcp::v4(), descriptor, failed);
  if (failed) ::close(descriptor);
  if (failed) return fail(failed.message());
  if (phase_ == Phase::Gone) return abort();  // the node closed it as soon as it heard of it
  if (phase_ == Phase::Connecting) phase_ = Phase::Open;
  opened();
}

void TcpLink::opened() {
  tune(io_->socket);
  read();
  if (!queued_.empty()) {
    write();
  } else if (phase_ == Phase::Flushing) {
    finish_sending();
  }
}

void TcpLink::send(ByteView bytes) {
  if (phase_ == Phase::Gone || phase_ == Phase::Flushing || bytes.empty()) return;
  queued_.append(bytes);
  if (backlog() > limits_.backlog) {
    // Not from inside the caller's own call: it is reported like any other end.
    asio::post(io_->socket.get_executor(), [self = shared_from_this()] { self->fail("the peer reads too slowly"); });
    return;
  }
  if (phase_ == Phase::Open && writing_.empty()) write();
}

void TcpLink::write() {
  writing_.swap(queued_);
  asio::async_write(io_->socket, asio::buffer(writing_),
                    [self = shared_from_this()](const asio::error_code& failed, std::size_t) {
                      if (self->phase_ == Phase::Gone) return;
                      if (failed) return self->fail(failed.message());
                      self->written();
                    });
}

void TcpLink::written() {
  writing_.clear();
  if (!queued_.empty()) return write();
  if (phase_ == Phase::Flushing) finish_sending();
}

void TcpLink::read() {
  const auto got = [self = shared_from_this()](const asio::error_code& failed, std::size_t size) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(failed == asio::error::eof ? "closed by the peer" : failed.message());
    if (self->phase_ == Phase::Open) self->callbacks_.data(self->id_, ByteView(self->io_->buffer.data(), size));
    if (self->phase_ != Phase::Gone) self->read();
  };
  io_->socket.async_read_some(asio::buffer(io_->buffer), got);
}

void TcpLink::close() {
  if (phase_ == Phase::Gone || phase_ == Phase::Flushing) return;
  const bool idle = phase_ == Phase::Open && backlog() == 0;
  const bool nothing_to_send = phase_ == Phase::Connecting && backlog() == 0;
  phase_ = Phase::Flushing;
  if (nothing_to_send) return fail("closed");
  arm_timer(limits_.close_timeout, "closed");
  if (idle) finish_sending();
}

/// Ends the sending side and reads on until the peer ends its own as well: closing with unread bytes would reset the
/// connection and could destroy what was just sent.
void TcpLink::finish_sending() {
  asio::error_code failed;
  io_->socket.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) fail(failed.message());
}

void TcpLink::fail(std::string_view reason) {
  if (phase_ == Phase::Gone) return;
  const bool report = phase_ != Phase::Flushing;
  const auto self = shared_from_this();
  abort();
  if (report) callbacks_.closed(id_, reason);
  gone_(id_);
}

void TcpLink::abort() {
  phase_ = Phase::Gone;
  asio::error_code ignored;
  io_->timer.cancel();
  io_->socket.close(ignored);
  queued_.clear();
}

void TcpLink::reset() {
  asio::error_code ignored;
  io_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  abort();
}

void TcpLink::arm_timer(Duration after, std::string_view reason) {
  io_->timer.expires_after(after);
  io_->timer.async_wait([self = shared_from_this(), reason](const asio::error_code& cancelled) {
    if (!cancelled) self->fail(reason);
  });
}

/// Pause after an accept that failed (out of descriptors): trying at once would spin.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

asio::error_code open_acceptor(tcp::acceptor& acceptor, const Endpoint& local) {
  const bool v6 = !local.is_v4();
  asio::error_code failed;
  asio::error_code ignored;
  acceptor.open(v6 ? tcp::v6() : tcp::v4(), failed);
  if (failed) return failed;
  acceptor.set_option(tcp::acceptor::reuse_address(true), ignored);
  if (v6) acceptor.set_option(asio::ip::v6_only(false), ignored);
  acceptor.bind(to_asio<tcp::endpoint>(local, v6), failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  return failed;
}

struct Door {
  Door(asio::io_context& io, Listener which) : acceptor(io), pause(io), listener(which) {}
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Listener listener;
};

}  // namespace

struct TcpStreams::State : std::enable_shared_from_this<State> {
  State(Loop& l, StreamCallbacks c, StreamLimits b) : loop(l), callbacks(std::move(c)), limits(b) {}

  std::shared_ptr<TcpLink> add(LinkId id) {
    const std::weak_ptr<State> weak = weak_from_this();
    auto link = std::make_shared<TcpLink>(loop, id, callbacks, limits, [weak](LinkId gone) {
      if (const auto self = weak.lock()) self->forget(gone);
    });
    links.emplace(id, link);
    return link;
  }

  void forget(LinkId id) {
    links.erase(id);
    flushing.erase(id);
  }

  void accept(const std::shared_ptr<Door>& door) {
    door->acceptor.async_accept([self = shared_from_this(), door](const asio::error_code& failed, tcp::socket socket) {
      if (!door->acceptor.is_open()) return;
      if (failed) return self->accept_later(door);
      self->welcome(*door, std::move(socket));
      if (door->acceptor.is_open()) self->accept(door);
    });
  }

  void accept_later(const std::shared_ptr<Door>& door) {
    door->pause.expires_after(kAcceptPause);
    door->pause.async_wait([self = shared_from_this(), door](const asio::error_code& cancelled) {
      if (!cancelled && door->acceptor.is_open()) self->accept(door);
    });
  }

  void welcome(const Door& door, tcp::socket socket) {
    asio::error_code failed;
    const tcp::endpoint from = socket.remote_endpoint(failed);
    if (failed || links.size() >= limits.links) return;  // gone already, or one too many: the socket closes here
    const bool v6 = socket.local_endpoint(failed).protocol() == tcp::v6();
    const int descriptor = socket.release(failed);
    if (failed) return;
    const LinkId id{next_accepted += 2};
    const auto link = add(id);
    callbacks.accepted(id, door.listener, from_asio(from));
    link->adopt(descriptor, v6);
  }

  Loop& loop;
  StreamCallbacks callbacks;
  StreamLimits limits;
  std::vector<std::shared_ptr<Door>> doors;
  std::map<LinkId, std::shared_ptr<TcpLink>> links;     ///< known to the node
  std::map<LinkId, std::shared_ptr<TcpLink>> flushing;  ///< closed by the node, still sending
  std::uint64_t next_accepted = 0;
};

TcpStreams::TcpStreams(Loop& loop, StreamCallbacks callbacks, StreamLimits limits)
    : state_(std::make_shared<State>(loop, std::move(callbacks), limits)) {}

TcpStreams::~TcpStreams() {
  asio::error_code ignored;
  for (const auto& door : state_->doors) {
    door->acceptor.close(ignored);
    door->pause.cancel();
  }
  for (const auto& [id, link] : state_->links) link->abort();
  for (const auto& [id, link] : state_->flushing) link->abort();
}

Result<Endpoint> TcpStreams::listen(Listener listener, const Endpoint& local) {
  auto door = std::make_shared<Door>(state_->loop.io(), listener);
  if (const asio::error_code failed = open_acceptor(door->acceptor, local)) {
    return tl::unexpected(bind_error(local, "TCP", failed));
  }
  asio::error_code ignored;
  const Endpoint bound = from_asio(door->acceptor.local_endpoint(ignored));
  state_->doors.push_back(door);
  state_->accept(door);
  return bound;
}

void TcpStreams::connect(LinkId link, const Endpoint& to) { state_->add(link)->connect(to); }

void TcpStreams::send(LinkId link, ByteView bytes) {
  const auto it = state_->links.find(link);
  if (it != state_->links.end()) it->second->send(bytes);
}

std::size_t TcpStreams::backlog(LinkId link) const {
  const auto it = state_->links.find(link);
  return it == state_->links.end() ? 0 : it->second->backlog();
}

void TcpStreams::close(LinkId link) {
  const auto it = state_->links.find(link);
  if (it == state_->links.end()) return;
  const auto closing = it->second;
  state_->links.erase(it);
  // Who never ends his side must not collect our descriptors.
  if (state_->flushing.size() >= state_->limits.flushing && closing->backlog() == 0) return closing->reset();
  state_->flushing.emplace(link, closing);
  closing->close();
}

bool TcpStreams::flushed() const { return state_->flushing.empty(); }

}  // namespace syncer::net
