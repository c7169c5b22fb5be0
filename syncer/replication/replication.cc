// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/replication.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "syncer/base/mutation.h"

namespace syncer::replication {

void Replication::open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  for (auto& [peer, audience] : audiences_) audience.open_epoch(now, epoch, publisher_.log(), full_set, out);
  publisher_.open_epoch(now, epoch, std::move(full_set), out);
}

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
  audience(peer).set_view(now, highest(), publisher_.log(), std::move(view), pace, newcomer, out);
}

/// It goes on where it is with the log of all others.
Audience& Replication::audience(RegionId peer) {
  const auto known = audiences_.find(peer);
  if (known != audiences_.end()) return known->second;
  Audience& added = audiences_.emplace(peer, Audience(publisher_, peer)).first->second;
  publisher_.remove_peer(peer);
  Outputs none;
  // Its pace is the audience's; left behind it would keep the next region of that id waiting for ever.
  if (!SYNCER_MUTATED("replication.leave_a_pace_behind")) publisher_.set_pace(peer, std::nullopt, none);
  return added;
}

void Replication::pause(RegionId peer) { audience(peer).pause(); }

void Replication::resume(Instant now, RegionId peer, Outputs& out) {
  const auto known = audiences_.find(peer);
  if (known == audiences_.end() || !known->second.is_paused()) return;
  known->second.resume(now, highest(), publisher_.log(), out);
}

void Replication::keep_digests(const Expand& expand) {
  expand_ = expand;
  publisher_.keep_digest(expand);
  for (auto& [region, receiver] : receivers_) receiver.keep_digest(expand);
}

void Replication::read_by_others(RegionId region, bool by_others) {
  if (keeps_digests()) vouched_[region].set_by_others(by_others, receiver(region));
}

void Replication::forget(RegionId region, Outputs& out) {
  const Receiver* receiver = receivers_.find(region);
  if (receiver == nullptr) return;
  const Replica& replica = receiver->replica();
  for (const auto& [key, record] : replica.records()) {
    out.push_back(Changed{region, Op::Del, replica.version(), key, true, false});
  }
  receivers_.erase(region);
  const auto vouched = vouched_.find(region);
  const bool by_others = vouched != vouched_.end() && vouched->second.by_others();
  if (vouched != vouched_.end()) vouched_.erase(vouched);
  // Who is read by way of others is so afterwards: what they bring still counts by attestations alone.
  if (by_others && !SYNCER_MUTATED("attestation.forget_who_is_read_by_others")) read_by_others(region, true);
  if (const auto relayed = relayed_.find(region); relayed != relayed_.end()) relayed->second.close();
}

Heard Replication::hear(Instant now, RegionId from, const WriterMessage& message, Outputs& out) {
  if (!keeps_digests()) return receiver(from).receive(now, message, out);
  Vouched& vouched = vouched_[from];
  if (vouched.by_others()) return vouched.receive(now, message, receiver(from), out);
  const auto* attestation = std::get_if<Attestation>(&message);
  return attestation == nullptr ? receiver(from).receive(now, message, out)
                                : vouched.note(*attestation, receiver(from));
}

Heard Replication::receive(Instant now, RegionId from, const WriterMessage& message, Outputs& out) {
  const auto relayed = relayed_.find(from);
  if (relayed == relayed_.end()) return hear(now, from, message, out);
  Outputs news;
  const Heard heard = hear(now, from, message, news);
  Outputs passed;
  const auto* heartbeat = std::get_if<Heartbeat>(&message);
  const Version known = receiver(from).replica().version();
  const bool follows = heartbeat != nullptr && heartbeat->epoch == known.epoch && heartbeat->head <= known.seq;
  const RelayedLog::Step step{heartbeat != nullptr, heard, news, follows};
  if (keeps_digests())
    relayed->second.follow_vouched(now, receiver(from), attestation(from), step, passed);
  else
    relayed->second.follow(now, receiver(from), step, passed);
  std::move(news.begin(), news.end(), std::back_inserter(out));
  std::move(passed.begin(), passed.end(), std::back_inserter(out));
  return heard;
}

void Replication::pass_on(Instant now, RegionId origin, RegionId reader) {
  auto relayed = relayed_.find(origin);
  if (relayed == relayed_.end()) {
    relayed = relayed_.emplace(origin, RelayedLog(origin, options_, now, keeps_digests())).first;
    Outputs none;
    for (const auto& [paced, turn_bytes] : paces_) relayed->second.set_pace(paced, turn_bytes, none);
    if (const Replica* held = replica(origin)) relayed->second.begin(*held, attestation(origin));
  }
  relayed->second.add_reader(reader);
}

void Replication::stop_passing_on(RegionId origin, RegionId reader) {
  const auto relayed = relayed_.find(origin);
  if (relayed == relayed_.end()) return;
  relayed->second.remove_reader(reader);
  if (!relayed->second.has_readers()) relayed_.erase(relayed);
}

void Replication::receive(Instant now, RegionId origin, RegionId from, const ReaderMessage& message, Outputs& out) {
  const auto relayed = relayed_.find(origin);
  if (relayed != relayed_.end()) relayed->second.receive(now, from, message, out);
}

void Replication::set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out) {
  if (turn_bytes)
    paces_.insert_or_assign(reader, *turn_bytes);
  else if (paces_.erase(reader) == 0)
    return;
  publisher_of(reader).set_pace(reader, turn_bytes, out);
  for (auto& [origin, relayed] : relayed_) relayed.set_pace(reader, turn_bytes, out);
}

std::vector<RegionId> Replication::wanting(RegionId reader) const {
  std::vector<RegionId> origins;
  if (publisher(reader).wants_turn(reader)) origins.emplace_back();
  for (const auto& [origin, relayed] : relayed_) {
    if (relayed.wants_turn(reader)) origins.push_back(origin);
  }
  return origins;
}

void Replication::take_turn(RegionId reader, RegionId origin, Outputs& out) {
  const auto relayed = relayed_.find(origin);
  if (relayed != relayed_.end())
    relayed->second.take_turn(reader, out);
  else
    publisher_of(reader).take_turn(reader, out);
}

std::size_t Replication::waiting_records(RegionId reader) const {
  std::size_t records = publisher(reader).waiting(reader);
  for (const auto& [origin, relayed] : relayed_) records += relayed.waiting(reader);
  return records;
}

void Replication::erase_peer(RegionId peer) {
  Outputs none;
  set_pace(peer, std::nullopt, none);
  // The id is another region's next.
  if (!SYNCER_MUTATED("relay.pass_on_who_is_forgotten")) relayed_.erase(peer);
  for (auto it = relayed_.begin(); it != relayed_.end();) {
    it->second.remove_reader(peer);
    it = it->second.has_readers() ? std::next(it) : relayed_.erase(it);
  }
  publisher_.remove_peer(peer);
  publisher_.count_from(highest());
  audiences_.erase(peer);
}

void Replication::advance(Instant now, Outputs& out) {
  publisher_.advance(now, out);
  for (auto& [peer, audience] : audiences_) audience.advance(now, highest(), out);
  if (!SYNCER_MUTATED("relay.beat_by_itself")) return;
  for (auto& [origin, relayed] : relayed_) relayed.beat(now, out);
}

Instant Replication::next_deadline() const {
  Instant due = publisher_.next_deadline();
  for (const auto& [peer, audience] : audiences_) due = std::min(due, audience.next_deadline());
  return due;
}

}  // namespace syncer::replication
