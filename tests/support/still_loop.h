// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "syncer/net/loop.h"

namespace test {

/// A loop whose clock stands still until the test moves it: what an adapter waits for happens when the test says so,
/// and what the kernel does is awaited.
class StillLoop {
 public:
  syncer::net::Loop& operator*() { return loop_; }
  syncer::net::Loop* operator->() { return &loop_; }

  /// That much time passes at once; what is due by then is done.
  void pass(syncer::Duration time) {
    now_ += time;
    turn();
  }
  /// Everything that is ready now is done.
  void turn() {
    bool turned = false;
    loop_.post([&] { turned = true; });
    loop_.run_until([&] { return turned; }, syncer::kNever);
  }
  /// Lets the loop work until `done` holds. False when that took so long that it never will.
  bool await(const std::function<bool()>& done) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::seconds(10);
    syncer::net::Timer look(loop_);  // an event elsewhere wakes no loop: it looks again soon
    look.set(std::chrono::milliseconds(2), [] {});
    loop_.run_until([&] { return done() || Clock::now() > end; }, syncer::kNever);
    return done();
  }

 private:
  syncer::Instant now_{std::chrono::hours(24)};
  syncer::net::Loop loop_{[this] { return now_; }};
};

}  // namespace test
