// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/relayed_log.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

void RelayedLog::follow(Instant now, const Receiver& receiver, bool is_heartbeat, Heard heard,
                        std::span<const Output> news, Outputs& out) {
  const Replica& replica = receiver.replica();
  bool moved = false;
  for (const Output& output : news) {
    if (std::holds_alternative<Bound>(output)) moved = true;
    const auto* changed = std::get_if<Changed>(&output);
    if (changed == nullptr || changed->repaired) continue;
    waiting_.insert_or_assign(changed->key, Change{changed->version.seq, changed->op});
  }
  if (!replica.consistent() && !SYNCER_MUTATED("relay.pass_half_a_catch_up")) return;
  if (moved || !open_) adopt(replica);
  if (!open_) return;
  Outputs sent;
  catch_up(now, replica, sent);
  publisher_.set_healthy(receiver.origin_healthy());
  // Who does not know yet where the log is need not wait for a heartbeat.
  if (heard == Heard::Proof) publisher_.beat(now, is_heartbeat, sent);
  send(sent, out);
}

void RelayedLog::beat(Instant now, Outputs& out) {
  Outputs sent;
  if (open_) publisher_.beat(now, true, sent);
  send(sent, out);
}

/// Where the replica did not go on by entries, neither do its readers: they find out by themselves what differs.
void RelayedLog::adopt(const Replica& replica) {
  waiting_.clear();
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

/// A reader that is ahead of this log, or knows a later epoch, has it from elsewhere: it waits for this one to come
/// along. What the log says of itself is nobody's business.
void RelayedLog::send(Outputs& sent, Outputs& out) const {
  for (Output& output : sent) {
    if (auto* message = std::get_if<Publish>(&output)) {
      out.push_back(PassOn{origin_, std::move(message->to), std::move(message->message)});
    }
    SYNCER_SOMETIMES(std::holds_alternative<EpochTooOld>(output), "replication.relay_lags_behind_its_reader");
  }
}

}  // namespace syncer::replication
