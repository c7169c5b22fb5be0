// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/tcp_link.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <utility>

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

}  // namespace

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

void TcpLink::send(ByteView octets) {
  if (phase_ == Phase::Gone || phase_ == Phase::Flushing || octets.empty()) return;
  queued_.append(octets);
  if (backlog() > limits_.backlog) {
    // Not from inside the caller's own call: it is told like of any other end.
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

/// Says "no more" and reads on until the peer does as well: closing with unread octets would reset the connection and
/// could destroy what was just sent.
void TcpLink::finish_sending() {
  asio::error_code failed;
  io_->socket.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) fail(failed.message());
}

void TcpLink::fail(std::string_view reason) {
  if (phase_ == Phase::Gone) return;
  const bool tell = phase_ != Phase::Flushing;
  const auto self = shared_from_this();
  abort();
  if (tell) callbacks_.closed(id_, reason);
  gone_(id_);
}

void TcpLink::abort() {
  phase_ = Phase::Gone;
  asio::error_code ignored;
  io_->timer.cancel();
  io_->socket.close(ignored);
  queued_.clear();
}

void TcpLink::arm_timer(Duration after, std::string_view reason) {
  io_->timer.expires_after(after);
  io_->timer.async_wait([self = shared_from_this(), reason](const asio::error_code& cancelled) {
    if (!cancelled) self->fail(reason);
  });
}

}  // namespace syncer::net
