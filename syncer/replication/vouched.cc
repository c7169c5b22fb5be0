// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/vouched.h"

#include <map>
#include <utility>
#include <variant>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {
namespace {

/// SetDigest of what a push makes of a replica, which keeps one.
Bytes digest_after(const Replica& replica, const Push& push) {
  SetDigest result = *replica.digest();
  std::map<ByteView, const Bytes*> changed;
  for (const Entry& entry : push.entries) {
    const auto known = changed.find(entry.key);
    const Bytes* former = known == changed.end() ? replica.find(entry.key) : known->second;
    if (former != nullptr) result.remove(entry.key, *former);
    if (entry.op == Op::Put) result.add(entry.key, entry.payload);
    changed[entry.key] = entry.op == Op::Put ? &entry.payload : nullptr;
  }
  return result.value();
}

}  // namespace

void Vouched::set_by_others(bool by_others, Receiver& receiver) {
  by_others_ = by_others;
  waiting_.reset();
  receiver.demand_vouching(by_others);
}

/// The replica is what the writer vouches for.
bool Vouched::holds(const Replica& replica) const {
  return replica.consistent() && replica.version() == last_->version() && replica.digest() &&
         replica.digest()->value() == last_->digest;
}

Heard Vouched::note(const Attestation& attestation, const Receiver& receiver) {
  last_ = attestation;
  return holds(receiver.replica()) ? Heard::Proof : Heard::Word;
}

Heard Vouched::receive(Instant now, const WriterMessage& message, Receiver& receiver, Outputs& out) {
  return std::visit([&](const auto& m) { return on(now, m, receiver, out); }, message);
}

/// Of a release that passes on what nobody vouches for, or made up.
Heard Vouched::on(Instant now, const Heartbeat& heartbeat, Receiver& receiver, Outputs& out) {
  if (SYNCER_MUTATED("attestation.believe_plain_heartbeats")) return receiver.receive(now, heartbeat, out);
  return Heard::Forged;
}

/// One that does not reach its head is a part of a catch-up: what it leads to cannot be judged before its end, so the
/// differences are fetched instead, which are applied as a whole.
Heard Vouched::on(Instant now, const Push& push, Receiver& receiver, Outputs& out) {
  if (SYNCER_MUTATED("attestation.believe_any_push")) return receiver.receive(now, push, out);
  const bool of_use = push.epoch == receiver.replica().epoch() && push.last > receiver.replica().seq();
  if (!of_use || receiver.repairing()) return Heard::Word;
  if (push.prev != receiver.replica().seq()) return receiver.receive(now, push, out);  // it asks for what is between
  const bool is_part = push.last < push.head;
  SYNCER_SOMETIMES(is_part, "attestation.long_catch_up_is_repaired");
  if (is_part)
    receiver.repair(now, out);
  else
    waiting_ = push;
  return Heard::Word;
}

Heard Vouched::on(Instant now, const Reset& reset, Receiver& receiver, Outputs& out) {
  return last_ && reset.epoch == last_->epoch ? receiver.receive(now, reset, out) : Heard::Word;
}

/// A replica is bound to where they say they are, so they have to be what was vouched for last.
Heard Vouched::on(Instant now, const Buckets& buckets, Receiver& receiver, Outputs& out) {
  if (!last_ || Version{buckets.epoch, buckets.at_seq} != last_->version()) return Heard::Word;
  const Replica& replica = receiver.replica();
  const bool same = buckets.live == last_->live && buckets.set_hash == last_->set_hash;
  const bool weakly = replica.set_hash() == last_->set_hash && replica.size() == last_->live;
  const bool strongly = !weakly || replica.digest()->value() == last_->digest;
  if (!same || !strongly) return same ? Heard::Word : Heard::Forged;
  return receiver.receive(now, buckets, out);
}

/// That a transfer ends in what was vouched for is seen at its end (Receiver::vouch).
Heard Vouched::on(Instant now, const Chunk& chunk, Receiver& receiver, Outputs& out) {
  const bool is_first = chunk.index == 0 && last_ && Version{chunk.epoch, chunk.at_seq} == last_->version();
  const bool same = !is_first || (chunk.live == last_->live && chunk.set_hash == last_->set_hash);
  return same ? receiver.receive(now, chunk, out) : Heard::Forged;
}

Heard Vouched::on(Instant now, const Attestation& attestation, Receiver& receiver, Outputs& out) {
  const Version held = receiver.replica().version();
  if (attestation.version() < held) return Heard::Word;  // brought by who lags behind
  last_ = attestation;
  receiver.vouch(attestation.version(), attestation.digest);
  const Heard applied = apply_waiting(now, receiver, out);
  if (applied == Heard::Forged) return applied;
  const Replica& replica = receiver.replica();
  const bool weakly = replica.set_hash() == attestation.set_hash && replica.size() == attestation.live;
  if (weakly && replica.digest()->value() != attestation.digest) return Heard::Forged;
  return receiver.receive(now, attestation.heartbeat(), out);
}

/// The push that came before this attestation, if it leads there.
Heard Vouched::apply_waiting(Instant now, Receiver& receiver, Outputs& out) {
  const std::optional<Push> push = std::exchange(waiting_, std::nullopt);
  const Replica& replica = receiver.replica();
  if (!push || push->epoch != last_->epoch || push->last != last_->head) return Heard::Word;
  if (push->epoch != replica.epoch() || push->prev != replica.seq() || receiver.repairing()) return Heard::Word;
  if (digest_after(replica, *push) != last_->digest) return Heard::Forged;
  return receiver.receive(now, *push, out);
}

}  // namespace syncer::replication
