// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "syncer/base/time.h"

namespace asio {
class io_context;
}

namespace syncer::net {

/// The daemon's event loop: one thread runs it, and only that thread touches the node and the sockets. Workers hand
/// their results over with post().
class Loop {
 public:
  Loop();
  ~Loop();

  Instant now() const;
  /// Runs `task` on the loop's thread. May be called from any thread.
  void post(std::function<void()> task);
  /// From now on SIGINT, SIGTERM and SIGHUP come here instead of ending the process.
  void on_signals(std::function<void(int)> handler);

  /// Runs until stop(). After each batch of work `turn` does what is due and tells when it wants to run again at the
  /// latest.
  void run(const std::function<Instant()>& turn);
  /// Ends run() after the current batch. On the loop's thread only.
  void stop() { stopped_ = true; }
  /// Runs until `done` or `deadline`; true when done. For tests and for draining.
  bool run_until(const std::function<bool()>& done, Instant deadline);

  /// For the other files of this folder.
  asio::io_context& io();

 private:
  void wait(Instant until);
  struct State;
  std::unique_ptr<State> state_;
  bool stopped_ = false;
};

}  // namespace syncer::net
