// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "syncer/base/quantity.h"

namespace syncer::daemon {
namespace {

/// Half of what the manager waits: one late turn of the loop is not yet a missed sign.
constexpr int kSignsEachWait = 2;

/// An abstract name begins with @ in the variable and with a zero byte in the address. Empty when it is neither a path
/// nor such a name, or too long.
std::string socket_name(std::string text) {
  if (text.size() < 2 || text.size() >= sizeof(sockaddr_un::sun_path)) return "";
  if (text.front() == '@') text.front() = '\0';
  return text.front() == '/' || text.front() == '\0' ? text : "";
}

Duration watchdog_interval(const config::Environment& environment) {
  const auto pid = environment("WATCHDOG_PID");
  if (pid && *pid != std::to_string(::getpid())) return Duration::zero();  // meant for another process
  constexpr std::uint64_t kMost = 1'000'000ULL * 86'400;
  const auto wait = parse_number(environment("WATCHDOG_USEC").value_or(""), kMost);
  return wait ? std::chrono::microseconds(*wait) / kSignsEachWait : Duration::zero();
}

}  // namespace

ServiceNotify::ServiceNotify(const config::Environment& environment)
    : address_(socket_name(environment("NOTIFY_SOCKET").value_or(""))) {
  if (address_.empty()) return;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  interval_ = watchdog_interval(environment);
}

ServiceNotify::~ServiceNotify() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceNotify::ready(std::string_view status) const { send("READY=1\nSTATUS=" + std::string(status)); }

void ServiceNotify::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec) +
                                                                            std::chrono::nanoseconds(now.tv_nsec));
  // Both in one message: the manager tells by the time which reload is meant.
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros.count()));
}

void ServiceNotify::stopping() const { send("STOPPING=1"); }

ServiceNotify::Reload::Reload(const ServiceNotify& notify, std::string status)
    : notify_(notify), status_(std::move(status)) {
  notify_.reloading();
}

ServiceNotify::Reload::~Reload() { notify_.ready(status_); }

Instant ServiceNotify::advance(Instant now) {
  if (interval_ == Duration::zero()) return kNever;
  if (now >= due_) {
    send("WATCHDOG=1");
    due_ = now + interval_;
  }
  return due_;
}

void ServiceNotify::send(const std::string& message) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::copy(address_.begin(), address_.end(), to.sun_path);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // A full socket must not hold up the loop: the next sign of life follows.
  [[maybe_unused]] const auto sent = ::sendto(socket_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                              reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace syncer::daemon
