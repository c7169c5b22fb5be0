// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "syncer/catalog/regions.h"
#include "syncer/catalog/waiting_copies.h"
#include "syncer/registry/leases.h"
#include "syncer/registry/snapshot.h"

namespace syncer::catalog {

/// The copies that have to be looked at: now, in turn, or at a certain time. Regions take turns: however many copies of
/// one wait, the first one of another is the next but one.
class CopyQueue {
 public:
  explicit CopyQueue(Regions& regions) : regions_(regions) {}

  /// While disabled nothing is queued; disabling empties the queue.
  void set_enabled(bool enabled);
  bool enabled() const { return enabled_; }

  void push_all(Instant now);
  void push(const CopyName& name);
  void push(const CopyName& name, DesiredCopy& copy);
  void push_at(Instant at, const CopyName& name);
  /// The next one whose time has come; nothing when there is none.
  std::optional<CopyName> pop_due(Instant now);
  /// The next one in turn; nothing when there is none.
  std::optional<CopyName> pop();

  /// Copies that were queued and have not been found at rest since, by region: all that are not at rest are among them.
  const Unsettled& unsettled() const { return unsettled_; }
  /// It was looked at: if it is at rest now, or is no more, it is not one of these.
  void note_rest(const CopyName& name);

  std::size_t size() const { return size_; }
  std::size_t timers() const { return timers_.size(); }
  Instant next_due() const { return timers_.empty() ? kNever : timers_.begin()->first; }

 private:
  Regions& regions_;
  bool enabled_ = false;
  std::map<std::string, std::deque<Bytes>> queue_;  ///< by region; none is empty
  Unsettled unsettled_;                             ///< none is empty
  std::size_t size_ = 0;
  std::string served_;  ///< the region that had its turn last
  std::set<std::pair<Instant, CopyName>> timers_;
};

/// What the registry holds of the copies, as far as we know: its readings, corrected by our own writes for as long as
/// a reading may still show the time before them. Every change queues the copy it belongs to.
class PresentCopies {
 public:
  PresentCopies(const registry::Snapshot& view, const registry::MarkSeal& marks, Regions& regions,
                registry::Leases& leases, CopyQueue& queue, Duration read_lag, Observer& observer)
      : view_(view),
        marks_(marks),
        regions_(regions),
        leases_(leases),
        queue_(queue),
        read_lag_(read_lag),
        observer_(observer) {}

  std::size_t size() const { return by_ref_.size(); }
  /// When the last complete reading of the registry began.
  void set_last_reading(Instant began) { last_reading_ = began; }

  void seen(Instant now, const registry::EntryId& ref);
  void missing(Instant now, const registry::EntryId& ref);
  /// A heartbeat showed it. False when it is no copy.
  bool lease_lost(Instant now, const registry::EntryId& ref);

  /// An own write succeeded: the registration is there or gone, whatever the list shows for a while.
  void written(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, const std::string& id,
               bool present);
  /// As written(), with no protection against the next list.
  void believe(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, const std::string& id,
               bool present);
  /// An own write changed it in place: that is believed, not the list, for a while.
  void updated(Instant now, const CopyName& name, CopyState& state);
  /// Its registration changed: whether it lacks something of its origin is kept with its region.
  void note_cut(const CopyName& name, RemoteCopies& remote, const DesiredCopy& copy);
  /// The registry shows it with a mark that is not signed by the key in use.
  bool wants_seal(const CopyState& state) const;
  /// A quiet time or a retry ended: believes the list again.
  void settle(Instant now, const CopyName& name);

 private:
  void believe_view(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, CopyState& state,
                    const std::string& id);
  /// Whose copy an entry of a service says to be; nothing where nobody of the pool says it.
  std::optional<CopyName> owner_of(const registry::EntryId& ref, const registry::Entry& entry) const;
  /// What is shown at the place of a copy, where that is not another one's.
  const registry::SeenEntry* shown_of(const CopyName& name, const registry::EntryId& ref) const;
  void set_present(const CopyName& name, RemoteCopies& remote, DesiredCopy& copy, CopyState& state, bool present);
  void occupy(Instant now, const registry::EntryId& ref, const CopyName& name);
  void vacate(const registry::EntryId& ref, const CopyName& name);
  bool is_quiet(Instant now, const CopyState& state) const;

  const registry::Snapshot& view_;
  const registry::MarkSeal& marks_;
  Regions& regions_;
  registry::Leases& leases_;
  CopyQueue& queue_;
  const Duration read_lag_;
  Observer& observer_;
  Instant last_reading_{};
  std::map<registry::EntryId, CopyName> by_ref_;  // those believed to be present; an entry belongs to one alone
};

}  // namespace syncer::catalog
