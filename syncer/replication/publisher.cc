// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/publisher.h"

#include <algorithm>
#include <iterator>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

Publisher::Publisher(const Publisher& all, RegionId reader) : Publisher(all) {
  std::optional<Sender> kept = senders_.extract(reader);
  senders_ = {};
  if (kept) senders_.try_emplace(reader, std::move(*kept));
}

void Publisher::open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  log_.open(epoch, std::move(full_set), out);
  restart_senders();
  heartbeat_all(now, out);
}

void Publisher::restart_senders() {
  flushed_ = log_.head();
  flush_at_ = kNever;
  batch_entries_ = 0;
  batch_bytes_ = 0;
  for (auto& [peer, sender] : senders_) {
    sender.restart();
    sender.forget_acknowledged();
  }
}

void Publisher::adopt(Version at, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out) {
  log_.adopt(at, std::move(full_set), out);
  restart_senders();
}

void Publisher::enter(Instant now, std::vector<Entered> entries, std::uint64_t head, Outputs& out) {
  for (Entered& entry : entries) {
    log_.count_from(entry.seq - 1);
    if (entry.payload)
      log_.put(std::move(entry.key), std::move(*entry.payload), out);
    else
      log_.erase(now, entry.key, out);
  }
  log_.reach(head);
  flush(out);
}

void Publisher::beat(Instant now, bool all, Outputs& out) {
  collect(now);
  std::vector<RegionId> peers;
  for (const auto& [peer, sender] : senders_) {
    if (sender.up() && (all || !sender.bound())) peers.push_back(peer);
  }
  send_heartbeat(std::move(peers), out);
}

bool Publisher::put(Instant now, Bytes key, Bytes payload, Outputs& out) {
  const std::uint64_t head = log_.head();
  const std::size_t bytes = key.size() + payload.size();
  const bool accepted = log_.put(std::move(key), std::move(payload), out);
  if (log_.head() != head) note_change(now, bytes, out);
  return accepted;
}

void Publisher::erase(Instant now, ByteView key, Outputs& out) {
  const std::uint64_t head = log_.head();
  log_.erase(now, key, out);
  if (log_.head() != head) note_change(now, key.size(), out);
}

void Publisher::note_change(Instant now, std::size_t bytes, Outputs& out) {
  if (flush_at_ == kNever) flush_at_ = saturating_add(now, options_.flush);
  ++batch_entries_;
  batch_bytes_ += bytes;
  if (batch_entries_ >= options_.batch_entries || batch_bytes_ >= options_.batch_bytes) flush(out);
}

void Publisher::peer_up(RegionId peer, Outputs& out) {
  senders_.try_emplace(peer).first.start();
  send_heartbeat({peer}, out);
}

void Publisher::peer_down(RegionId peer) {
  if (Sender* sender = senders_.find(peer)) sender->stop();
}

void Publisher::receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out) {
  const Sender* sender = senders_.find(from);
  if (sender == nullptr || !sender->up() || !log_.is_open()) {
    out.push_back(Dropped{from, "nothing is published to this region"});
    return;
  }
  std::visit([&](const auto& m) { on(from, m, out); }, message);
  collect(now);
}

bool Publisher::is_current(RegionId from, Epoch epoch, Outputs& out) {
  if (epoch > log_.epoch()) out.push_back(EpochTooOld{epoch, from});
  // An older epoch is answered by the heartbeat: the reader finds out by itself how to bind to this one.
  else if (epoch < log_.epoch())
    send_heartbeat({from}, out);
  return epoch == log_.epoch();
}

void Publisher::on(RegionId from, const Ack& ack, Outputs& out) {
  if (ack.epoch > log_.epoch() || (ack.epoch == log_.epoch() && ack.seq > log_.head())) {
    out.push_back(EpochTooOld{ack.epoch, from});
    return;
  }
  if (ack.epoch < log_.epoch()) return;
  Sender& sender = senders_.at(from);
  if (ack.seq == log_.head()) sender.set_proven_equal(ack.set_hash == log_.set_hash().total());
  if (!sender.bound()) {
    bind(from, ack.seq, out);
  } else {
    sender.acknowledge(ack.seq);
    if (sender.cursor() < flushed_) push_to(from, out);
  }
}

void Publisher::on(RegionId from, const Pull& pull, Outputs& out) {
  if (pull.epoch == log_.epoch() && pull.from > log_.head())
    out.push_back(EpochTooOld{pull.epoch, from});
  else if (is_current(from, pull.epoch, out))
    bind(from, pull.from, out);
}

void Publisher::bind(RegionId peer, std::uint64_t seq, Outputs& out) {
  if (seq < log_.gc() && !SYNCER_MUTATED("replication.merge_below_gc")) return reset(peer, out);
  senders_.at(peer).rewind(seq);
  push_to(peer, out);
}

void Publisher::reset(RegionId peer, Outputs& out) {
  SYNCER_SOMETIMES(true, "replication.reader_is_behind_removals");
  senders_.at(peer).hold(std::nullopt);
  out.push_back(Publish{{peer}, Reset{log_.epoch(), log_.gc()}});
}

void Publisher::on(RegionId from, const BucketsRequest& request, Outputs& out) {
  if (is_current(from, request.epoch, out)) send_sums(from, out);
}

void Publisher::send_sums(RegionId peer, Outputs& out) {
  senders_.at(peer).hold(std::nullopt);
  const SetHash& set = log_.set_hash();
  out.push_back(Publish{{peer}, Buckets{log_.epoch(), log_.head(), log_.live(), set.total(), set.buckets()}});
}

void Publisher::on(RegionId from, const BucketRequest& request, Outputs& out) {
  if (!is_current(from, request.epoch, out)) return;
  std::optional<Transfer> repair = Transfer::repair(log_, request, batch_bytes(from));
  if (!repair) return send_sums(from, out);
  senders_.at(from).hold(std::move(repair));
  send_chunks(from, out);
}

void Publisher::on(RegionId from, const SnapshotRequest& request, Outputs& out) {
  if (!is_current(from, request.epoch, out)) return;
  senders_.at(from).hold(Transfer::snapshot(log_, batch_bytes(from)));
  send_chunks(from, out);
}

void Publisher::on(RegionId from, const ChunkRequest& request, Outputs& out) {
  Transfer* transfer = senders_.at(from).transfer();
  if (request.epoch != log_.epoch() || transfer == nullptr || transfer->at_seq() != request.at_seq) return;
  transfer->acknowledge(request.next);
  send_chunks(from, out);
}

void Publisher::send_chunks(RegionId peer, Outputs& out) {
  if (is_paced(peer)) return;
  Transfer* transfer = senders_.at(peer).transfer();
  while (std::optional<Chunk> chunk = transfer->next_chunk(options_.window_bytes)) {
    out.push_back(Publish{{peer}, std::move(*chunk)});
  }
}

void Publisher::flush(Outputs& out) {
  flush_at_ = kNever;
  batch_entries_ = 0;
  batch_bytes_ = 0;
  flushed_ = log_.head();
  while (true) {
    std::map<std::uint64_t, std::vector<RegionId>> by_cursor;
    for (const auto& [peer, sender] : senders_) {
      if (!is_paced(peer) && sender.ready(options_.window_bytes) && sender.cursor() < log_.head())
        by_cursor[sender.cursor()].push_back(peer);
    }
    if (by_cursor.empty()) return;
    for (const auto& [cursor, peers] : by_cursor) push_round(peers, out);
  }
}

void Publisher::push_to(RegionId peer, Outputs& out) {
  if (is_paced(peer)) return;
  const Sender& sender = senders_.at(peer);
  while (sender.ready(options_.window_bytes) && sender.cursor() < log_.head()) push_round({peer}, out);
}

void Publisher::push_round(const std::vector<RegionId>& peers, Outputs& out) {
  const std::uint64_t cursor = senders_.at(peers.front()).cursor();
  if (cursor < log_.gc() && !SYNCER_MUTATED("replication.merge_below_gc")) {
    for (const RegionId peer : peers) reset(peer, out);
    return;
  }
  Push push = log_.changes_after(cursor, options_.batch_entries, batch_bytes(peers.front()));
  std::size_t bytes = 0;
  for (const Entry& entry : push.entries) bytes += entry.key.size() + entry.payload.size();
  for (const RegionId peer : peers) senders_.at(peer).sent(push, log_.live(), bytes);
  out.push_back(Publish{peers, std::move(push)});
}

Heartbeat Publisher::heartbeat() const {
  return {log_.epoch(), log_.head(), log_.gc(), log_.live(), log_.set_hash().total(), healthy_};
}

/// Where nothing waits all are told the same.
void Publisher::send_heartbeat(std::vector<RegionId> peers, Outputs& out) {
  if (!log_.is_open()) return;
  const Heartbeat of_log = heartbeat();
  std::erase_if(peers, [&](RegionId peer) {
    if (!is_paced(peer)) return false;
    Sender& sender = senders_.at(peer);
    const Heartbeat said = sender.as_far_as_sent(of_log);
    sender.told(said);
    SYNCER_SOMETIMES(said != of_log, "replication.heartbeat_says_how_far_was_sent");
    if (said != of_log) out.push_back(Publish{{peer}, said});
    return said != of_log;
  });
  if (!peers.empty()) out.push_back(Publish{std::move(peers), of_log});
}

void Publisher::set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out) {
  if (turn_bytes) {
    paces_.insert_or_assign(reader, *turn_bytes);
    return;
  }
  if (paces_.erase(reader) == 0 || !senders_.contains(reader)) return;
  if (senders_.at(reader).transfer() != nullptr) send_chunks(reader, out);
  push_to(reader, out);
}

std::size_t Publisher::batch_bytes(RegionId reader) const {
  const auto pace = paces_.find(reader);
  return pace == paces_.end() ? options_.batch_bytes : std::min(options_.batch_bytes, pace->second);
}

bool Publisher::wants_turn(RegionId reader) const {
  const Sender* sender = senders_.find(reader);
  if (sender == nullptr || !sender->up() || !log_.is_open()) return false;
  if (const Transfer* transfer = sender->transfer()) return transfer->has_chunk(options_.window_bytes);
  return sender->ready(options_.window_bytes) && sender->cursor() < flushed_;
}

void Publisher::take_turn(RegionId reader, Outputs& out) {
  if (!wants_turn(reader)) return;
  Transfer* transfer = senders_.at(reader).transfer();
  if (transfer == nullptr) return push_round({reader}, out);
  out.push_back(Publish{{reader}, *transfer->next_chunk(options_.window_bytes)});
}

std::size_t Publisher::waiting(RegionId reader) const {
  const Sender* sender = senders_.find(reader);
  if (sender == nullptr || !sender->up()) return 0;
  if (const Transfer* transfer = sender->transfer()) return transfer->waiting();
  if (!sender->bound()) return 0;
  const auto& entries = log_.by_seq();
  return static_cast<std::size_t>(std::distance(entries.upper_bound(sender->cursor()), entries.end()));
}

void Publisher::heartbeat_all(Instant now, Outputs& out) {
  next_heartbeat_ = saturating_add(now, options_.heartbeat);
  std::vector<RegionId> peers;
  for (const auto& [peer, sender] : senders_) {
    if (sender.up()) peers.push_back(peer);
  }
  send_heartbeat(std::move(peers), out);
}

void Publisher::collect(Instant now) {
  if (log_.tombstones() == 0 || SYNCER_MUTATED("replication.remember_every_removal")) return;
  std::uint64_t acknowledged = log_.head();
  for (const auto& [peer, sender] : senders_) acknowledged = std::min(acknowledged, sender.acknowledged());
  log_.collect(now, acknowledged, options_.tombstone_age);
}

void Publisher::advance(Instant now, Outputs& out) {
  if (now >= flush_at_) flush(out);
  if (now < next_heartbeat_) return;
  collect(now);
  heartbeat_all(now, out);
}

Instant Publisher::next_deadline() const { return std::min(flush_at_, next_heartbeat_); }

const Sender* Publisher::sender(RegionId peer) const { return senders_.find(peer); }

std::uint64_t Publisher::unacknowledged(RegionId peer) const {
  const Sender* sender = senders_.find(peer);
  return sender == nullptr ? 0 : log_.head() - std::min(log_.head(), sender->acknowledged());
}

bool Publisher::proven_equal(RegionId peer) const {
  const Sender* sender = senders_.find(peer);
  return sender != nullptr && sender->proven_equal() && unacknowledged(peer) == 0;
}

bool Publisher::is_epoch_taken_by_others(RegionId but) const {
  if (SYNCER_MUTATED("replication.believe_one_region_against_another")) return false;
  return std::any_of(senders_.begin(), senders_.end(), [but](const auto& entry) {
    return entry.first != but && entry.second.up() && entry.second.took_epoch();
  });
}

void Publisher::fill(Sizes& sizes) const {
  sizes.records = log_.live();
  sizes.tombstones = log_.tombstones();
  sizes.entries = log_.by_seq().size();
  sizes.senders = senders_.size();
  for (const auto& [peer, sender] : senders_) sender.fill(sizes);
}

void Publisher::hash(StateHasher& hasher) const {
  hasher.add(log_.epoch().generation);
  hasher.add(log_.epoch().term);
  hasher.add(log_.head());
  hasher.add(log_.gc());
  hasher.add(log_.set_hash().total().high);
  hasher.add(log_.set_hash().total().low);
  for (const auto& [peer, sender] : senders_) {
    hasher.add(peer.value);
    hasher.add(sender.bound() ? sender.cursor() : 0);
    hasher.add(sender.acknowledged());
  }
}

}  // namespace syncer::replication
