// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "syncer/net/loop.h"
#include "tests/contract/suites/harness.h"

namespace contract {

/// Gives a harness the real clock and the real loop.
template <class Harness>
class LoopWorld : public Harness {
 public:
  syncer::Instant now() override { return syncer::net::steady_now(); }
  bool run_until(const std::function<bool()>& done, syncer::Duration patience) override {
    return loop_.run_until(done, now() + patience);
  }

 protected:
  auto post() {
    return [this](std::function<void()> task) { loop_.post(std::move(task)); };
  }
  syncer::net::Loop loop_;
};

inline syncer::Endpoint loopback() { return syncer::Endpoint::v4(127, 0, 0, 1, 0); }

}  // namespace contract
