// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <chrono>
#include <functional>
#include <memory>

#include "syncer/base/time.h"
#include "syncer/net/timer.h"

namespace asio {
class io_context;
}

namespace syncer::net {

/// This machine's monotonic clock: the one place where the daemon reads the time that a node sees. It counts the time
/// that the machine sleeps: a lease must be over when a suspended virtual machine wakes up.
inline Instant steady_now() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return Instant(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

/// The daemon's event loop: one thread runs it, and only that thread touches the node and the sockets. Workers hand
/// their results over with post().
class Loop {
 public:
  using Clock = std::function<Instant()>;

  /// `clock` never goes back. What waits for a time that it leaps over is done at once, as on a machine that slept.
  explicit Loop(Clock clock = steady_now);
  ~Loop();

  Instant now() const { return clock_(); }
  /// Runs `task` on the loop's thread. May be called from any thread.
  void post(std::function<void()> task);
  /// From now on SIGINT, SIGTERM and SIGHUP come here instead of ending the process.
  void on_signals(std::function<void(int)> handler);

  /// Runs until stop(). After each batch of work `turn` does what is due and gives when it wants to run again at the
  /// latest.
  void run(const std::function<Instant()>& turn);
  /// Ends run() after the current batch. On the loop's thread only.
  void stop() { stopped_ = true; }
  /// Runs until `done` or `deadline`; true when done. For tests and for draining.
  bool run_until(const std::function<bool()>& done, Instant deadline);

  /// For the adapters that open sockets, here and in httpio.
  asio::io_context& io();
  /// For timers alone.
  const std::shared_ptr<Agenda>& agenda() const { return agenda_; }

 private:
  void wait(Instant until);
  struct State;
  const Clock clock_;
  const std::shared_ptr<Agenda> agenda_ = std::make_shared<Agenda>();
  std::unique_ptr<State> state_;
  bool stopped_ = false;
};

}  // namespace syncer::net
