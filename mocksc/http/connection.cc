// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace mocksc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kStep{50};
constexpr syncer::Duration kReadPatience = std::chrono::seconds(10);
constexpr std::size_t kBuffer = 16 * 1024;

/// Waits at most one step; the events that happened.
int poll_once(int socket, short events, milliseconds step) {
  pollfd one{socket, events, 0};
  return poll(&one, 1, static_cast<int>(step.count())) > 0 ? one.revents : 0;
}

Clock::time_point deadline_after(syncer::Duration patience) {
  constexpr syncer::Duration kLongest = std::chrono::hours(24 * 365);
  return Clock::now() + std::min(patience, kLongest);
}

}  // namespace

Connection::~Connection() {
  if (!is_cut_) shutdown(socket_, SHUT_RDWR);
  close(socket_);
}

bool Connection::wait_readable(syncer::Duration patience, const std::atomic<std::size_t>* crowded) {
  const auto deadline = deadline_after(patience);
  while (!stopping_ && Clock::now() < deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (poll_once(socket_, POLLIN, std::clamp(left, milliseconds(0), kStep)) != 0) return true;
    if (crowded != nullptr && *crowded > 0) return false;
  }
  return false;
}

bool Connection::wait_readable(syncer::Duration patience) {
  return used_ < buffer_.size() || wait_readable(patience, nullptr);
}

bool Connection::wait_for_request(syncer::Duration patience, const std::atomic<std::size_t>& crowded) {
  if (is_cut_) return false;
  if (used_ < buffer_.size()) return true;
  if (!wait_readable(patience, &crowded)) return false;
  char first = 0;
  return recv(socket_, &first, 1, MSG_PEEK) > 0;
}

ssize_t Connection::read(char* to, std::size_t size) {
  if (used_ == buffer_.size()) {
    if (!wait_readable(kReadPatience, nullptr)) return -1;
    buffer_.resize(kBuffer);
    used_ = 0;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), 0);
    buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got <= 0) return got;
  }
  const std::size_t n = std::min(size, buffer_.size() - used_);
  std::memcpy(to, buffer_.data() + used_, n);
  used_ += n;
  return static_cast<ssize_t>(n);
}

bool Connection::write(std::string_view bytes) {
  while (!is_cut_ && !stopping_ && !bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      poll_once(socket_, POLLOUT, kStep);
    } else {
      return false;
    }
  }
  return bytes.empty();
}

bool Connection::hold(syncer::Duration how_long) {
  const auto deadline = deadline_after(how_long);
  while (!stopping_ && Clock::now() < deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    const int events = poll_once(socket_, POLLRDHUP, std::clamp(left, milliseconds(0), kStep));
    if ((events & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return false;
  }
  return !stopping_;
}

void Connection::cut(bool reset) {
  is_cut_ = true;
  const linger at_once{1, 0};
  if (reset) setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace mocksc
