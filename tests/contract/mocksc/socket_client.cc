// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/mocksc/socket_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace mocksc {

SocketClient::SocketClient(std::uint16_t port, const std::string& target) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET " + target +
                              " HTTP/1.1\r\nHost: sc\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "X-Domain-Name: default\r\n\r\n";
  is_ended_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
              ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos && read_more(std::chrono::seconds(5))) {
  }
  if (end == std::string::npos) return;
  head_ = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
}

SocketClient::~SocketClient() { close(socket_); }

bool SocketClient::read_more(std::chrono::milliseconds patience) {
  pollfd one{socket_, POLLIN, 0};
  if (is_ended_ || poll(&one, 1, static_cast<int>(patience.count())) <= 0) return false;
  std::array<char, 4096> bytes{};
  const ssize_t got = recv(socket_, bytes.data(), bytes.size(), 0);
  is_ended_ = got <= 0;
  if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::optional<std::string> SocketClient::next(std::chrono::milliseconds patience) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(buffer_[i])); };
  for (;;) {
    const bool is_long = buffer_.size() >= 4 && byte(1) == 126;
    const std::size_t begin = is_long ? 4 : 2;
    const std::size_t size = is_long ? byte(2) << 8U | byte(3) : buffer_.size() >= 2 ? byte(1) : 0;
    if (buffer_.size() >= 2 && (byte(1) < 126 || is_long) && buffer_.size() >= begin + size) {
      std::string frame = buffer_.substr(0, 1) + buffer_.substr(begin, size);
      buffer_.erase(0, begin + size);
      return frame;
    }
    if (!read_more(patience)) return std::nullopt;
  }
}

void SocketClient::send(std::uint8_t first, const std::string& payload) {
  std::string frame = {static_cast<char>(first), static_cast<char>(0x80U | payload.size()), 0, 0, 0, 0};
  frame += payload;  // a mask of zeros changes nothing
  is_ended_ = ::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL) < 0;
}

}  // namespace mocksc
