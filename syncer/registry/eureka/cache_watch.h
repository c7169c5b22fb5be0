// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "syncer/ports/observer.h"
#include "syncer/registry/driver.h"

namespace syncer::registry::eureka {

/// Whether the server's lists come from a cache that is made anew at times only; whoever runs it is told of that once.
/// An entry of ours that lists do not show seconds after it was written, although the server has it, tells. A list
/// without such a cache may lack what changed while it was made: one more change makes it anew, and after that it lacks
/// nothing.
class CacheWatch {
 public:
  using Confirmed = Driver::Answered<const Confirmation&>;
  using Confirm = std::function<void(Instant now, const EntryId& entry, Confirmed done)>;
  using ChangeSomething = std::function<void(Instant now)>;

  CacheWatch(const Snapshot& lists, Observer& observer, Confirm confirm, ChangeSomething change_something)
      : lists_(lists),
        observer_(observer),
        confirm_(std::move(confirm)),
        change_something_(std::move(change_something)) {}

  /// The entry was written, with this count in its mark where it is the canary (else 0). One is awaited at a time.
  void written(Instant now, const EntryId& entry, std::uint64_t count = 0);
  void advance(Instant now);
  Instant next_deadline() const { return due_; }

 private:
  bool is_awaited(const Entry& entry) const;
  bool lists_show_it() const;
  void missed(Instant now);
  void tell(Instant now);

  const Snapshot& lists_;
  Observer& observer_;
  const Confirm confirm_;
  const ChangeSomething change_something_;
  EntryId awaited_;
  std::uint64_t count_ = 0;
  Instant due_ = kNever;  ///< a list that was not read from a cache shows it by then
  bool doubted_ = false;  ///< a list lacked it, and something was changed since
  bool told_ = false;
};

}  // namespace syncer::registry::eureka
