// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/served_connection.h"

#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <optional>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/httpio/message_grammar.h"

namespace syncer::httpio {
namespace {

using Socket = asio::generic::stream_protocol::socket;

std::string_view phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 503:
      return "Service Unavailable";
    default:
      return status < 500 ? "Refused" : "Failed";
  }
}

/// The answer as it goes over the wire.
Bytes written(const Answer& answer, bool keeps_alive, bool has_body) {
  Bytes out = "HTTP/1.1 " + std::to_string(answer.status) + " " + std::string(phrase(answer.status)) + "\r\n";
  out += "Content-Type: " + answer.type + "\r\n";
  if (!answer.stream) out += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : answer.headers) out += name + ": " + value + "\r\n";
  if (!keeps_alive) out += "Connection: close\r\n";
  out += "\r\n";
  if (has_body) out += answer.body;
  return out;
}

class AsioServed final : public ServedConnection, public std::enable_shared_from_this<AsioServed> {
 public:
  AsioServed(net::Loop& loop, Caller caller, const ServerLimits& limits, const HttpServer::Handler& handler,
             std::function<void()> gone)
      : caller_(std::move(caller)),
        limits_(limits),
        handler_(handler),
        gone_(std::move(gone)),
        socket_(loop.io()),
        timer_(loop),
        reader_(limits.request) {}

  bool adopt(int family, int descriptor) {
    asio::error_code failed;
    socket_.assign(asio::generic::stream_protocol(family, 0), descriptor, failed);
    if (failed) ::close(descriptor);
    return !failed;
  }
  void start() {
    arm(limits_.request_time);
    read();
  }
  void abort() override {
    asio::error_code ignored;
    gone_ = nullptr;
    stream_.reset();
    timer_.cancel();
    socket_.close(ignored);
  }

 private:
  void end() {
    const auto gone = std::exchange(gone_, nullptr);
    abort();
    if (gone) gone();
  }

  void arm(Duration time) {
    timer_.set(time, [this] { on_time(); });
  }

  void on_time() {
    const auto self = shared_from_this();
    if (!stream_) return end();
    if (is_writing_) {
      stream_->too_slow();
      return end();
    }
    Bytes pulse = stream_->pulse();
    if (pulse.empty()) return end();
    write(std::move(pulse));
  }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](const asio::error_code& failed, std::size_t size) {
                              if (!self->socket_.is_open()) return;
                              if (failed) return self->end();
                              self->on_bytes({self->buffer_.data(), size});
                            });
  }

  void on_bytes(ByteView bytes) {
    if (is_last_) return overlook(bytes.size());
    if (is_idle_ || SYNCER_MUTATED("httpio.give_each_piece_the_time_of_a_request")) arm(limits_.request_time);
    is_idle_ = false;
    unread_.assign(bytes);
    proceed();
  }

  /// What follows a last answer is not looked at, and not read without end.
  void overlook(std::size_t size) {
    overlooked_ += size;
    if (overlooked_ > limits_.linger_bytes && !SYNCER_MUTATED("httpio.read_on_after_the_last_answer")) return end();
    read();
  }

  /// Serves what was read, one request at a time: nothing is read while an answer is under way.
  void proceed() {
    unread_.erase(0, reader_.feed(unread_));
    if (reader_.refusal()) return answer({reader_.refusal()->status, kText, reader_.refusal()->reason + "\n"}, false);
    if (!reader_.complete()) return read();
    const ServedRequest request = reader_.take();
    has_body_ = request.method != "HEAD";
    answer(handler_(request, caller_), request.keeps_alive);
  }

  void answer(const Answer& answer, bool keeps_alive) {
    is_last_ = !keeps_alive || answer.stream;
    if (has_body_ && answer.stream) begin_stream(answer.stream);
    write(written(answer, !is_last_, has_body_));
  }

  void write(Bytes bytes) {
    out_ = std::move(bytes);
    is_writing_ = true;
    arm(limits_.answer_time);
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](const asio::error_code& failed, std::size_t) {
                        if (!self->socket_.is_open()) return;
                        if (failed) return self->end();
                        self->is_writing_ = false;
                        self->written_out();
                      });
  }

  /// Meanwhile what the client sends is read and not looked at: so its end is noticed.
  void begin_stream(std::shared_ptr<BodyStream> stream) {
    stream_ = std::move(stream);
    is_streamed_ = true;
    stream_->on_more([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->wake();
    });
    read();
  }

  /// Whoever wakes does other work just now, and may wake many times in a row.
  void wake() {
    if (std::exchange(is_woken_, true)) return;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->is_woken_ = false;
      if (self->stream_ && !self->is_writing_) self->pump();
    });
  }

  void pump() {
    std::optional<Bytes> part = stream_->take();
    if (!part) {
      stream_.reset();
      return finish();
    }
    if (!part->empty()) return write(std::move(*part));
    if (!std::exchange(is_waiting_, true)) arm(limits_.idle_time);
  }

  void written_out() {
    out_.clear();
    is_waiting_ = false;
    if (stream_) return pump();
    if (is_last_) return finish();
    is_idle_ = unread_.empty();
    arm(is_idle_ ? limits_.idle_time : limits_.request_time);
    if (is_idle_) return read();
    proceed();
  }

  /// Closing with unread bytes would reset the connection, and the client might never see the answer.
  void finish() {
    asio::error_code failed;
    socket_.shutdown(Socket::shutdown_send, failed);
    if (failed) return end();
    arm(limits_.linger_time);
    if (!is_streamed_) read();
  }

  static constexpr const char* kText = "text/plain; charset=utf-8";

  const Caller caller_;
  const ServerLimits& limits_;
  const HttpServer::Handler& handler_;
  std::function<void()> gone_;
  Socket socket_;
  net::Timer timer_;
  RequestReader reader_;
  Bytes unread_;
  Bytes out_;
  bool has_body_ = true;
  bool is_last_ = false;
  std::size_t overlooked_ = 0;  ///< bytes since then
  bool is_idle_ = false;
  std::shared_ptr<BodyStream> stream_;  ///< until its end
  bool is_streamed_ = false;            ///< the answer had one
  bool is_writing_ = false;
  bool is_waiting_ = false;  ///< for more of the stream
  bool is_woken_ = false;
  std::array<char, 4096> buffer_;
};

}  // namespace

std::shared_ptr<ServedConnection> ServedConnection::serve(net::Loop& loop, int family, int descriptor, Caller caller,
                                                          const ServerLimits& limits,
                                                          const HttpServer::Handler& handler,
                                                          std::function<void()> gone) {
  auto connection = std::make_shared<AsioServed>(loop, std::move(caller), limits, handler, std::move(gone));
  if (!connection->adopt(family, descriptor)) return nullptr;
  connection->start();
  return connection;
}

}  // namespace syncer::httpio
