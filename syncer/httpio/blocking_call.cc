// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/blocking_call.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/write.hpp>
#include <optional>

#include "syncer/httpio/answer_reader.h"
#include "syncer/httpio/request_text.h"
#include "syncer/net/addresses.h"

namespace syncer::httpio {
namespace {

using Stream = asio::generic::stream_protocol;

Stream::endpoint target_of(const SocketAddress& to) {
  if (to.is_unix()) return asio::local::stream_protocol::endpoint(to.path);
  return net::to_asio<asio::ip::tcp::endpoint>(to.endpoint, false);
}

/// Connects, sends, reads; one step follows the other.
class Call {
 public:
  Call(const SocketAddress& to, Bytes request, bool has_body)
      : to_(to), request_(std::move(request)), reader_(AnswerLimits{}, has_body), socket_(io_) {}

  Result<HttpResponse> run(Duration patience) {
    socket_.async_connect(target_of(to_), [this](const asio::error_code& failed) {
      if (failed) return fail(failed.message());
      send();
    });
    io_.run_for(patience);
    if (outcome_) return std::move(*outcome_);
    return failure(ErrorCode::Timeout, to_string(to_), "no answer in time");
  }

 private:
  void fail(const std::string& why) {
    outcome_ = failure(ErrorCode::Unreachable, to_string(to_), "no syncer answers: " + why);
    io_.stop();
  }

  void send() {
    asio::async_write(socket_, asio::buffer(request_), [this](const asio::error_code& failed, std::size_t) {
      // A server may refuse and close before it has read everything: what it said counts.
      if (failed && !was_answered_) write_problem_ = failed.message();
      read();
    });
  }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [this](const asio::error_code& failed, std::size_t size) {
      if (failed == asio::error::eof && reader_.end()) return finish();
      if (failed) return fail(write_problem_.empty() ? failed.message() : write_problem_);
      was_answered_ = true;
      if (const auto taken = reader_.feed({buffer_.data(), size}); !taken) {
        outcome_ = tl::unexpected(taken.error());
        return io_.stop();
      }
      if (reader_.complete()) return finish();
      read();
    });
  }

  void finish() {
    outcome_ = reader_.take();
    io_.stop();
  }

  const SocketAddress to_;
  const Bytes request_;
  AnswerReader reader_;
  asio::io_context io_{1};
  Stream::socket socket_;
  std::array<char, 16384> buffer_;
  std::optional<Result<HttpResponse>> outcome_;
  std::string write_problem_;
  bool was_answered_ = false;
};

}  // namespace

Result<HttpResponse> call_and_wait(const SocketAddress& to, const HttpRequest& request, Duration patience) {
  auto text = request_text(request, to.is_unix() ? "localhost" : to_string(to.endpoint));
  if (!text) return tl::unexpected(text.error());
  return Call(to, std::move(*text), request.method != "HEAD").run(patience);
}

}  // namespace syncer::httpio
