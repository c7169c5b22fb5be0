// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/raft/options.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// The replicated log in memory: a base (everything up to it is in a snapshot), entries, and four marks that only state
/// how far each thing has come: base <= applied <= commit <= last, and handed out for storing >= stored.
class Log {
 public:
  /// `entries` follow `base` without a gap; `commit` and `applied` lie within.
  Log(Position base, std::vector<Entry> entries, Index commit, Index applied);

  Position base() const { return base_; }
  Position last() const { return entries_.empty() ? base_ : entries_.back().at(); }
  Index first_index() const { return base_.index + 1; }
  Index commit() const { return commit_; }
  Index applied() const { return applied_; }
  /// Grows with every change of any of these, so that watchers need not compare logs.
  std::uint64_t changes() const { return changes_; }
  /// In memory, above the base.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Nothing below the base and above the last entry.
  std::optional<Term> term_at(Index index) const;
  bool holds(Position at) const { return term_at(at.index) == at.term; }

  /// Where two logs can agree at best: the largest index <= `from` whose term here is at most `term`. An index whose
  /// term is unknown ends the search, with term 0.
  Position last_agreement(Index from, Term term) const;

  void append(Entry entry);
  /// Takes entries that follow a position at or above the commit index that both logs hold: replaces from the first
  /// difference on, removes nothing when there is none.
  void merge(const std::vector<Entry>& entries);
  /// Only the mutation tests call it: forgets the last entry while it is not committed.
  void withdraw_last();
  /// Raises the commit index; `index` lies within the log.
  void commit_to(Index index);
  /// Forgets everything: the snapshot at `at` stands for all of it.
  void restore(Position at);
  /// Drops entries up to and including `index`, which is applied.
  void compact(Index index);

  /// Entries from `first` to the end, within the limits of one message (but at least one).
  std::vector<Entry> batch(Index first, const Options& limits) const;
  /// Entries in [first, last].
  std::vector<Entry> range(Index first, Index last) const;
  /// Bytes of data that wait for their commit.
  std::size_t uncommitted_bytes() const;

  bool has_unhanded() const { return handed_ < last().index; }
  /// Entries never given out for storing; they now count as given out.
  std::vector<Entry> hand_out();
  Index handed() const { return handed_; }
  Index stored() const { return stored_; }
  /// Everything handed out is durable, unless it was replaced in between.
  void mark_stored() { stored_ = handed_; }
  bool has_unapplied() const { return applied_ < commit_; }
  std::vector<Entry> unapplied() const { return range(applied_ + 1, commit_); }
  void mark_applied(Index index);

  void hash(StateHasher& hasher) const;

 private:
  void truncate_from(Index index);

  Position base_;
  std::vector<Entry> entries_;
  Index commit_;
  Index applied_;
  Index handed_;
  Index stored_;
  std::uint64_t changes_ = 0;
};

}  // namespace syncer::raft
