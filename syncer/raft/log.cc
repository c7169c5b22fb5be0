// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/log.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::raft {

Log::Log(Position base, std::vector<Entry> entries, Index commit, Index applied)
    : base_(base), entries_(std::move(entries)), commit_(commit), applied_(applied) {
  handed_ = stored_ = last().index;
  SYNCER_ASSERT(entries_.empty() || entries_.front().index == first_index());
  SYNCER_ASSERT(base_.index <= applied_ && applied_ <= commit_ && commit_ <= last().index);
}

std::optional<Term> Log::term_at(Index index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last().index) return std::nullopt;
  return entries_[index - first_index()].term;
}

Position Log::last_agreement(Index from, Term term) const {
  for (Index i = from;; --i) {
    const std::optional<Term> own = term_at(i);
    if (!own) return {0, i};
    if (*own <= term || i == 0) return {*own, i};
  }
}

void Log::append(Entry entry) {
  SYNCER_ASSERT(entry.index == last().index + 1 && entry.term >= last().term);
  ++changes_;
  entries_.push_back(std::move(entry));
}

void Log::merge(const std::vector<Entry>& entries) {
  auto next = entries.begin();
  while (next != entries.end() && holds(next->at())) ++next;
  if (SYNCER_MUTATED("raft.truncate_always") && !entries.empty()) truncate_from(entries.back().index + 1);
  if (next == entries.end()) return;
  SYNCER_ASSERT(next->index > commit_);
  SYNCER_SOMETIMES(next->index <= last().index, "raft.conflicting_tail_is_cut_off");
  if (next->index <= last().index) truncate_from(next->index);
  for (; next != entries.end(); ++next) {
    append(*next);
    if (SYNCER_MUTATED("raft.store_no_command")) entries_.back().data.clear();
  }
}

void Log::withdraw_last() {
  if (last().index > commit_) truncate_from(last().index);
}

void Log::commit_to(Index index) {
  SYNCER_ASSERT(index <= last().index);
  if (index > commit_) ++changes_;
  commit_ = std::max(commit_, index);
}

void Log::restore(Position at) {
  SYNCER_ASSERT(at.index > commit_);
  ++changes_;
  if (SYNCER_MUTATED("raft.snapshot_keeps_log") && at.index < last().index) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(at.index - base_.index));
  } else {
    entries_.clear();
  }
  base_ = at;
  commit_ = at.index;
  handed_ = stored_ = last().index;
}

void Log::compact(Index index) {
  SYNCER_ASSERT(index > base_.index && index <= applied_);
  ++changes_;
  const Position at{*term_at(index), index};
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(index - base_.index));
  base_ = at;
}

std::vector<Entry> Log::batch(Index first, const Options& limits) const {
  std::vector<Entry> out;
  std::size_t bytes = 0;
  for (Index i = first; i <= last().index && out.size() < limits.max_message_entries; ++i) {
    const Entry& entry = entries_[i - first_index()];
    bytes += entry.data.size();
    if (!out.empty() && bytes > limits.max_message_bytes) break;
    out.push_back(entry);
  }
  return out;
}

std::vector<Entry> Log::range(Index first, Index last_index) const {
  if (first > last_index) return {};
  SYNCER_ASSERT(first >= first_index() && last_index <= last().index);
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first - first_index());
  return {begin, begin + static_cast<std::ptrdiff_t>(last_index - first + 1)};
}

std::size_t Log::uncommitted_bytes() const {
  std::size_t bytes = 0;
  for (Index i = commit_ + 1; i <= last().index; ++i) bytes += entries_[i - first_index()].data.size();
  return bytes;
}

std::vector<Entry> Log::hand_out() {
  std::vector<Entry> out = range(handed_ + 1, last().index);
  handed_ = last().index;
  return out;
}

void Log::mark_applied(Index index) {
  SYNCER_ASSERT(index <= commit_);
  if (index > applied_) ++changes_;
  applied_ = std::max(applied_, index);
}

void Log::truncate_from(Index index) {
  if (index > last().index) return;
  ++changes_;
  entries_.resize(index - first_index());
  handed_ = std::min(handed_, index - 1);
  stored_ = std::min(stored_, index - 1);
}

void Log::hash(StateHasher& hasher) const {
  for (const std::uint64_t v : {base_.term, base_.index, commit_, applied_, handed_, stored_}) hasher.add(v);
  for (const Entry& entry : entries_) {
    hasher.add(entry.term);
    hasher.add(entry.data);
  }
}

}  // namespace syncer::raft
