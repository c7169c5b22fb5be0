// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/blocking_stream.h"

#include <array>
#include <asio/buffer.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <optional>

#include "syncer/httpio/request_text.h"
#include "syncer/net/addresses.h"

namespace syncer::httpio {
namespace {

using Stream = asio::generic::stream_protocol;

/// A head, or the body of a refusal, that is longer is not looked at any further.
constexpr std::size_t kLongestHead = 16U << 10U;

Stream::endpoint target_of(const SocketAddress& to) {
  if (to.is_unix()) return asio::local::stream_protocol::endpoint(to.path);
  return net::to_asio<asio::ip::tcp::endpoint>(to.endpoint, false);
}

class StreamCall {
 public:
  StreamCall(const SocketAddress& to, Bytes request, Duration patience, const std::function<bool(ByteView)>& take)
      : to_(to), request_(std::move(request)), patience_(patience), take_(take), socket_(io_), timer_(io_) {}

  Result<void> run() {
    arm();
    socket_.async_connect(target_of(to_), [this](const asio::error_code& failed) {
      if (failed) return fail(ErrorCode::Unreachable, "no syncer answers: " + failed.message());
      asio::async_write(socket_, asio::buffer(request_), [this](const asio::error_code&, std::size_t) { read(); });
    });
    io_.run();
    return std::move(*outcome_);
  }

 private:
  void arm() {
    timer_.expires_after(patience_);
    timer_.async_wait([this](const asio::error_code& cancelled) {
      if (!cancelled) fail(ErrorCode::Timeout, "no answer in time");
    });
  }
  void end(Result<void> outcome) {
    outcome_ = std::move(outcome);
    io_.stop();
  }
  void fail(ErrorCode code, const std::string& why) { end(failure(code, to_string(to_), why)); }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [this](const asio::error_code& failed, std::size_t size) {
      if (failed) return on_end();
      arm();
      if (in_body_) return on_body({buffer_.data(), size});
      head_.append(buffer_.data(), size);
      const std::size_t end = head_.find("\r\n\r\n");
      if (end == std::string::npos || !is_ok()) {
        if (head_.size() > kLongestHead) return on_end();
        return read();
      }
      in_body_ = true;
      on_body(Bytes(head_.substr(end + 4)));
    });
  }

  void on_body(ByteView part) {
    if (!part.empty() && !take_(part)) return end({});
    read();
  }

  bool is_ok() const { return head_.rfind("HTTP/1.1 200 ", 0) == 0; }

  void on_end() {
    if (in_body_) return end({});
    const std::size_t body = head_.find("\r\n\r\n");
    if (body == std::string::npos) return fail(ErrorCode::Unreachable, "no syncer answers: it closed the connection");
    const std::string text = head_.substr(body + 4);
    const bool is_invalid = head_.rfind("HTTP/1.1 400 ", 0) == 0;
    fail(is_invalid ? ErrorCode::Invalid : ErrorCode::Refused, text.substr(0, text.find('\n')));
  }

  const SocketAddress to_;
  const Bytes request_;
  const Duration patience_;
  const std::function<bool(ByteView)>& take_;
  asio::io_context io_{1};
  Stream::socket socket_;
  asio::steady_timer timer_;
  std::array<char, 16384> buffer_;
  std::string head_;  ///< all that came before the body, and the body of a refusal
  bool in_body_ = false;
  std::optional<Result<void>> outcome_;
};

}  // namespace

Result<void> read_stream(const SocketAddress& to, const HttpRequest& request, Duration patience,
                         const std::function<bool(ByteView)>& take) {
  auto text = request_text(request, to.is_unix() ? "localhost" : to_string(to.endpoint));
  if (!text) return tl::unexpected(text.error());
  return StreamCall(to, std::move(*text), patience, take).run();
}

}  // namespace syncer::httpio
