// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "syncer/base/time.h"

namespace syncer::net {

class Loop;

/// What is to be done at which time, in order. A loop has one.
class Agenda {
 public:
  using Key = std::pair<Instant, std::uint64_t>;  ///< when, and which of those at that time came first

  Key add(Instant at, std::function<void()> then);
  /// Nothing when it was done or taken off already.
  void remove(const Key& key) { entries_.erase(key); }
  /// kNever when there is nothing.
  Instant next() const { return entries_.empty() ? kNever : entries_.begin()->first.first; }
  /// Does what is due, but for what is added meanwhile.
  void run_due(Instant now);

 private:
  std::map<Key, std::function<void()>> entries_;
  std::uint64_t added_ = 0;
};

/// Calls back once at a time of the loop's clock, on the loop's thread and from within nothing else. An adapter waits
/// with it and not with the system's own timers, so that a test can let an hour pass.
class Timer {
 public:
  explicit Timer(Loop& loop);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  /// Nothing is called any more.
  ~Timer() { cancel(); }

  /// Takes the place of what was set before. `then` may set, cancel or destroy this timer.
  void set(Instant at, std::function<void()> then);
  void set(Duration after, std::function<void()> then);
  void cancel() { agenda_->remove(key_); }

 private:
  Loop& loop_;
  std::shared_ptr<Agenda> agenda_;  ///< handlers that the loop never ran may outlive its own
  Agenda::Key key_{};
};

}  // namespace syncer::net
