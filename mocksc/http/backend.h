// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "mocksc/servicecenter/fault/faulty_frontend.h"

namespace mocksc {

/// The one store behind all front-ends: the model with its lock and the real clock. Needs no timer: every request first
/// brings the model up to the present, and nothing can be seen but by a request.
class Backend {
 public:
  Backend(ModelOptions options, std::uint64_t seed);
  /// Answers a request of the service center's API or of /mock. Any thread.
  Outcome handle(std::size_t frontend, const syncer::HttpRequest& request);

 private:
  syncer::Instant now() const;
  std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  FaultyFrontend registry_;
};

}  // namespace mocksc
