// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/service_center.h"

namespace e2e {

/// Looks again and again whether each of some services has exactly one instance in a service center, from a thread of
/// its own. Stops with its owner.
class Patrol {
 public:
  Patrol(test::ServiceCenter center, std::vector<std::string> services)
      : center_(std::move(center)), services_(std::move(services)), thread_([this] { walk(); }) {}
  ~Patrol() { finish(); }
  Patrol(const Patrol&) = delete;
  Patrol& operator=(const Patrol&) = delete;

  /// Ends the patrol; what was found first, empty when all was well.
  std::string finish() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return found_;
  }
  /// Complete rounds so far.
  std::size_t rounds() const { return rounds_; }

 private:
  void walk() {
    while (!over_ && found_.empty()) {
      for (const std::string& service : services_) {
        const std::size_t there = center_.all_endpoints(service).size();
        if (there == 1) continue;
        found_ = service + " has " + std::to_string(there) + " instances in " + center_.origin();
        return;
      }
      ++rounds_;
      ::poll(nullptr, 0, 20);
    }
  }

  test::ServiceCenter center_;
  std::vector<std::string> services_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> rounds_{0};
  std::string found_;
  std::thread thread_;
};

}  // namespace e2e
