// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/tcp_link.h"

#include <netinet/tcp.h>

#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <utility>

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

TcpLink::TcpLink(tcp::socket socket, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits,
                 OnGone gone)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      id_(id),
      callbacks_(callbacks),
      limits_(limits),
      gone_(std::move(gone)) {}

void TcpLink::connect(const tcp::endpoint& to) {
  arm_timer(limits_.connect_timeout, "connect timeout");
  socket_.async_connect(to, [self = shared_from_this()](const asio::error_code& failed) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(failed.message());
    const bool closing = self->phase_ == Phase::Flushing;
    if (!closing) self->timer_.cancel();
    if (!closing) self->phase_ = Phase::Open;
    self->opened();
    if (!closing) self->callbacks_.connected(self->id_);
  });
}

void TcpLink::start() {
  phase_ = Phase::Open;
  opened();
}

void TcpLink::opened() {
  tune(socket_);
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
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->fail("the peer reads too slowly"); });
    return;
  }
  if (phase_ == Phase::Open && writing_.empty()) write();
}

void TcpLink::write() {
  writing_.swap(queued_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](const asio::error_code& failed, std::size_t) {
                      if (self->phase_ == Phase::Gone) return;
                      if (failed) return self->fail(failed.message());
                      self->writing_.clear();
                      if (!self->queued_.empty()) return self->write();
                      if (self->phase_ == Phase::Flushing) return self->finish_sending();
                      self->callbacks_.drained(self->id_);
                    });
}

void TcpLink::read() {
  socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const asio::error_code& failed,
                                                                             std::size_t size) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(failed == asio::error::eof ? "closed by the peer" : failed.message());
    if (self->phase_ == Phase::Open) self->callbacks_.data(self->id_, ByteView(self->buffer_.data(), size));
    if (self->phase_ != Phase::Gone) self->read();
  });
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
  socket_.shutdown(tcp::socket::shutdown_send, failed);
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
  timer_.cancel();
  socket_.close(ignored);
  queued_.clear();
}

void TcpLink::arm_timer(Duration after, std::string_view reason) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), reason](const asio::error_code& cancelled) {
    if (!cancelled) self->fail(reason);
  });
}

}  // namespace syncer::net
