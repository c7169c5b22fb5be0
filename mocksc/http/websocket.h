// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/http_message.h"

/// The WebSocket protocol (RFC 6455) as a server speaks it, without sockets.
namespace mocksc {

enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// Codes of a close frame that are used here.
namespace close_code {
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kTooBig = 1009;
/// Of the service center: the instance whose heart beats is not there.
constexpr std::uint16_t kNoInstance = 4001;
}  // namespace close_code

/// Whether a request asks for a websocket of version 13 and names a key.
bool asks_for_websocket(const syncer::HttpRequest& request);
/// The whole answer that switches protocols.
std::string switching_answer(const syncer::HttpRequest& request);

struct Frame {
  Opcode opcode = Opcode::Text;
  std::string payload;
};

/// One unfragmented frame from the server: not masked.
std::string encode_frame(Opcode opcode, std::string_view payload);
std::string close_frame(std::uint16_t code, std::string_view reason);

/// Takes the frames of a client out of its bytes. Holds less than one frame within the limits, whatever comes.
class FrameReader {
 public:
  /// Messages longer than `max_data` are an error; frames that control have their own limit of 125 bytes.
  explicit FrameReader(std::size_t max_data) : max_data_(max_data) {}

  /// Takes what a client sent, up to the first error, and gives each whole frame to `use`.
  template <class Use>
  void feed(std::string_view bytes, Use use) {
    for (const char byte : bytes) {
      buffer_.push_back(byte);
      if (auto frame = take()) use(std::move(*frame));
      if (error_ != 0) return;
    }
  }
  /// The close code of what was wrong; 0 when nothing was.
  std::uint16_t error() const { return error_; }

 private:
  std::optional<Frame> take();
  bool check_head();

  std::size_t max_data_;
  std::string buffer_;
  std::uint16_t error_ = 0;
  std::size_t message_ = 0;     ///< bytes of the fragments so far
  bool is_fragmented_ = false;  ///< a message has begun and not ended
};

}  // namespace mocksc
