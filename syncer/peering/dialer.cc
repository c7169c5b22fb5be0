// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/dialer.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"

namespace syncer::peering {

void Dialer::set_alternatives(Instant now, std::vector<RemoteRegion> alternatives) {
  if (alternatives == alternatives_) return;
  const bool was_wanted = wanted();
  alternatives_ = std::move(alternatives);
  current_ = 0;
  tried_ = 0;
  // A new address may work where the old ones did not.
  if (!was_wanted || next_attempt_ > now) next_attempt_ = now;
}

Endpoint Dialer::address() const {
  SYNCER_ASSERT(wanted());
  return redirect_.value_or(alternatives_[current_ % alternatives_.size()].rpc);
}

void Dialer::failed(Instant now) {
  redirect_.reset();
  ++current_;
  ++tried_;
  if (tried_ < alternatives_.size()) {
    next_attempt_ = now;
    return;
  }
  tried_ = 0;
  pause(now, delay_);
  delay_ = std::min(delay_ * 2, std::max(kMaxPause, retry_));
}

void Dialer::refused(Instant now) {
  redirect_.reset();
  ++current_;
  pause(now, std::max(kRefusedPause, retry_));
}

void Dialer::redirected(Instant now, const Endpoint& to) {
  if (std::exchange(was_redirected_, !was_redirected_)) return failed(now);
  redirect_ = to;
  next_attempt_ = now;
}

void Dialer::pause(Instant now, Duration most) { next_attempt_ = saturating_add(now, random_.between(most / 2, most)); }

}  // namespace syncer::peering
