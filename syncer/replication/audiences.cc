// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/audiences.h"

#include <algorithm>
#include <set>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::replication {
namespace {

/// Entries of the log that all others read are news; those of a view of it are not.
void move_sent(Outputs& from, Outputs& out) {
  for (Output& output : from) {
    if (!std::holds_alternative<Appended>(output)) out.push_back(std::move(output));
  }
}

}  // namespace

View open_view() {
  return [](const Bytes& key, const Bytes& payload) { return Seen{key, payload, 0}; };
}

Audience::Audience(const Publisher& all, RegionId reader)
    : projection_(open_view(), Duration::zero()), publisher_(all, reader) {
  for (const OwnLog::RecordPtr& record : all.log().snapshot()) projection_.has(record->key);
}

void Audience::put(Instant now, std::uint64_t counted, const Bytes& key, const Bytes& payload, Outputs& out) {
  if (paused_ && !SYNCER_MUTATED("replication.tell_who_is_paused")) {
    waiting_.insert(key);
    return;
  }
  Projection::Changes changes;
  projection_.put(key, payload, changes);
  carry_out(now, counted, changes, out);
}

void Audience::erase(Instant now, std::uint64_t counted, const Bytes& key, Outputs& out) {
  if (paused_) return note_removal(key);
  Projection::Changes changes;
  projection_.erase(key, true, changes);
  carry_out(now, counted, changes, out);
}

/// During a pause. Of a record that he never heard of there is nothing to tell.
void Audience::note_removal(const Bytes& key) {
  if (projection_.knows(key) || SYNCER_MUTATED("replication.remember_who_came_and_went"))
    waiting_.insert(key);
  else
    waiting_.erase(key);
}

void Audience::set_view(Instant now, std::uint64_t counted, const OwnLog& all, View view, Duration pace, bool newcomer,
                        Outputs& out) {
  // Before the first epoch he was shown nothing that could stay as it is.
  if (paused_ && (publisher_.log().is_open() || SYNCER_MUTATED("replication.await_the_view_of_nothing"))) {
    awaited_ = Awaited{std::move(view), pace, newcomer};
    return;
  }
  const std::vector<OwnLog::RecordPtr> records = all.snapshot();
  const auto each = [&](const auto& use) {
    for (const OwnLog::RecordPtr& record : records) use(record->key, record->payload);
  };
  Projection::Changes changes;
  projection_.set_view(std::move(view), pace, each, changes);
  if (newcomer && !SYNCER_MUTATED("replication.show_newcomers_what_is_withheld")) projection_.leave_at_once(changes);
  carry_out(now, counted, changes, out);
}

/// What is gone goes first: its key may be another record's by now. A view that was set meanwhile looks at all that is
/// there, before anything is shown by the former one.
void Audience::resume(Instant now, std::uint64_t counted, const OwnLog& all, Outputs& out) {
  paused_ = false;
  const std::set<Bytes> waiting = std::exchange(waiting_, {});
  const std::optional<Awaited> awaited = std::exchange(awaited_, std::nullopt);
  Projection::Changes changes;
  for (const Bytes& key : waiting) {
    if (all.find(key) == nullptr && !SYNCER_MUTATED("replication.forget_removals_of_a_pause"))
      projection_.erase(key, true, changes);
  }
  if (!awaited) {
    for (const Bytes& key : waiting) {
      if (const Bytes* payload = all.find(key)) projection_.put(key, *payload, changes);
    }
  }
  carry_out(now, counted, changes, out);
  if (awaited) set_view(now, publisher_.log().head(), all, awaited->view, awaited->pace, awaited->newcomer, out);
}

void Audience::open_epoch(Instant now, Epoch epoch, const OwnLog& former,
                          const std::vector<std::pair<Bytes, Bytes>>& full_set, Outputs& out) {
  const bool goes_on = paused_ && publisher_.log().is_open();
  Outputs sent;
  publisher_.open_epoch(now, epoch, goes_on ? set_told(former, full_set) : set_of(full_set), sent);
  move_sent(sent, out);
}

/// What the reader is to have of these records.
std::vector<std::pair<Bytes, Bytes>> Audience::set_of(const std::vector<std::pair<Bytes, Bytes>>& full_set) {
  const std::set<std::pair<Bytes, Bytes>> leaving = projection_.leaving();
  std::set<ByteView> keys;
  std::map<Bytes, Bytes> set;
  projection_.restart();
  Projection::Changes changes;
  for (const auto& [key, payload] : full_set) {
    projection_.put(key, payload, changes);
    keys.insert(key);
  }
  for (const auto& [key, shown] : leaving) {
    const Bytes* former = publisher_.log().find(shown);
    if (former == nullptr || !keys.contains(key)) continue;
    set.emplace(shown, *former);
    projection_.leave(key, shown);
  }
  for (Projection::Change& change : changes) {
    if (change.kind == Projection::Change::Kind::Show) set.insert_or_assign(change.key, std::move(change.payload));
  }
  return {set.begin(), set.end()};
}

/// What the reader has; the differences wait.
std::vector<std::pair<Bytes, Bytes>> Audience::set_told(const OwnLog& former,
                                                        const std::vector<std::pair<Bytes, Bytes>>& full_set) {
  std::set<ByteView> keys;
  for (const auto& [key, payload] : full_set) {
    keys.insert(key);
    const Bytes* before = former.find(key);
    if (before == nullptr || *before != payload) waiting_.insert(key);
  }
  for (const OwnLog::RecordPtr& record : former.snapshot()) {
    if (!keys.contains(record->key)) note_removal(record->key);
  }
  std::vector<std::pair<Bytes, Bytes>> told;
  for (const OwnLog::RecordPtr& record : publisher_.log().snapshot()) told.emplace_back(record->key, record->payload);
  return told;
}

void Audience::carry_out(Instant now, std::uint64_t counted, const Projection::Changes& changes, Outputs& out) {
  Outputs sent;
  publisher_.count_from(counted);
  for (const Projection::Change& change : changes) {
    if (change.kind == Projection::Change::Kind::Show) publisher_.put(now, change.key, change.payload, sent);
    if (change.kind == Projection::Change::Kind::Hide) publisher_.erase(now, change.key, sent);
  }
  move_sent(sent, out);
}

void Audience::advance(Instant now, std::uint64_t counted, Outputs& out) {
  Projection::Changes changes;
  if (!paused_) projection_.advance(now, changes);
  carry_out(now, counted, changes, out);
  publisher_.advance(now, out);
}

Instant Audience::next_deadline() const {
  const Instant due = publisher_.log().is_open() && !paused_ ? projection_.next_deadline() : kNever;
  return std::min(due, publisher_.next_deadline());
}

}  // namespace syncer::replication
