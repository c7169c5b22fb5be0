// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "syncer/catalog/config.h"
#include "syncer/catalog/status.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/change_guard.h"
#include "syncer/replication/guard_mark.h"
#include "syncer/replication/loss_guard.h"

namespace syncer::catalog {

using replication::GuardMark;
using replication::GuardSide;

/// The guard's options as configured.
replication::LossGuardOptions guard_options(const GuardSettings& settings);
/// "sender" or "receiver", as events name it.
std::string_view name(GuardSide side);

/// What one guard holds and why, for people and for the next leader: an event for each rule by which it begins to hold,
/// one when it holds nothing any more, the rows of the status, and the mark that outlives the leader.
class GuardReport {
 public:
  /// Borrows `observer`.
  GuardReport(GuardSide side, std::string region, Observer& observer)
      : side_(side), region_(std::move(region)), observer_(&observer) {}

  /// A decision of the guard: the last one tells what ended a hold.
  void note(const replication::GuardDecision& decision);
  /// Compares with what was said. `changed`: endpoints that the receiver's other guard holds.
  void update(Instant now, const replication::LossGuard& guard, std::size_t changed = 0);
  /// A leader before us held; said at once, though nothing is held yet.
  void inherited(Instant now, const replication::LossGuard& guard);
  /// The guard is another one, and nothing was said of it.
  void forget();
  /// It will say nothing by itself before this: the end of what was inherited.
  Instant next_deadline() const { return inherited_until_; }

  const GuardStatus& status() const { return status_; }
  /// Nothing while it holds nothing.
  const std::optional<GuardMark>& mark() const { return mark_; }

 private:
  void say_held(Instant now, const replication::LossGuard& guard);
  void say_changes(Instant now);
  void say_released(Instant now);
  void remember(Instant now, const replication::LossGuard& guard);

  GuardSide side_;
  std::string region_;
  Observer* observer_;
  GuardStatus status_;
  std::optional<GuardMark> mark_;
  std::array<bool, replication::kGuardRules> said_{};
  bool said_changed_ = false;
  std::string release_reason_ = "the entries are back";
  bool dirty_ = false;  // something was decided since the mark was made
  Instant inherited_until_ = kNever;
};

}  // namespace syncer::catalog
