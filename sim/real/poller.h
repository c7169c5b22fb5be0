// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>

#include "syncer/base/time.h"

namespace sim::real {

/// Waits for descriptors, for one thread. A call may add and remove any of them, itself as well.
class Poller {
 public:
  using Call = std::function<void()>;
  /// Calls whenever there is something to read, or the other end is gone.
  void watch(int descriptor, Call call) { calls_[descriptor] = std::move(call); }
  void forget(int descriptor) { calls_.erase(descriptor); }
  /// Waits at most so long; `before` is called once, before the calls, if there are any.
  void wait(syncer::Duration patience, const Call& before);

 private:
  std::map<int, Call> calls_;
};

/// This machine's clock, as the daemons read it too: in a namespace it is the same.
syncer::Instant real_now();

}  // namespace sim::real
