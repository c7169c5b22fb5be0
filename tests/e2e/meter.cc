// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/meter.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace e2e {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

Meter::Meter(const std::string& origin) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the meter cannot listen");
  }
  port_ = ntohs(address.sin_port);
  const auto target = static_cast<std::uint16_t>(std::stoi(origin.substr(origin.rfind(':') + 1)));
  std::thread([=, listener = listener_, counts = counts_] { accept(listener, target, counts); }).detach();
}

Meter::~Meter() { ::shutdown(listener_, SHUT_RDWR); }

void Meter::accept(int listener, std::uint16_t target, const SharedCounts& counts) {
  for (int from = 0; (from = ::accept(listener, nullptr, nullptr)) >= 0;) {
    ++counts->connections;
    const int to = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(target);
    const int on = 1;
    for (const int socket : {from, to}) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) ::shutdown(from, SHUT_RDWR);
    std::thread([=] { pass(from, to, true, counts); }).detach();
    std::thread([=] { pass(to, from, false, counts); }).detach();
  }
  ::close(listener);
}

void Meter::pass(int from, int to, bool is_request, const SharedCounts& counts) {
  static constexpr std::string_view kEnd = " HTTP/1.1\r\n";
  std::array<char, 65536> buffer;
  std::string tail;  // a request line may come in two pieces
  for (ssize_t size = 0; (size = ::read(from, buffer.data(), buffer.size())) > 0;) {
    counts->bytes += size;
    if (is_request) {
      tail.append(buffer.data(), static_cast<std::size_t>(size));
      for (std::size_t at = tail.find(kEnd); at != std::string::npos; at = tail.find(kEnd, at + 1)) ++counts->requests;
      tail.erase(0, tail.size() - std::min(tail.size(), kEnd.size() - 1));
    }
    if (::send(to, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) < 0) break;
  }
  ::shutdown(to, SHUT_WR);
}

}  // namespace e2e
