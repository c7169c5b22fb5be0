// SPDX-License-Identifier: Apache-2.0
#include "sim/real/poller.h"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <vector>

namespace sim::real {

void Poller::wait(syncer::Duration patience, const Call& before) {
  std::vector<pollfd> all;
  for (const auto& [descriptor, call] : calls_) all.push_back({descriptor, POLLIN, 0});
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec limit{whole.count(), (patience - whole).count()};
  if (::ppoll(all.data(), all.size(), &limit, nullptr) <= 0) return;
  before();
  for (const pollfd& one : all) {
    if (one.revents == 0) continue;
    const auto found = calls_.find(one.fd);
    if (found == calls_.end()) continue;
    const Call call = found->second;
    call();
  }
}

syncer::Instant real_now() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return syncer::Instant(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

}  // namespace sim::real
