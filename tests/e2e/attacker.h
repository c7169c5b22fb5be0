// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "sim/host/process/hostile_peer.h"
#include "tests/e2e/region.h"

namespace e2e {

/// The simulator's hostile peer on real sockets of loopback, in a thread of its own: whatever it does to simulated
/// syncers it does to real ones. Ends with its owner.
class Attacker {
 public:
  explicit Attacker(sim::host::HostileOrder order);
  ~Attacker();
  Attacker(const Attacker&) = delete;
  Attacker& operator=(const Attacker&) = delete;

  /// How often it has done its deed to all of its targets.
  std::uint64_t deeds() const;

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
  std::thread thread_;
};

/// A syncer as the target of one; `cluster` is its address for the others of its region, if it has one.
sim::host::HostileOrder::Target target_of(const Syncer& syncer, const std::string& region,
                                          const std::string& cluster = "");

}  // namespace e2e
