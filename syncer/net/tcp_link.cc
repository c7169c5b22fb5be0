// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/tcp_link.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>
#include <cerrno>
#include <optional>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/net/addresses.h"

namespace syncer::net {
namespace {

using asio::ip::tcp;
using KeepIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;

/// What every TLS session begins with: the type of a record of the handshake.
constexpr char kHandshakeRecord = 0x16;
constexpr std::string_view kClosedByPeer = "closed by the peer";

/// Small frames go out at once, and a peer whose machine died is noticed even on a silent link.
void tune(tcp::socket& socket) {
  asio::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(KeepIdle(15), ignored);
  socket.set_option(KeepInterval(5), ignored);
}

bool is_end(const asio::error_code& failed) {
  return failed == asio::error::eof || failed == asio::ssl::error::stream_truncated;
}

}  // namespace

struct TcpLink::Io {
  explicit Io(Loop& loop) : socket(loop.io()), timer(loop) {}
  /// Calls `use` with the stream that bytes go over.
  template <class Use>
  void with_stream(Use use) {
    if (secure)
      use(*secure);
    else
      use(socket);
  }
  ssl_st* session() { return secure->native_handle(); }

  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> secure;
  Timer timer;
  std::array<char, 65536> buffer;
};

TcpLink::TcpLink(Loop& loop, LinkId id, const StreamCallbacks& callbacks, const StreamLimits& limits, OnGone gone)
    : io_(std::make_unique<Io>(loop)), id_(id), callbacks_(callbacks), limits_(limits), gone_(std::move(gone)) {}
TcpLink::~TcpLink() = default;

void TcpLink::connect(const Endpoint& to, Channel channel, Trust trust, bool or_plain) {
  dialled_ = reported_ = true;
  from_ = to;
  channel_ = channel;
  trust_ = std::move(trust);
  or_plain_ = or_plain;
  arm_timer(limits_.connect_timeout, "connect timeout");
  connect_socket(to);
}

void TcpLink::connect_socket(const Endpoint& to) {
  io_->socket.async_connect(to_asio<tcp::endpoint>(to, false), [self = shared_from_this()](const asio::error_code& e) {
    self->connected(e ? e.message() : "");
  });
}

void TcpLink::connected(const std::string& failure) {
  if (phase_ == Phase::Gone) return;
  if (!failure.empty()) return fail(failure);
  if (trust_) return shake_hands(false);
  begin({});
}

void TcpLink::adopt(int descriptor, bool v6, Listener listener, const Endpoint& from, Trust trust) {
  asio::error_code failed;
  listener_ = listener;
  from_ = from;
  trust_ = std::move(trust);
  io_->socket.assign(v6 ? tcp::v6() : tcp::v4(), descriptor, failed);
  if (failed) ::close(descriptor);
  if (failed) return fail(failed.message());
  if (!trust_) return begin({});
  arm_timer(limits_.handshake_timeout, "no handshake in time");
  look_at_first_byte();
}

void TcpLink::look_at_first_byte() {
  io_->socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const asio::error_code& failed) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(failed.message());
    char first = 0;
    const ssize_t size = ::recv(self->io_->socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return self->look_at_first_byte();
    if (size <= 0) return self->fail(kClosedByPeer);
    if (first == kHandshakeRecord) return self->shake_hands(true);
    self->trust_.reset();
    self->begin({});
  });
}

void TcpLink::shake_hands(bool as_server) {
  tune(io_->socket);
  const Channel channel = as_server && listener_ == Listener::Cluster ? Channel::Raft : channel_;
  ssl_st* session = as_server ? trust_->answer(channel) : trust_->dial(channel);
  io_->secure.emplace(io_->socket, session);
  const auto role = as_server ? asio::ssl::stream_base::server : asio::ssl::stream_base::client;
  io_->secure->async_handshake(role,
                               [self = shared_from_this()](const asio::error_code& failed) { self->shaken(failed); });
}

void TcpLink::shaken(const std::error_code& failed) {
  if (phase_ == Phase::Gone) return;
  if (failed && dialled_ && or_plain_ && tls::speaks_no_tls(io_->session(), failed)) {
    return asio::post(io_->socket.get_executor(), [self = shared_from_this()] { self->connect_plain(); });
  }
  if (failed) return turn_away(tls::handshake_failure(io_->session(), failed));
  const auto identity = trust_->peer_of(io_->session());
  if (!identity) return turn_away(identity.error().detail);
  begin(*identity);
}

/// The other end does not know of TLS yet.
std::optional<Duration> TcpLink::round_trip() const {
  tcp_info info{};
  socklen_t size = sizeof(info);
  const bool is_open = phase_ == Phase::Open && io_->socket.is_open();
  if (!is_open || ::getsockopt(io_->socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      info.tcpi_rtt == 0)
    return std::nullopt;
  return std::chrono::microseconds(info.tcpi_rtt);
}

void TcpLink::connect_plain() {
  if (phase_ == Phase::Gone) return;
  asio::error_code ignored;
  io_->secure.reset();
  io_->socket.close(ignored);
  trust_.reset();
  connect_socket(from_);
}

/// The link stands; whatever was queued goes out.
void TcpLink::begin(const PeerIdentity& identity) {
  if (phase_ == Phase::Flushing) return opened();
  if (!SYNCER_MUTATED("net.leave_the_time_to_come_about_running")) io_->timer.cancel();
  if (dialled_) {
    phase_ = Phase::Open;
    opened();
    return callbacks_.connected(id_, identity);
  }
  reported_ = true;
  callbacks_.accepted(id_, listener_, from_, identity);
  if (phase_ == Phase::Gone) return abort();  // the node closed it as soon as it heard of it
  if (phase_ == Phase::Connecting) phase_ = Phase::Open;
  opened();
}

/// The handshake failed. The other end is given the time to read the alert that says so: closing with unread bytes
/// would reset the connection and destroy it.
void TcpLink::turn_away(std::string_view reason) {
  if (dialled_) return fail(reason);
  if (callbacks_.turned_away) callbacks_.turned_away(from_, reason);
  phase_ = Phase::Flushing;
  asio::error_code failed;
  io_->socket.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) return fail(failed.message());
  drain();
}

void TcpLink::drain() {
  io_->socket.async_read_some(asio::buffer(io_->buffer),
                              [self = shared_from_this()](const asio::error_code& failed, std::size_t) {
                                if (self->phase_ == Phase::Gone) return;
                                if (failed) return self->fail(kClosedByPeer);
                                self->drain();
                              });
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
  const auto done = [self = shared_from_this()](const asio::error_code& failed, std::size_t) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(self->words(failed));
    self->written();
  };
  io_->with_stream([&](auto& stream) { asio::async_write(stream, asio::buffer(writing_), done); });
}

void TcpLink::written() {
  writing_.clear();
  if (!queued_.empty()) return write();
  if (phase_ == Phase::Flushing) finish_sending();
}

void TcpLink::read() {
  const auto got = [self = shared_from_this()](const asio::error_code& failed, std::size_t size) {
    if (self->phase_ == Phase::Gone) return;
    if (failed) return self->fail(self->words(failed));
    if (self->phase_ == Phase::Open) self->callbacks_.data(self->id_, ByteView(self->io_->buffer.data(), size));
    if (self->phase_ != Phase::Gone) self->read();
  };
  io_->with_stream([&](auto& stream) { stream.async_read_some(asio::buffer(io_->buffer), got); });
}

std::string TcpLink::words(const std::error_code& failed) const {
  if (is_end(failed)) return std::string(kClosedByPeer);
  return io_->secure ? tls::session_failure(failed) : failed.message();
}

void TcpLink::close() {
  if (phase_ == Phase::Gone || phase_ == Phase::Flushing) return;
  const bool idle = phase_ == Phase::Open && backlog() == 0;
  const bool nothing_to_send = phase_ == Phase::Connecting && backlog() == 0;
  phase_ = Phase::Flushing;
  if (nothing_to_send) return fail("closed");
  if (!SYNCER_MUTATED("net.wait_for_those_who_never_end")) arm_timer(limits_.close_timeout, "closed");
  if (idle) finish_sending();
}

/// Ends the sending side and reads on until the peer ends its own as well: closing with unread bytes would reset the
/// connection and could destroy what was just sent. TLS has a good-bye of its own, which would say nothing more: what
/// a frame lacks shows by its length.
void TcpLink::finish_sending() {
  asio::error_code failed;
  io_->socket.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) fail(failed.message());
}

void TcpLink::judge(const Trust& trust) {
  if (phase_ != Phase::Open || !io_->secure) return;
  const std::string objection =
      trust ? trust->objection_to(io_->session()) : std::string("this syncer has no certificate any more");
  if (!objection.empty()) fail("its certificate is not believed any more: " + objection);
}

void TcpLink::fail(std::string_view reason) {
  if (phase_ == Phase::Gone) return;
  const bool report = reported_ && phase_ != Phase::Flushing;
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
  io_->timer.set(after, [this, reason] { fail(reason); });
}

}  // namespace syncer::net
