// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "syncer/base/endpoint.h"

namespace test {

inline syncer::Endpoint loopback(std::uint16_t port = 0) { return syncer::Endpoint::v4(127, 0, 0, 1, port); }

/// A descriptor of a socket on loopback.
class RawSocket {
 public:
  explicit RawSocket(int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) : descriptor_(descriptor) {}
  RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() { close(); }

  int get() const { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  bool connect(const syncer::Endpoint& to) const {
    const sockaddr_in address = of(to);
    return ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  /// Listens on a free port, with so many places for connections that nobody accepts.
  syncer::Endpoint listen(int places) const {
    sockaddr_in address = of(loopback());
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(descriptor_, raw, size) != 0 || ::listen(descriptor_, places) != 0) return {};
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
    ::getsockname(descriptor_, raw, &size);
    return loopback(ntohs(address.sin_port));
  }
  /// A connection that waits to be accepted; one without a descriptor when there is none.
  RawSocket accept() const { return RawSocket(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  static sockaddr_in of(const syncer::Endpoint& endpoint) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int descriptor_;
};

/// One end of a connection whose every byte a test decides. It never blocks.
class RawPeer {
 public:
  explicit RawPeer(RawSocket socket) : socket_(std::move(socket)) {}
  /// Connects; the kernel answers for a listener that accepts later.
  static RawPeer dial(const syncer::Endpoint& to) {
    RawSocket socket;
    if (!socket.connect(to)) socket.close();
    return RawPeer(std::move(socket));
  }

  bool is_open() const { return socket_.get() >= 0; }
  bool send(std::string_view bytes) const {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(bytes.size());
  }
  /// Says that nothing follows, and goes on reading.
  void end_sending() const { ::shutdown(socket_.get(), SHUT_WR); }
  void close() { socket_.close(); }

  /// All that has come so far.
  const std::string& read() {
    std::array<char, 65536> buffer{};
    ssize_t size = 0;
    while (!ended_ && (size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
      got_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    was_reset_ = was_reset_ || (size < 0 && errno == ECONNRESET);
    ended_ = ended_ || size == 0 || was_reset_;
    return got_;
  }
  /// The other end has ended the connection, or its side of it.
  bool is_ended() { return read(), ended_; }
  bool was_reset() { return read(), was_reset_; }

 private:
  RawSocket socket_;
  std::string got_;
  bool ended_ = false;
  bool was_reset_ = false;
};

/// An address where a connection neither fails nor comes about: all places are taken, and the kernel answers nobody.
class SilentPort {
 public:
  SilentPort() : address_(listener_.listen(0)), filling_(RawPeer::dial(address_)) {}
  const syncer::Endpoint& address() const { return address_; }

 private:
  RawSocket listener_;
  syncer::Endpoint address_;
  RawPeer filling_;
};

/// While there is one, this process gets no further descriptor.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
    ::close(next);
    const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace test
