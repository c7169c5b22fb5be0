// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/replication.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::replication {

void Replication::open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  for (auto& [peer, audience] : audiences_) audience.open_epoch(now, epoch, full_set, out);
  publisher_.open_epoch(now, epoch, std::move(full_set), out);
}

/// The highest number of an entry in any of the logs.
std::uint64_t Replication::highest() const {
  std::uint64_t highest = publisher_.log().head();
  for (const auto& [peer, audience] : audiences_) highest = std::max(highest, audience.publisher().log().head());
  return highest;
}

bool Replication::put(Instant now, Bytes key, Bytes payload, Outputs& out) {
  if (audiences_.empty()) return publisher_.put(now, std::move(key), std::move(payload), out);
  const std::uint64_t counted = highest();
  const std::uint64_t head = publisher_.log().head();
  publisher_.count_from(counted);
  const bool accepted = publisher_.put(now, key, payload, out);
  if (publisher_.log().head() == head) return accepted;
  for (auto& [peer, audience] : audiences_) audience.put(now, counted, key, payload, out);
  return accepted;
}

void Replication::erase(Instant now, ByteView key, Outputs& out) {
  if (audiences_.empty()) return publisher_.erase(now, key, out);
  const std::uint64_t counted = highest();
  publisher_.count_from(counted);
  publisher_.erase(now, key, out);
  if (SYNCER_MUTATED("replication.remove_for_most_readers")) return;
  for (auto& [peer, audience] : audiences_) audience.erase(now, counted, Bytes(key), out);
}

void Replication::set_view(Instant now, RegionId peer, View view, Duration pace, bool newcomer, Outputs& out) {
  if (!audiences_.contains(peer)) {
    audiences_.emplace(peer, Audience(publisher_, peer));
    publisher_.remove_peer(peer);
  }
  audiences_.at(peer).set_view(now, highest(), publisher_.log(), std::move(view), pace, newcomer, out);
}

void Replication::erase_peer(RegionId peer) {
  publisher_.remove_peer(peer);
  publisher_.count_from(highest());
  audiences_.erase(peer);
}

void Replication::advance(Instant now, Outputs& out) {
  publisher_.advance(now, out);
  for (auto& [peer, audience] : audiences_) audience.advance(now, highest(), out);
}

Instant Replication::next_deadline() const {
  Instant due = publisher_.next_deadline();
  for (const auto& [peer, audience] : audiences_) due = std::min(due, audience.next_deadline());
  return due;
}

}  // namespace syncer::replication
