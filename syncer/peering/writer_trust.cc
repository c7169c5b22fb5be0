// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/writer_trust.h"

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/mutation.h"

namespace syncer::peering {

WriterTrust::Verdict WriterTrust::judge(Instant now, std::uint64_t run, Epoch epoch) {
  if (!in_bounds(epoch)) return Verdict::Doubt;
  const bool first = known_epoch_ == Epoch{};
  const bool old = epoch < known_epoch_ && !SYNCER_MUTATED("replication.accept_old_epoch");
  if (!first && (old || leaps_beyond(known_epoch_, epoch))) {
    if (!insists(now, run, epoch)) return Verdict::Doubt;
    known_epoch_ = {};
    known_run_ = 0;
    return Verdict::Believe;
  }
  const bool another_run = known_run_ != 0 && run != known_run_;
  if (epoch == known_epoch_ && another_run) return Verdict::SameEpoch;
  return Verdict::Hear;
}

bool WriterTrust::insists(Instant now, std::uint64_t run, Epoch epoch) {
  const bool same =
      doubted_ && doubted_->run == run && doubted_->epoch == epoch && saturating_add(doubted_->last, kPause) > now;
  if (!same) doubted_ = Doubted{run, epoch, now, now};
  doubted_->last = now;
  if (SYNCER_MUTATED("peering.doubt_for_ever")) return false;
  return saturating_add(doubted_->since, kInsistence) <= now && !proved_within(now, kInsistence);
}

void WriterTrust::heard(Instant now, std::uint64_t run, Epoch epoch, replication::Heard what) {
  const bool claims_count = SYNCER_MUTATED("peering.believe_claims");
  if (what == replication::Heard::Word && !claims_count) return;
  last_heard_ = now;
  has_spoken_ = true;
  if (what != replication::Heard::Proof && !claims_count) return;
  proved_ = now;
  known_epoch_ = epoch;
  known_run_ = run;
  doubted_.reset();
}

bool WriterTrust::raise(Epoch epoch) {
  if (!in_bounds(epoch)) return false;
  if (epoch <= known_epoch_) return true;
  known_epoch_ = epoch;
  known_run_ = 0;
  return true;
}

}  // namespace syncer::peering
