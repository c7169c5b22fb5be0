// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/sender.h"

#include <algorithm>

namespace syncer::replication {

void Sender::restart() { hold(std::nullopt); }

void Sender::hold(std::optional<Transfer> transfer) {
  bound_ = false;
  in_flight_.clear();
  unacknowledged_octets_ = 0;
  transfer_ = std::move(transfer);
}

void Sender::rewind(std::uint64_t seq) {
  hold(std::nullopt);
  bound_ = true;
  cursor_ = seq;
  acknowledged_ = std::max(acknowledged_, seq);
}

void Sender::acknowledge(std::uint64_t seq) {
  acknowledged_ = std::max(acknowledged_, seq);
  cursor_ = std::max(cursor_, seq);
  while (!in_flight_.empty() && in_flight_.front().last <= seq) {
    unacknowledged_octets_ -= in_flight_.front().octets;
    in_flight_.pop_front();
  }
}

void Sender::sent(std::uint64_t last, std::size_t octets) {
  cursor_ = last;
  in_flight_.push_back({last, octets});
  unacknowledged_octets_ += octets;
}

}  // namespace syncer::replication
