// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace e2e {

/// Passes connections to a registry on and counts what goes over them.
class Meter {
 public:
  explicit Meter(const std::string& origin);
  /// Nobody connects any more; connections that are open go on.
  ~Meter();
  Meter(const Meter&) = delete;
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }

  long connections() const { return counts_->connections; }
  long requests() const { return counts_->requests; }
  /// Both ways.
  long bytes() const { return counts_->bytes; }

 private:
  struct Counts {
    std::atomic<long> connections{0};
    std::atomic<long> requests{0};
    std::atomic<long> bytes{0};
  };
  using SharedCounts = std::shared_ptr<Counts>;

  static void accept(int listener, std::uint16_t target, const SharedCounts& counts);
  static void pass(int from, int to, bool is_request, const SharedCounts& counts);

  const SharedCounts counts_ = std::make_shared<Counts>();  ///< shared with the threads
  int listener_;
  std::uint16_t port_ = 0;
};

}  // namespace e2e
