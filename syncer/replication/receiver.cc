// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/receiver.h"

#include <algorithm>
#include <unordered_set>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

void Receiver::restart() {
  if (SYNCER_MUTATED("replication.forget_at_reconnect")) replica_ = Replica();
  repair_.reset();
  said_.reset();
  if (SYNCER_MUTATED("replication.load_all_on_every_link")) repair_.emplace(replica_.epoch(), true, Instant{});
  stalled_at_.reset();
  pulled_from_.reset();
}

void Receiver::forget_epoch() {
  floor_ = {};
  replica_.unbind();
  restart();
}

Heard Receiver::receive(Instant now, const WriterMessage& message, Outputs& out) {
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  if (epoch == Epoch{}) {
    out.push_back(Dropped{region_, "message without an epoch"});
    return Heard::Word;
  }
  if (is_stale(epoch, out)) return Heard::Word;
  return std::visit([&](const auto& m) { return on(now, m, out); }, message);
}

bool Receiver::is_stale(Epoch epoch, Outputs& out) {
  const Epoch known = std::max(replica_.epoch(), floor_);
  if (epoch >= known || SYNCER_MUTATED("replication.accept_old_epoch")) return false;
  SYNCER_SOMETIMES(true, "replication.stale_epoch_is_refused");
  out.push_back(StaleEpoch{region_, epoch, known});
  // The writer learns from this that a higher epoch of its region is known.
  ask(Ack{known, known == replica_.epoch() ? replica_.seq() : 0, replica_.set_hash()}, out);
  return true;
}

bool Receiver::holds_set_of(const Hash128& set_hash, std::uint64_t live) const {
  if (SYNCER_MUTATED("replication.rebind_without_hash")) return true;
  return replica_.set_hash() == set_hash && replica_.size() == live;
}

Heard Receiver::on(Instant now, const Heartbeat& heartbeat, Outputs& out) {
  Heard heard = compare(now, heartbeat, out);
  // Amid a catch-up it says only that it lives. Records came since it said so last: that is no empty word.
  const bool moved_on = std::exchange(moved_on_, false);
  const bool is_amid = heartbeat.epoch == replica_.epoch() && heartbeat.head < replica_.seq();
  const bool lives = heard == Heard::Word && moved_on && is_amid;
  if (lives && !SYNCER_MUTATED("replication.take_life_amid_a_catch_up_for_a_word")) heard = Heard::Progress;
  // All that it has is here, and so within the quotas, whatever somebody said before.
  if (heard == Heard::Proof && !SYNCER_MUTATED("replication.remember_quotas_for_ever")) set_over_quota({}, out);
  // Bad news is believed of anybody who may publish, good news only of who has the set.
  origin_healthy_ = heartbeat.healthy && (origin_healthy_ || heard == Heard::Proof);
  return heard;
}

Heard Receiver::compare(Instant now, const Heartbeat& heartbeat, Outputs& out) {
  const Version at{heartbeat.epoch, heartbeat.head};
  const bool must_bind = heartbeat.epoch != replica_.epoch() || repairing();
  if (!must_bind) return follow(now, heartbeat, out);
  const bool forward = at >= replica_.version() || SYNCER_MUTATED("replication.accept_old_epoch");
  SYNCER_SOMETIMES(!forward, "replication.writer_is_behind_its_reader");
  const bool holds_it = holds_set_of(heartbeat.set_hash, heartbeat.live);
  if (forward && holds_it && !SYNCER_MUTATED("replication.load_all_on_every_link")) return rebind(at, out);
  continue_repair(now, heartbeat.epoch, out);
  return Heard::Word;
}

Heard Receiver::follow(Instant now, const Heartbeat& heartbeat, Outputs& out) {
  const bool comparable = heartbeat.head == replica_.seq() && replica_.consistent();
  const bool equal = comparable && holds_set_of(heartbeat.set_hash, heartbeat.live);
  SYNCER_SOMETIMES(comparable && !equal, "replication.set_hash_differs");
  if (comparable && !equal && !SYNCER_MUTATED("replication.ignore_set_hash")) {
    mismatch(now, out);
    return Heard::Word;
  }
  equal ? acknowledge_again(out) : acknowledge(out);
  // Entries may be on their way; twice behind at the same place, they are not.
  const bool behind = heartbeat.head > replica_.seq();
  SYNCER_SOMETIMES(behind && stalled_at_ == replica_.seq(), "replication.entries_do_not_come");
  if (behind && stalled_at_ == replica_.seq()) pull(now, out);
  stalled_at_ = behind ? std::optional(replica_.seq()) : std::nullopt;
  return equal ? Heard::Proof : Heard::Word;
}

void Receiver::acknowledge(Outputs& out) {
  said_ = Ack{replica_.epoch(), replica_.seq(), replica_.set_hash()};
  spared_ = false;
  ask(*said_, out);
}

/// Of a set that stays the same every second heartbeat is acknowledged: that is news often enough for the writer to
/// know that we are there (its silence is longer than two of its heartbeats), and half the bytes of an idle link.
void Receiver::acknowledge_again(Outputs& out) {
  const bool is_news = said_ != Ack{replica_.epoch(), replica_.seq(), replica_.set_hash()};
  if (is_news || spared_ || SYNCER_MUTATED("replication.acknowledge_every_heartbeat")) return acknowledge(out);
  spared_ = true;
}

Heard Receiver::rebind(Version at, Outputs& out) {
  SYNCER_SOMETIMES(replica_.epoch() != at.epoch, "replication.new_epoch_is_bound_by_hash");
  repair_.reset();
  replica_.bind(at);
  out.push_back(Bound{region_, Bound::How::Rebound, at, 0});
  acknowledge(out);
  return Heard::Proof;
}

Heard Receiver::on(Instant now, const Push& push, Outputs& out) {
  // A push of a new epoch cannot be applied before its heartbeat was bound to; while repairing the writer holds back
  // what follows the repair, so this is an older one.
  if (push.epoch != replica_.epoch() || repairing()) return Heard::Word;
  if (push.last <= replica_.seq()) {
    acknowledge(out);
    return Heard::Word;
  }
  SYNCER_SOMETIMES(push.prev != replica_.seq(), "replication.push_leaves_a_gap");
  if (push.prev != replica_.seq() && !SYNCER_MUTATED("replication.skip_gap_check")) {
    pull(now, out);
    return Heard::Word;
  }
  if (const std::string_view reason = objection(push); !reason.empty()) {
    out.push_back(Dropped{region_, reason});
    return Heard::Word;
  }
  // What is refused comes again: the reader stays where it is, and asks at the next heartbeat. The writer is there.
  const std::optional<QuotaKind> exceeded = exceeded_by(now, push);
  SYNCER_SOMETIMES(exceeded.has_value(), "replication.push_is_over_the_quota");
  set_over_quota(exceeded, out);
  if (exceeded) return Heard::Progress;
  rate_.note(now, push.entries.size());
  apply(push, out);
  const bool comparable = push.last == push.head && replica_.consistent();
  const bool differs = comparable && push.set_hash != replica_.set_hash();
  if (differs && !SYNCER_MUTATED("replication.ignore_set_hash")) {
    mismatch(now, out);
    return Heard::Word;
  }
  acknowledge(out);
  moved_on_ = true;
  return Heard::Proof;
}

void Receiver::pull(Instant now, Outputs& out) {
  const bool asked = pulled_from_ == replica_.seq() && saturating_add(pulled_at_, options_.retry) > now;
  if (asked) return;
  pulled_from_ = replica_.seq();
  pulled_at_ = now;
  ask(Pull{replica_.epoch(), replica_.seq()}, out);
}

std::string_view Receiver::objection(const Push& push) const {
  std::size_t bytes = replica_.bytes();
  std::uint64_t seq = push.prev;
  if (push.head < push.last) return "push beyond its own head";
  for (const Entry& entry : push.entries) {
    if (entry.seq <= seq || entry.seq > push.last) return "entries out of order";
    if (entry.key.size() > options_.limits.key_bytes) return "key too long";
    if (entry.payload.size() > options_.limits.payload_bytes) return "payload too long";
    seq = entry.seq;
    bytes += entry.key.size() + entry.payload.size();
  }
  if (replica_.size() + push.entries.size() > options_.limits.keys) return "too many keys in the region";
  if (bytes > options_.limits.region_bytes) return "too many bytes in the region";
  return {};
}

std::optional<QuotaKind> Receiver::exceeded_by(Instant now, const Push& push) const {
  if (SYNCER_MUTATED("replication.ignore_quotas")) return std::nullopt;
  if (!rate_.may_change(now)) return QuotaKind::Changes;
  std::size_t records = replica_.size();
  std::size_t bytes = replica_.bytes();
  std::unordered_set<ByteView> seen;
  // Of several entries of one key the last one counts, and the others do not count either way.
  for (auto it = push.entries.rbegin(); it != push.entries.rend(); ++it) {
    const Entry& entry = *it;
    if (!seen.insert(entry.key).second && !SYNCER_MUTATED("replication.count_a_key_twice")) continue;
    const Bytes* former = replica_.find(entry.key);
    if (former != nullptr) bytes -= entry.key.size() + former->size();
    if (entry.op == Op::Put) bytes += entry.key.size() + entry.payload.size();
    if (entry.op == Op::Put && former == nullptr) ++records;
    if (entry.op == Op::Del && former != nullptr) --records;
  }
  // Becoming smaller is never refused.
  if (records > options_.quota.records && records > replica_.size()) return QuotaKind::Records;
  if (bytes > options_.quota.bytes && bytes > replica_.bytes()) return QuotaKind::Bytes;
  return std::nullopt;
}

Limits Receiver::repair_limits() const {
  Limits limits = options_.limits;
  if (SYNCER_MUTATED("replication.ignore_quotas")) return limits;
  limits.keys = std::min(limits.keys, options_.quota.records);
  limits.region_bytes = std::min(limits.region_bytes, options_.quota.bytes);
  return limits;
}

void Receiver::set_over_quota(std::optional<QuotaKind> quota, Outputs& out) {
  if (quota == over_quota_) return;
  if (over_quota_) out.push_back(QuotaChanged{region_, *over_quota_, false});
  if (quota) out.push_back(QuotaChanged{region_, *quota, true});
  over_quota_ = quota;
}

void Receiver::apply(const Push& push, Outputs& out) {
  for (const Entry& entry : push.entries) {
    if (entry.op == Op::Put)
      replica_.put(entry.key, entry.payload, entry.seq);
    else
      replica_.erase(entry.key);
    out.push_back(Changed{region_, entry.op, {push.epoch, entry.seq}, entry.key, false, true});
  }
  replica_.advance_to(push.last, push.head);
}

void Receiver::mismatch(Instant now, Outputs& out) {
  out.push_back(Mismatch{region_, replica_.version()});
  start_repair(now, replica_.epoch(), out);
}

Heard Receiver::on(Instant now, const Reset& reset, Outputs& out) {
  const bool late = reset.epoch == replica_.epoch() && (reset.gc <= replica_.seq() || repairing());
  if (!late) start_repair(now, reset.epoch, out);
  return Heard::Word;
}

void Receiver::start_repair(Instant now, Epoch epoch, Outputs& out) {
  const bool whole = replica_.size() == 0 || SYNCER_MUTATED("replication.load_all_on_every_link");
  if (whole) return start_reload(now, epoch, out);
  SYNCER_SOMETIMES(true, "replication.repairs_by_sums");
  repair_.emplace(epoch, false, now);
  ask(BucketsRequest{epoch}, out);
}

void Receiver::start_reload(Instant now, Epoch epoch, Outputs& out) {
  SYNCER_SOMETIMES(replica_.size() > 0, "replication.loads_a_known_region_whole");
  repair_.emplace(epoch, true, now);
  ask(SnapshotRequest{epoch}, out);
}

void Receiver::continue_repair(Instant now, Epoch epoch, Outputs& out) {
  if (!repair_ || repair_->epoch() < epoch) return start_repair(now, epoch, out);
  if (repair_->epoch() != epoch || !repair_->is_overdue(now, options_.retry)) return;
  SYNCER_SOMETIMES(true, "replication.repair_is_overdue");
  if (const auto request = repair_->resume(now)) return ask(*request, out);
  start_repair(now, epoch, out);
}

Heard Receiver::on(Instant now, const Buckets& buckets, Outputs& out) {
  const Version at{buckets.epoch, buckets.at_seq};
  if (!repair_ || repair_->epoch() != buckets.epoch || repair_->full() || !repair_->is_fresh()) return Heard::Word;
  if (at < replica_.version()) return Heard::Word;
  if (holds_set_of(buckets.set_hash, buckets.live)) return rebind(at, out);
  std::optional<BucketRequest> request = ask_for_differences(replica_, buckets, options_.limits);
  if (!request) {
    start_reload(now, buckets.epoch, out);
    return Heard::Progress;
  }
  repair_.emplace(buckets.epoch, false, now);
  ask(std::move(*request), out);
  return Heard::Progress;
}

Heard Receiver::on(Instant now, const Chunk& chunk, Outputs& out) {
  if (!repair_) return Heard::Word;
  const Repair::Step step = repair_->accept(now, chunk, repair_limits());
  const bool begins = step != Repair::Step::Ignored && chunk.index == 0;
  if (begins && vouched_ && vouched_->first == repair_->target()) repair_->want_digest(vouched_->second);
  switch (step) {
    case Repair::Step::Ignored:
      return Heard::Word;
    case Repair::Step::More:
      ask(repair_->request(), out);
      return Heard::Progress;
    case Repair::Step::Complete:
      return finish_repair(now, out);
    case Repair::Step::TooLarge:
      return refuse_repair(now, repair_->has_more_than(repair_limits().keys) ? QuotaKind::Records : QuotaKind::Bytes,
                           out);
  }
  return Heard::Word;
}

/// What is refused comes again, as with a push.
Heard Receiver::refuse_repair(Instant now, QuotaKind exceeded, Outputs& out) {
  if (exceeded != QuotaKind::Changes) out.push_back(Dropped{region_, "repair goes over a limit"});
  set_over_quota(exceeded, out);
  repair_.emplace(repair_->epoch(), repair_->full(), now);
  return Heard::Progress;
}

/// Each one alone may be small: what is held afterwards counts. Becoming smaller is never refused.
bool Receiver::repair_outgrows_its_quota() {
  if (SYNCER_MUTATED("replication.count_only_what_a_repair_brings")) return false;
  const std::size_t bytes = repair_->bytes_after(replica_);
  return bytes > repair_limits().region_bytes && bytes > replica_.bytes();
}

Heard Receiver::finish_repair(Instant now, Outputs& out) {
  const Epoch epoch = repair_->epoch();
  const bool full = repair_->full();
  // The first set of a region is no change.
  const bool paid = replica_.size() == 0 || rate_.may_change(now) || SYNCER_MUTATED("replication.ignore_quotas");
  if (!paid) return refuse_repair(now, QuotaKind::Changes, out);
  if (repair_outgrows_its_quota()) return refuse_repair(now, QuotaKind::Bytes, out);
  if (replica_.size() > 0) rate_.note(now, repair_->changes());
  const bool outrun = repair_->target() < replica_.version() && !SYNCER_MUTATED("replication.accept_old_epoch");
  SYNCER_SOMETIMES(outrun, "replication.repair_is_outrun");
  const Vouching vouched = outrun ? Vouching::Missing : vouching();
  if (vouched == Vouching::Holds && repair_->apply(replica_, region_, out)) {
    repair_.reset();
    set_over_quota(std::nullopt, out);
    acknowledge(out);
    return Heard::Proof;
  }
  if (full) {
    SYNCER_SOMETIMES(!outrun, "replication.snapshot_does_not_add_up");
    out.push_back(Dropped{region_, "snapshot does not add up"});
    repair_.emplace(epoch, true, now);
    return vouched == Vouching::Broken ? Heard::Forged : Heard::Word;
  }
  start_reload(now, epoch, out);
  return Heard::Word;
}

Receiver::Vouching Receiver::vouching() {
  if (!demanding_ || SYNCER_MUTATED("attestation.believe_any_transfer")) return Vouching::Holds;
  if (!repair_->wanted_digest()) return Vouching::Missing;
  return repair_->digest_after(replica_, expand_) == repair_->wanted_digest() ? Vouching::Holds : Vouching::Broken;
}

void Receiver::hash(StateHasher& hasher) const {
  replica_.hash(hasher);
  hasher.add(repairing() ? 1 : 0);
}

}  // namespace syncer::replication
