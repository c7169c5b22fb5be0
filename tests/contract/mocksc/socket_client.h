// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mocksc {

/// A websocket as an SDK opens it.
class SocketClient {
 public:
  /// Connects to loopback and asks for the upgrade of `target`.
  SocketClient(std::uint16_t port, const std::string& target);
  ~SocketClient();
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  /// The answer's status line and headers.
  const std::string& head() const { return head_; }
  /// The next frame as its first byte with its payload; nothing when none comes in time or the connection ended.
  std::optional<std::string> next(std::chrono::milliseconds patience = std::chrono::seconds(5));
  /// Sends a short frame that begins with `first`.
  void send(std::uint8_t first, const std::string& payload);
  bool is_ended() const { return is_ended_; }

 private:
  bool read_more(std::chrono::milliseconds patience);

  int socket_;
  bool is_ended_ = false;
  std::string head_;
  std::string buffer_;
};

}  // namespace mocksc
