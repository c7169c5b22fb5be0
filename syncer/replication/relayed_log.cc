// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/relayed_log.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

namespace {

/// Changes that wait for the origin to vouch for them; with more of them its whole set is taken anew.
constexpr std::size_t kMostWaiting = std::size_t{1} << 16U;

}  // namespace

/// A part of a catch-up cannot be vouched for, so a batch goes on as one even where it came as two.
Options RelayedLog::adapted(const Options& options) const {
  constexpr std::size_t kBatches = 4;
  Options adapted = options;
  if (vouched_) adapted.batch_bytes *= kBatches;
  if (vouched_) adapted.batch_entries *= kBatches;
  return adapted;
}

bool RelayedLog::bears_out(const Replica& replica, const Attestation* attestation) {
  return attestation != nullptr && attestation->version() == replica.version() && replica.digest() &&
         replica.digest()->value() == attestation->digest;
}

void RelayedLog::collect(const Step& step) {
  for (const Output& output : step.news) {
    if (std::holds_alternative<Bound>(output)) moved_ = true;
    const auto* changed = std::get_if<Changed>(&output);
    if (changed == nullptr || changed->repaired) continue;
    waiting_.insert_or_assign(changed->key, Change{changed->version.seq, changed->op});
  }
  // The set is taken as a whole then; a writer that vouches for nothing more would let this grow without end.
  if (waiting_.size() > kMostWaiting) moved_ = true;
  if (moved_) waiting_.clear();
}

void RelayedLog::follow(Instant now, const Receiver& receiver, const Step& step, Outputs& out) {
  const Replica& replica = receiver.replica();
  collect(step);
  if (!replica.consistent() && !SYNCER_MUTATED("relay.pass_half_a_catch_up")) return beat_amid(now, step, out);
  if (moved_ || !open_) adopt(replica);
  if (!open_) return;
  Outputs sent;
  catch_up(now, replica, sent);
  publisher_.set_healthy(receiver.origin_healthy());
  // Who does not know yet where the log is need not wait for a heartbeat.
  if (step.heard == Heard::Proof) publisher_.beat(now, step.is_heartbeat, sent);
  send(sent, out);
}

void RelayedLog::follow_vouched(Instant now, const Receiver& receiver, const Attestation* last, const Step& step,
                                Outputs& out) {
  const Replica& replica = receiver.replica();
  collect(step);
  if (!replica.consistent() || !bears_out(replica, last)) return;
  const bool is_new = said_ != *last;
  said_ = *last;
  if (moved_ || !open_) adopt(replica);
  if (!open_) return;
  Outputs sent;
  catch_up(now, replica, sent);
  publisher_.beat(now, is_new, sent);
  for (Output& output : sent) {
    if (auto* message = std::get_if<Publish>(&output)) send_vouched(*message, is_new, out);
  }
}

/// A writer whose records wait for their turn says in between that it is there; so do we of what we have of it.
void RelayedLog::beat_amid(Instant now, const Step& step, Outputs& out) {
  SYNCER_SOMETIMES(step.follows, "replication.relay_beats_amid_a_catch_up");
  if (step.is_heartbeat && step.follows && !SYNCER_MUTATED("relay.keep_quiet_amid_a_catch_up")) beat(now, out);
}

void RelayedLog::beat(Instant now, Outputs& out) {
  Outputs sent;
  if (open_) publisher_.beat(now, true, sent);
  send(sent, out);
}

/// Where the replica did not go on by entries, neither do its readers: they find out by themselves what differs.
void RelayedLog::adopt(const Replica& replica) {
  waiting_.clear();
  moved_ = false;
  // More records than numbers: such a writer lies, and is not passed on.
  open_ = replica.size() <= replica.seq() && replica.epoch() != Epoch{};
  if (!open_) return;
  std::vector<std::pair<Bytes, Bytes>> set;
  set.reserve(replica.size());
  for (const auto& [key, record] : replica.records()) set.emplace_back(key, record.payload);
  Outputs own;
  publisher_.adopt(replica.version(), std::move(set), own);
}

void RelayedLog::catch_up(Instant now, const Replica& replica, Outputs& out) {
  if (replica.seq() <= publisher_.log().head()) return;
  std::vector<Publisher::Entered> entries;
  for (const auto& [key, change] : waiting_) {
    const Bytes* payload = change.op == Op::Put ? replica.find(key) : nullptr;
    entries.push_back({change.seq, key, payload == nullptr ? std::nullopt : std::optional(*payload)});
  }
  waiting_.clear();
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  publisher_.enter(now, std::move(entries), replica.seq(), out);
}

void RelayedLog::receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out) {
  if (!open_) return;
  Outputs sent;
  publisher_.receive(now, from, message, sent);
  send(sent, out);
}

void RelayedLog::set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out) {
  Outputs sent;
  publisher_.set_pace(reader, turn_bytes, sent);
  if (open_) send(sent, out);
}

bool RelayedLog::wants_turn(RegionId reader) const {
  return (open_ || SYNCER_MUTATED("relay.want_turns_of_what_ended")) && publisher_.wants_turn(reader);
}

void RelayedLog::take_turn(RegionId reader, Outputs& out) {
  Outputs sent;
  if (open_) publisher_.take_turn(reader, sent);
  send(sent, out);
}

/// A reader that is ahead of this log, or knows a later epoch, has it from elsewhere: it waits for this one to come
/// along. What the log says of itself is nobody's business.
void RelayedLog::send(Outputs& sent, Outputs& out) const {
  for (Output& output : sent) {
    if (auto* message = std::get_if<Publish>(&output); message != nullptr && vouched_) {
      send_vouched(*message, false, out);
    } else if (message != nullptr) {
      out.push_back(PassOn{origin_, std::move(message->to), std::move(message->message)});
    }
    SYNCER_SOMETIMES(std::holds_alternative<EpochTooOld>(output), "replication.relay_lags_behind_its_reader");
  }
}

/// Behind a push, before all else goes what the origin says of the set; heartbeats are nothing but that. With `beats`
/// one comes behind all that is sent now.
void RelayedLog::send_vouched(Publish& message, bool beats, Outputs& out) const {
  const auto* push = std::get_if<Push>(&message.message);
  const auto* chunk = std::get_if<Chunk>(&message.message);
  const bool is_beat = std::holds_alternative<Heartbeat>(message.message);
  const bool before = push == nullptr && (chunk == nullptr || chunk->index == 0);
  const bool behind = push != nullptr && push->last == push->head && !beats;
  if (before) out.push_back(PassOn{origin_, message.to, *said_});
  if (!is_beat) out.push_back(PassOn{origin_, message.to, std::move(message.message)});
  if (behind) out.push_back(PassOn{origin_, std::move(message.to), *said_});
}

}  // namespace syncer::replication
