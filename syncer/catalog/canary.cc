// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/canary.h"

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/settings.h"

namespace syncer::catalog {
namespace {

/// What was registered within this time may be lost with an older state that nothing shows to be one.
constexpr Duration kCountPace = std::chrono::seconds(5);

std::string run_id(Random random) { return to_string(Hash128{random.next(), 0}).substr(0, 16); }

}  // namespace

Canary::Canary(const CatalogConfig& config, registry::Driver& driver, const registry::Snapshot& view,
               registry::Leases& leases, Observer& observer, Random random)
    : config_(config),
      driver_(driver),
      view_(view),
      leases_(leases),
      observer_(observer),
      mark_{config.region, config.node, run_id(random)} {}

void Canary::advance(Instant now) {
  if (busy_ || leaving_ || now < due_) return;
  due_ = kNever;
  if (usurped_) return;
  if (registered_ && stale_) return take_over(now);
  if (!registered_) announce(now);
}

void Canary::announce(Instant now) {
  busy_ = true;
  ++mark_.count;
  driver_.put_canary(now, mark_, [this, count = mark_.count](Instant at, const Result<registry::EntryId>& entry) {
    busy_ = false;
    if (!entry) return retry(at, entry.error());
    note_written(at, count);
    if (listed_ && !is_own(*entry)) {
      remove(at, *own_);  // of an earlier run, where the registry chooses ids
      listed_ = confirmed_ = stale_ = false;
    }
    own_ = *entry;
    registered_ = true;
    refused_ = false;
    registered_at_ = at;
    failures_ = 0;
    if (!announced_) announced_ = at;
    leases_.track(at, *own_, driver_.traits().canary_lease);
    write_again(at);
    seen(at, *own_);  // if a list shows it already, that is no news
    if (leaving_) withdraw(at);
  });
}

/// The list shows our entry with the mark of an earlier run: its lease was still alive, so the registration was
/// dropped.
void Canary::take_over(Instant now) {
  busy_ = true;
  ++mark_.count;
  driver_.change_canary(now, *own_, mark_, [this, count = mark_.count](Instant at, const Result<void>& success) {
    busy_ = false;
    if (!success) return retry(at, success.error());
    note_written(at, count);
    stale_ = false;
    if (leaving_) withdraw(at);
  });
}

void Canary::count_registration(Instant now) {
  if (count_due_ == kNever) count_due_ = std::max(now, saturating_add(count_written_, kCountPace));
}

void Canary::write_again(Instant now) {
  const Duration pace = driver_.traits().canary_pace;
  if (pace == Duration::zero() || SYNCER_MUTATED("catalog.write_the_canary_once")) return;
  count_due_ = std::min(count_due_, saturating_add(now, pace));
}

void Canary::write_count(Instant now) {
  if (now < count_due()) return;
  count_due_ = kNever;
  busy_ = true;
  count_written_ = now;
  ++mark_.count;
  driver_.change_canary(now, *own_, mark_, [this, count = mark_.count](Instant at, const Result<void>& success) {
    busy_ = false;
    if (leaving_) return withdraw(at);
    if (success) {
      formerly_counted_ = counted(at);
      counted_ = count;
      counted_at_ = at;
      note_written(at, count);
      write_again(at);
    } else if (success.error().code == ErrorCode::NotFound) {
      gone(at);
    } else {
      writes_fail_ = true;
      count_due_ = at + kCountPace;
    }
  });
}

Canary::Memory Canary::shown(Instant began, std::uint64_t counted, const registry::Entry& entry) {
  const bool own = entry.canary && entry.canary->run == mark_.run && config_.marks.believes(*entry.canary, entry.id);
  // What nobody of the pool signed is no older state of the registry: somebody writes there.
  const bool foreign =
      entry.canary ? !config_.marks.believes(*entry.canary, entry.id) : config_.marks.active() && shown_own_;
  if (foreign) rewrite(began);
  Memory memory;
  memory.went_back = shown_own_ && !foreign && (!own || entry.canary->count < counted);
  if (memory.went_back && own) counted_ = formerly_counted_ = entry.canary->count;  // said once
  shown_own_ = own || (shown_own_ && foreign);
  // A registry may tell the time of a registration in seconds: that we registered it again ourselves says more.
  const bool again = registered_at_ > since_ && !SYNCER_MUTATED("catalog.tell_canaries_apart_by_their_second");
  if (registration_.empty()) {
    since_ = registered_at_;
  } else if (again || registration_ != entry.registration) {
    since_ = registered_at_ > since_ ? registered_at_ : began;
  }
  registration_ = entry.registration;
  memory.since = since_;
  return memory;
}

/// Until a write shows, what was before it is no older state of the registry.
std::uint64_t Canary::counted(Instant now) const {
  const bool shows = now >= saturating_add(counted_at_, driver_.traits().write_lag);
  return shows || SYNCER_MUTATED("catalog.expect_a_write_at_once") ? counted_ : formerly_counted_;
}

/// Each write has a count of its own, so that an entry tells which one it shows.
void Canary::note_written(Instant now, std::uint64_t count) {
  writes_fail_ = false;
  written_at_ = now;
  written_count_ = count;
}

std::optional<Instant> Canary::written_at(const registry::Entry& entry) const {
  const bool last = entry.canary && entry.canary->run == mark_.run && entry.canary->count == written_count_ &&
                    config_.marks.believes(*entry.canary, entry.id);
  return last && written_count_ > 0 ? std::optional(written_at_) : std::nullopt;
}

void Canary::gone(Instant now) {
  if (!registered_) return;
  leases_.forget(*own_);
  lease_lost(now, *own_);
}

void Canary::retry(Instant now, const Error& error) {
  if (leaving_) {
    withdrawn_ = true;
    return;
  }
  // A registry that has no room for a canary may still be read; one that does not answer may not.
  const bool outage = registry::is_outcome_unknown(error);
  if (!announced_ && !outage) announced_ = now;
  refused_ = !outage;
  writes_fail_ = true;
  if (error.code == ErrorCode::NotFound) registered_ = false;
  due_ = now + (outage ? registry::kLeaseRetry : registry::kRefusedCanary.wait(failures_++));
}

void Canary::seen(Instant now, const registry::EntryId& ref) {
  const registry::SeenEntry* shown = view_.entry(ref);
  if (shown == nullptr || !shown->entry->canary) return;
  const registry::CanaryMark& mark = *shown->entry->canary;
  if (note_forgery(now, ref, mark)) return judge(now);
  if (mark.region != mark_.region || mark.node != mark_.node) {
    others_[ref] = mark;
    if (!config_.single && mark.region == config_.region) remove(now, ref);
    return judge(now);
  }
  if (registered_ && !is_own(ref) && mark.run != mark_.run) {
    // Where the registry chooses ids, an earlier run's canary stands beside ours; one that comes later is a rival's.
    if (confirmed_)
      others_[ref] = mark;
    else
      remove(now, ref);
    return judge(now);
  }
  own_ = ref;
  listed_ = true;
  if (registered_) leases_.adopt(now, ref, shown->entry->lease);
  if (mark.run == mark_.run) {
    confirmed_ = true;
    usurped_ = stale_ = false;
  } else if (confirmed_) {
    usurped_ = true;
    leases_.forget(ref);
  } else {
    rewrite(now);
  }
  judge(now);
}

/// The mark is not of this pool: an alarm, and nothing follows from it. On our own entry it is written over.
bool Canary::note_forgery(Instant now, const registry::EntryId& ref, const registry::CanaryMark& mark) {
  if (config_.marks.believes(mark, ref.id)) {
    forged_.erase(ref);
    return false;
  }
  others_.erase(ref);
  const std::string reason = "the registry shows a canary of syncer \"" + mark.node + "\" of region \"" + mark.region +
                             "\" that nobody who has the pool's key wrote";
  // Before the pool had a key, our own earlier run signed nothing.
  const bool is_earlier_run = mark.region == mark_.region && mark.node == mark_.node && !confirmed_;
  if (!is_earlier_run && forged_.insert_or_assign(ref, reason).second) {
    observe(observer_, now, EventKind::MarkForged, Severity::Error,
            {{"region", config_.region}, {"entry", ref.id}, {"reason", reason}});
  }
  if (is_own(ref)) rewrite(now);
  return true;
}

void Canary::unmarked(Instant now, const registry::EntryId& ref) {
  if (is_own(ref) && registered_ && !usurped_) rewrite(now);
}

void Canary::read_without(Instant now, Instant began) {
  const bool was_written = written_count_ > 0 && began >= saturating_add(written_at_, driver_.traits().write_lag);
  if (!listed_ || stale_ || busy_ || !was_written || SYNCER_MUTATED("catalog.wait_for_a_mark_that_is_gone")) return;
  SYNCER_SOMETIMES(true, "catalog.mark_of_a_new_run_is_gone");
  rewrite(now);
}

void Canary::rewrite(Instant now) {
  stale_ = true;
  if (registered_ && due_ == kNever) due_ = now;
}

void Canary::seal_again(Instant now) {
  if (registered_ && !usurped_) rewrite(now);
}

std::vector<std::string> Canary::forged(std::size_t limit) const {
  std::vector<std::string> first;
  for (const auto& [ref, reason] : forged_) {
    if (first.size() == limit) break;
    first.push_back(reason);
  }
  return first;
}

void Canary::missing(Instant now, const registry::EntryId& ref) {
  others_.erase(ref);
  forged_.erase(ref);
  if (is_own(ref)) {
    listed_ = confirmed_ = stale_ = false;
    if (usurped_) {
      usurped_ = registered_ = false;
      due_ = now;
    }
  }
  judge(now);
}

bool Canary::lease_lost(Instant now, const registry::EntryId& ref) {
  if (!is_own(ref)) return false;
  registered_ = listed_ = confirmed_ = stale_ = false;
  due_ = now;
  return true;
}

bool Canary::healthy() const { return registered_ && listed_ && leases_.is_healthy(*own_); }

/// The canary of the writer before us, or of our own earlier run: only one node of the region writes.
void Canary::remove(Instant now, const registry::EntryId& ref) {
  driver_.remove(now, ref, {}, registry::Urgency::Write, [](Instant, const Result<void>&) {});
}

std::string Canary::rival_text() const {
  return "another process runs as syncer \"" + config_.node + "\" of region \"" + config_.region + "\"";
}

std::string Canary::sharing_text(const registry::CanaryMark& mark) const {
  if (mark.region == config_.region) {
    return "region \"" + config_.region + "\" is served twice: syncer \"" + mark.node + "\" and syncer \"" +
           config_.node + "\" both write this registry";
  }
  return "this registry is shared: syncer \"" + mark.node + "\" of region \"" + mark.region + "\" and syncer \"" +
         config_.node + "\" of region \"" + config_.region + "\" both write it";
}

void Canary::judge(Instant now) {
  std::string text;
  std::string other;
  for (const auto& [ref, mark] : others_) {
    const bool same_region = mark.region == config_.region;
    const bool same_node = same_region && mark.node == config_.node;
    if (same_region && !same_node && !config_.single) continue;
    other = mark.region;
    text = same_node ? rival_text() : sharing_text(mark);
  }
  if (usurped_) {
    other = config_.region;
    text = rival_text();
  }
  if (SYNCER_MUTATED("catalog.ignore_other_canaries")) text.clear();
  SYNCER_SOMETIMES(!text.empty(), "catalog.registry_is_shared");
  if (text == conflict_) return;
  conflict_ = std::move(text);
  if (conflict_.empty()) return;
  observe(observer_, now, EventKind::RegistryShared, Severity::Error,
          {{"region", config_.region}, {"other", other}, {"reason", conflict_}});
}

void Canary::withdraw(Instant now) {
  leaving_ = true;
  if (busy_) return;  // its answer comes back here
  if (!registered_) {
    withdrawn_ = true;
    return;
  }
  leases_.forget(*own_);
  driver_.remove(now, *own_, {}, registry::Urgency::Lease, [this](Instant, const Result<void>&) { withdrawn_ = true; });
}

}  // namespace syncer::catalog
