// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/receiver.h"

#include "syncer/base/mutation.h"

namespace syncer::replication {

void Receiver::restart() {
  if (SYNCER_MUTATED("replication.forget_at_reconnect")) replica_ = Replica();
  repair_.reset();
  stalled_at_.reset();
  pulled_from_.reset();
}

void Receiver::receive(Instant now, const WriterMessage& message, Outputs& out) {
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  if (epoch == Epoch{}) {
    out.push_back(Dropped{region_, "message without an epoch"});
    return;
  }
  if (is_stale(epoch, out)) return;
  std::visit([&](const auto& m) { on(now, m, out); }, message);
}

bool Receiver::is_stale(Epoch epoch, Outputs& out) {
  const Epoch known = std::max(replica_.epoch(), floor_);
  if (epoch >= known || SYNCER_MUTATED("replication.accept_old_epoch")) return false;
  out.push_back(StaleEpoch{region_, epoch, known});
  // The writer learns from this that a higher epoch of its region is known.
  ask(Ack{known, known == replica_.epoch() ? replica_.seq() : 0, replica_.set_hash()}, out);
  return true;
}

bool Receiver::holds_set_of(const Hash128& set_hash, std::uint64_t live) const {
  if (SYNCER_MUTATED("replication.rebind_without_hash")) return true;
  return replica_.set_hash() == set_hash && replica_.size() == live;
}

void Receiver::on(Instant now, const Heartbeat& heartbeat, Outputs& out) {
  origin_sane_ = heartbeat.sane;
  const Version at{heartbeat.epoch, heartbeat.head};
  const bool must_bind = heartbeat.epoch != replica_.epoch() || repairing();
  if (!must_bind) return follow(now, heartbeat, out);
  const bool forward = at >= replica_.version() || SYNCER_MUTATED("replication.accept_old_epoch");
  if (forward && holds_set_of(heartbeat.set_hash, heartbeat.live)) return rebind(at, out);
  continue_repair(now, heartbeat.epoch, out);
}

void Receiver::follow(Instant now, const Heartbeat& heartbeat, Outputs& out) {
  const bool comparable = heartbeat.head == replica_.seq() && replica_.consistent();
  if (comparable && !holds_set_of(heartbeat.set_hash, heartbeat.live) &&
      !SYNCER_MUTATED("replication.ignore_set_hash")) {
    return mismatch(now, out);
  }
  acknowledge(out);
  // Entries may be on their way; twice behind at the same place, they are not.
  const bool behind = heartbeat.head > replica_.seq();
  if (behind && stalled_at_ == replica_.seq()) pull(now, out);
  stalled_at_ = behind ? std::optional(replica_.seq()) : std::nullopt;
}

void Receiver::rebind(Version at, Outputs& out) {
  repair_.reset();
  replica_.bind(at);
  out.push_back(Bound{region_, Bound::How::Rebound, at, 0});
  acknowledge(out);
}

void Receiver::on(Instant now, const Push& push, Outputs& out) {
  // A push of a new epoch cannot be applied before its heartbeat was bound to; while repairing the writer holds back
  // what follows the repair, so this is an older one.
  if (push.epoch != replica_.epoch() || repairing()) return;
  if (push.last <= replica_.seq()) return acknowledge(out);
  if (push.prev != replica_.seq() && !SYNCER_MUTATED("replication.skip_gap_check")) return pull(now, out);
  if (const std::string_view reason = objection(push); !reason.empty()) {
    out.push_back(Dropped{region_, reason});
    return;
  }
  apply(push, out);
  const bool comparable = push.last == push.head && replica_.consistent();
  const bool differs = comparable && push.set_hash != replica_.set_hash();
  if (differs && !SYNCER_MUTATED("replication.ignore_set_hash")) return mismatch(now, out);
  acknowledge(out);
}

void Receiver::pull(Instant now, Outputs& out) {
  const bool asked = pulled_from_ == replica_.seq() && saturating_add(pulled_at_, options_.retry) > now;
  if (asked) return;
  pulled_from_ = replica_.seq();
  pulled_at_ = now;
  ask(Pull{replica_.epoch(), replica_.seq()}, out);
}

std::string_view Receiver::objection(const Push& push) const {
  std::size_t octets = replica_.octets();
  std::uint64_t seq = push.prev;
  if (push.head < push.last) return "push beyond its own head";
  for (const Entry& entry : push.entries) {
    if (entry.seq <= seq || entry.seq > push.last) return "entries out of order";
    if (entry.key.size() > options_.limits.key_octets) return "key too long";
    if (entry.payload.size() > options_.limits.payload_octets) return "payload too long";
    seq = entry.seq;
    octets += entry.key.size() + entry.payload.size();
  }
  if (replica_.size() + push.entries.size() > options_.limits.keys) return "too many keys in the region";
  if (octets > options_.limits.region_octets) return "too many octets in the region";
  return {};
}

void Receiver::apply(const Push& push, Outputs& out) {
  for (const Entry& entry : push.entries) {
    if (entry.op == Op::Put)
      replica_.put(entry.key, entry.payload, entry.seq);
    else
      replica_.erase(entry.key);
    out.push_back(Changed{region_, entry.op, {push.epoch, entry.seq}, entry.key, false});
  }
  replica_.advance_to(push.last, push.head);
}

void Receiver::mismatch(Instant now, Outputs& out) {
  out.push_back(Mismatch{region_, replica_.version()});
  start_repair(now, replica_.epoch(), out);
}

void Receiver::on(Instant now, const Reset& reset, Outputs& out) {
  const bool late = reset.epoch == replica_.epoch() && (reset.gc <= replica_.seq() || repairing());
  if (!late) start_repair(now, reset.epoch, out);
}

void Receiver::start_repair(Instant now, Epoch epoch, Outputs& out) {
  if (replica_.size() == 0) return start_reload(now, epoch, out);
  repair_.emplace(epoch, false, now);
  ask(BucketsRequest{epoch}, out);
}

void Receiver::start_reload(Instant now, Epoch epoch, Outputs& out) {
  repair_.emplace(epoch, true, now);
  ask(SnapshotRequest{epoch}, out);
}

void Receiver::continue_repair(Instant now, Epoch epoch, Outputs& out) {
  if (!repair_ || repair_->epoch() < epoch) return start_repair(now, epoch, out);
  if (repair_->epoch() != epoch || !repair_->is_overdue(now, options_.retry)) return;
  if (const auto request = repair_->resume(now)) return ask(*request, out);
  start_repair(now, epoch, out);
}

void Receiver::on(Instant now, const Buckets& buckets, Outputs& out) {
  const Version at{buckets.epoch, buckets.at_seq};
  if (!repair_ || repair_->epoch() != buckets.epoch || repair_->full() || !repair_->is_fresh()) return;
  if (at < replica_.version()) return;
  if (holds_set_of(buckets.set_hash, buckets.live)) return rebind(at, out);
  std::optional<BucketRequest> request = ask_for_differences(replica_, buckets, options_.limits);
  if (!request) return start_reload(now, buckets.epoch, out);
  repair_.emplace(buckets.epoch, false, now);
  ask(std::move(*request), out);
}

void Receiver::on(Instant now, const Chunk& chunk, Outputs& out) {
  if (!repair_) return;
  switch (repair_->accept(now, chunk, options_.limits)) {
    case Repair::Step::Ignored:
      return;
    case Repair::Step::More:
      return ask(repair_->request(), out);
    case Repair::Step::Complete:
      return finish_repair(now, out);
    case Repair::Step::TooLarge:
      out.push_back(Dropped{region_, "repair goes over a limit"});
      repair_.emplace(chunk.epoch, chunk.full, now);
  }
}

void Receiver::finish_repair(Instant now, Outputs& out) {
  const Epoch epoch = repair_->epoch();
  const bool full = repair_->full();
  const bool outrun = repair_->target() < replica_.version() && !SYNCER_MUTATED("replication.accept_old_epoch");
  if (!outrun && repair_->apply(replica_, region_, out)) {
    repair_.reset();
    return acknowledge(out);
  }
  if (full) {
    out.push_back(Dropped{region_, "snapshot does not add up"});
    repair_.emplace(epoch, true, now);
    return;
  }
  start_reload(now, epoch, out);
}

void Receiver::hash(StateHasher& hasher) const {
  replica_.hash(hasher);
  hasher.add(repairing() ? 1 : 0);
}

}  // namespace syncer::replication
