// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/connection.h"

#include <array>
#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>
#include <optional>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::httpio {

namespace ssl = asio::ssl;
using asio::ip::tcp;

struct Trust::Context {
  ssl::context tls{ssl::context::tls_client};
};

Trust::Trust() : context_(std::make_unique<Context>()) {}
Trust::~Trust() = default;

Result<std::shared_ptr<Trust>> Trust::load(const TlsOptions& options) {
  std::shared_ptr<Trust> trust(new Trust);
  ssl::context& tls = trust->context_->tls;
  asio::error_code failed;
  tls.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                      ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                  failed);
  tls.set_verify_mode(ssl::verify_peer, failed);
  if (options.ca_file.empty())
    tls.set_default_verify_paths(failed);
  else
    tls.load_verify_file(options.ca_file, failed);
  if (failed) {
    return failure(ErrorCode::Io, options.ca_file, "cannot be read as trusted certificates: " + failed.message());
  }
  if (auto used = use_own_certificate(*tls.native_handle(), options); !used) return tl::unexpected(used.error());
  trust->shows_certificate_ = !options.cert_file.empty();
  return trust;
}

namespace {

class AsioConnection final : public Connection {
 public:
  AsioConnection(net::Loop& loop, Origin origin, const AnswerLimits& limits, std::shared_ptr<Trust> trust)
      : loop_(loop), origin_(std::move(origin)), limits_(limits), trust_(std::move(trust)), socket_(loop.io()) {}

  void exchange(Bytes request, bool answer_has_body, Recall recall, Done done) override;
  bool is_reusable() const override { return phase_ == Phase::Idle; }
  bool was_answered() const override { return answered_; }
  void close() override;

 private:
  enum class Phase : std::uint8_t { New, Connecting, Idle, Busy, Closed };
  using Targets = tcp::resolver::results_type;

  void resolve();
  void connect(const Targets& targets);
  std::string connect_reason(const asio::error_code& failed);
  void shake_hands();
  std::string tls_reason(const asio::error_code& failed);
  void begin();
  void send();
  void read();
  void on_bytes(std::size_t size);
  void on_end(const asio::error_code& failed);
  void finish(Result<HttpResponse> answer);
  void fail(ErrorCode code, const std::string& what) { finish(failure(code, origin_.authority, what)); }
  std::shared_ptr<AsioConnection> self() { return std::static_pointer_cast<AsioConnection>(shared_from_this()); }
  /// Calls `use` with the stream that bytes go over.
  template <class Use>
  void with_stream(Use use) {
    if (tls_)
      use(*tls_);
    else
      use(socket_);
  }

  net::Loop& loop_;
  const Origin origin_;
  const AnswerLimits limits_;
  const std::shared_ptr<Trust> trust_;
  tcp::socket socket_;
  std::optional<ssl::stream<tcp::socket&>> tls_;
  std::optional<tcp::resolver> resolver_;
  Phase phase_ = Phase::New;
  Bytes request_;
  bool is_sending_ = false;  ///< `request_` is in use
  Done done_;
  std::optional<AnswerReader> reader_;
  bool answer_has_body_ = true;
  Recall recall_;
  bool answered_ = false;
  std::array<char, 65536> buffer_;
};

void AsioConnection::exchange(Bytes request, bool answer_has_body, Recall recall, Done done) {
  request_ = std::move(request);
  answer_has_body_ = answer_has_body;
  recall_ = std::move(recall);
  done_ = std::move(done);
  answered_ = false;
  if (phase_ == Phase::Idle) return begin();
  phase_ = Phase::Connecting;
  resolve();
}

void AsioConnection::close() {
  phase_ = Phase::Closed;
  done_ = nullptr;
  asio::error_code ignored;
  socket_.close(ignored);
  if (resolver_) resolver_->cancel();
}

void AsioConnection::resolve() {
  asio::error_code is_name;
  const auto address = asio::ip::make_address(origin_.host, is_name);
  if (!is_name) {
    const tcp::endpoint target(address, static_cast<std::uint16_t>(std::stoul(origin_.port)));
    return connect(Targets::create(target, origin_.host, origin_.port));
  }
  resolver_.emplace(loop_.io());
  const auto resolved = [me = self()](const asio::error_code& failed, const Targets& all) {
    if (me->phase_ != Phase::Connecting) return;
    if (failed) return me->fail(ErrorCode::Unreachable, "cannot find the host: " + failed.message());
    me->connect(all);
  };
  resolver_->async_resolve(origin_.host, origin_.port, resolved);
}

void AsioConnection::connect(const Targets& targets) {
  asio::async_connect(socket_, targets, [me = self()](const asio::error_code& failed, const tcp::endpoint&) {
    if (me->phase_ != Phase::Connecting) return;
    if (failed) return me->fail(ErrorCode::Unreachable, "cannot connect: " + me->connect_reason(failed));
    asio::error_code ignored;
    me->socket_.set_option(tcp::no_delay(true), ignored);
    me->socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    if (me->origin_.secure) return me->shake_hands();
    me->begin();
    me->read();
  });
}

/// The library says "aborted" of a socket that it could not even open, and not why.
std::string AsioConnection::connect_reason(const asio::error_code& failed) {
  asio::error_code why;
  if (failed == asio::error::operation_aborted) tcp::socket(loop_.io()).open(tcp::v4(), why);
  return (why ? why : failed).message();
}

void AsioConnection::shake_hands() {
  tls_.emplace(socket_, trust_->context().tls);
  asio::error_code is_name;
  asio::ip::make_address(origin_.host, is_name);
  if (!expect_host(*tls_->native_handle(), origin_.host, !is_name)) {
    return fail(ErrorCode::Invalid, "no certificate can be for \"" + origin_.host + "\"");
  }
  tls_->async_handshake(ssl::stream_base::client, [me = self()](const asio::error_code& problem) {
    if (me->phase_ != Phase::Connecting) return;
    if (problem) return me->fail(ErrorCode::Unreachable, "TLS: " + me->tls_reason(problem));
    me->begin();
    me->read();
  });
}

/// In words where it is about certificates.
std::string AsioConnection::tls_reason(const asio::error_code& failed) {
  const bool is_tls = failed.category() == asio::error::get_ssl_category();
  const int alert = is_tls ? ERR_GET_REASON(static_cast<unsigned long>(failed.value())) : 0;
  return certificate_problem(*tls_->native_handle(), origin_.host, alert, trust_->shows_certificate())
      .value_or("the handshake failed: " + failed.message());
}

void AsioConnection::begin() {
  phase_ = Phase::Busy;
  reader_.emplace(limits_, answer_has_body_, std::move(recall_));
  send();
}

void AsioConnection::send() {
  is_sending_ = true;
  with_stream([this](auto& stream) {
    asio::async_write(stream, asio::buffer(request_), [me = self()](const asio::error_code& failed, std::size_t) {
      me->is_sending_ = false;
      // A server may answer and close before it has read everything: what it said counts, and the reader sees the end.
      // In TLS it said at least why it closes.
      if (failed && me->phase_ == Phase::Busy && !me->answered_ && !me->tls_) {
        me->fail(ErrorCode::Unreachable, "connection lost while sending the request: " + failed.message());
      }
    });
  });
}

/// One read is always pending: so a server that closes an idle connection is noticed at once.
void AsioConnection::read() {
  with_stream([this](auto& stream) {
    stream.async_read_some(asio::buffer(buffer_), [me = self()](const asio::error_code& failed, std::size_t size) {
      if (me->phase_ == Phase::Closed) return;
      if (failed) return me->on_end(failed);
      me->on_bytes(size);
      if (me->phase_ != Phase::Closed) me->read();
    });
  });
}

void AsioConnection::on_bytes(std::size_t size) {
  if (phase_ != Phase::Busy) return close();  // nobody asked for anything
  answered_ = true;
  const auto taken = reader_->feed({buffer_.data(), size});
  if (!taken) return fail(taken.error().code, taken.error().detail);
  if (!reader_->complete()) return;
  if (*taken < size) return fail(ErrorCode::Corrupt, "more than one answer to one request");
  // A server that answers before it has read everything may never do so, and what is being sent must stay.
  const bool sends_on = is_sending_ && !SYNCER_MUTATED("httpio.ask_again_while_sending");
  const bool keep = reader_->keeps_alive() && !sends_on;
  auto answer = reader_->take();
  if (!keep || !answer) return finish(std::move(answer));
  phase_ = Phase::Idle;
  std::exchange(done_, nullptr)(std::move(answer));
}

void AsioConnection::on_end(const asio::error_code& failed) {
  if (phase_ != Phase::Busy) return close();
  // In TLS 1.3 a server judges our certificate after our side of the handshake is over.
  if (tls_ && failed.category() == asio::error::get_ssl_category() && !answered_) {
    return fail(ErrorCode::Unreachable, "TLS: " + tls_reason(failed));
  }
  // A peer that ends TLS without saying so may have been cut off: then only a counted length shows the end.
  const bool orderly = failed == asio::error::eof;
  if (!orderly || !reader_->end()) return fail(ErrorCode::Unreachable, "connection lost while reading the answer");
  finish(reader_->take());
}

void AsioConnection::finish(Result<HttpResponse> answer) {
  if (!answer) answer.error().where = origin_.authority;
  const Done done = std::exchange(done_, nullptr);
  close();
  if (done) done(std::move(answer));
}

}  // namespace

std::shared_ptr<Connection> Connection::create(net::Loop& loop, Origin origin, const AnswerLimits& limits,
                                               std::shared_ptr<Trust> trust) {
  return std::make_shared<AsioConnection>(loop, std::move(origin), limits, std::move(trust));
}

}  // namespace syncer::httpio
