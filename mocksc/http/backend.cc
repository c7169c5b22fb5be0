// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/backend.h"

#include "mocksc/servicecenter/fault/control.h"

namespace mocksc {
namespace {

ModelOptions with_wall_clock(ModelOptions options) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  options.wall_at_zero = std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
  return options;
}

}  // namespace

Backend::Backend(ModelOptions options, std::uint64_t seed)
    : start_(std::chrono::steady_clock::now()),
      registry_(Model(with_wall_clock(std::move(options)), syncer::Random(seed).stream("model")),
                syncer::Random(seed).stream("faults")) {}

syncer::Instant Backend::now() const {
  return syncer::Instant(std::chrono::duration_cast<syncer::Duration>(std::chrono::steady_clock::now() - start_));
}

Outcome Backend::handle(std::size_t frontend, const syncer::HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_control(request.target)) return {Outcome::Kind::Answer, control(registry_, now(), request)};
  return registry_.handle(now(), frontend, request);
}

}  // namespace mocksc
