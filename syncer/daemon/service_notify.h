// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/base/time.h"
#include "syncer/config/keys.h"

namespace syncer::daemon {

/// Tells the service manager how the daemon is, as sd_notify(3) does: one datagram a message to the socket that the
/// variable NOTIFY_SOCKET names. Without that variable nothing is sent; a manager that does not listen is none of the
/// daemon's problems, so no error leaves here.
class ServiceNotify {
 public:
  /// Reads NOTIFY_SOCKET, and WATCHDOG_USEC and WATCHDOG_PID: how long the manager waits for a sign of life.
  explicit ServiceNotify(const config::Environment& environment);
  ~ServiceNotify();
  ServiceNotify(const ServiceNotify&) = delete;
  ServiceNotify& operator=(const ServiceNotify&) = delete;

  /// `status` is one line for `systemctl status`.
  void ready(std::string_view status) const;
  /// The configuration is being read again; ready() ends it.
  void reloading() const;
  /// The same for as long as it lives, however the reload ends.
  class Reload {
   public:
    Reload(const ServiceNotify& notify, std::string status);
    ~Reload();
    Reload(const Reload&) = delete;
    Reload& operator=(const Reload&) = delete;

   private:
    const ServiceNotify& notify_;
    std::string status_;
  };
  void stopping() const;
  /// Gives the sign of life when it is due. When to be called again: kNever without a watchdog.
  Instant advance(Instant now);

 private:
  void send(const std::string& message) const;

  int socket_ = -1;
  std::string address_;                   ///< as sun_path holds it
  Duration interval_ = Duration::zero();  ///< between two signs of life; zero: no watchdog
  Instant due_{};
};

}  // namespace syncer::daemon
