// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/catalog/earliest_region.h"
#include "syncer/catalog/guard_report.h"
#include "syncer/catalog/sizes.h"
#include "syncer/catalog/status.h"
#include "syncer/catalog/steering.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/record.h"

namespace syncer::catalog {

/// Key of the record of one instance.
inline Bytes instance_key(const registry::ServiceKey& service, const std::string& instance) {
  return encode_key(registry::RecordKey{registry::RecordKind::Instance, service, instance});
}

/// What the keys of all instances of a service begin with, and no others.
inline Bytes instance_prefix(const registry::ServiceKey& service) {
  Bytes prefix = instance_key(service, "");
  prefix.pop_back();  // the length of the instance id
  return prefix;
}

/// Why a record is given to the catalog.
enum class Occasion : std::uint8_t {
  Known,   ///< it is held, or was repaired
  News,    ///< it came as it happened: the time until its copy is written says something
  Policy,  ///< this region shows it otherwise from now on: no guard is asked
};

/// Names a desired copy: the region it comes from and the key of its record.
struct CopyName {
  std::string region;
  Bytes key;
  auto operator<=>(const CopyName&) const = default;
};

/// One registration of a copy in the own registry, as far as we know.
struct CopyState {
  registry::EntryId ref;
  bool present = false;
  bool doubtful = false;  ///< its registration was not answered: it may be there
  bool unproven = false;  ///< it is asked for whether the registration that was answered was stored, too
  /// Its endpoints only where they change in place. Shared with the view, or as our own last write made it.
  registry::SharedShape shape = registry::no_shape();
  Instant quiet_until{};    ///< until then our own last write is believed, not the list
  Instant changeable_at{};  ///< a change before may undo our own last write
};

/// One instance of another region: what its copy should be and what is there.
struct DesiredCopy {
  Bytes payload;                 ///< last desired state; kept while a removal is held back
  bool desired = false;          ///< its region holds it
  bool removed = false;          ///< its region announced its removal in its running epoch
  bool held = false;             ///< its removal waits for the guard
  bool granted = false;          ///< its removal was let go
  bool drained = false;          ///< an operator wants no copy of it here
  bool timed = false;            ///< it came as it happened and is not written yet: its time is measured
  Instant waits_until = kNever;  ///< its removal waits so long for the copy that takes its place; kNever: not yet
  std::optional<Bytes> next;     ///< desired instead of `payload`, once the guard lets its endpoints change
  bool withheld = false;         ///< a policy takes it away: it stays as it is until it is released, and is not made
  bool busy = false;             ///< a call for it is under way
  bool queued = false;
  bool extras_settled = false;  ///< metadata was replaced as planned; what is more, the registry adds by itself
  std::map<std::string, CopyState> copies;  ///< by copy id
  std::uint32_t failures = 0;
  Instant retry_at{};
  std::string rejected;  ///< why the registry refuses it; empty when it does not
  std::string waiting;   ///< why it is not done yet; for people

  bool any_present() const;
  /// Refused, or failed again and again: needs somebody, while all else only needs time.
  bool is_failing() const;
  /// One is there that others may go for.
  bool any_proven() const;
  /// Nothing is under way, waits or failed.
  bool at_rest() const;
};

/// Everything known of one other region on the local side.
struct RemoteCopies {
  RemoteCopies(const GuardSettings& settings, const std::string& region, Observer& observer, Instant now);

  /// What belongs to a service: its own record is the attachment without a name.
  void attach(const registry::RecordKey& key, const Bytes& payload) {
    attachments[key.service].insert_or_assign(key.id, payload);
  }
  void detach(const registry::RecordKey& key) {
    const auto found = attachments.find(key.service);
    found->second.erase(key.id);
    if (found->second.empty()) attachments.erase(found);
  }

  std::map<Bytes, DesiredCopy> desired;  ///< by encoded instance key
  std::set<Bytes> failing;               ///< those of them that need somebody; some may have recovered
  std::set<Bytes> cut;                   ///< those of them whose registration lacks something of its origin
  std::map<registry::ServiceKey, registry::Attachments> attachments;
  Epoch epoch;              ///< of its latest announcement; new copies are marked with it
  std::size_t present = 0;  ///< desired or former ones with at least one copy in the registry
  bool connected = false;
  bool complete = false;
  bool healthy = false;    ///< its canary proves its registry
  Instant away_since;      ///< only meaningful while not connected
  bool announced = false;  ///< HoldStarted was reported
  bool expired = false;    ///< away for longer than hold: its copies go
  replication::LossGuard guard;
  replication::ChangeGuard changes;
  GuardReport report;
  bool holds = false;        ///< its own guard holds removals, or did when its last epoch ended
  std::set<Bytes> changing;  ///< those whose endpoints are to change; to be put before the guard
};

/// The other regions as the local side sees them: what is desired here, whether they are there, how long they have been
/// away, and the receiver's guard over each.
class Regions {
 public:
  using Map = std::map<std::string, RemoteCopies, std::less<>>;

  Regions(const CatalogConfig& config, Observer& observer) : config_(config), observer_(observer) {}

  /// Other options of the guards over all regions from now on.
  void set_guard_options(const replication::LossGuardOptions& options);
  RemoteCopies& at(Instant now, std::string_view region);
  RemoteCopies* find(std::string_view region);
  /// The copy of that name and its region, or nullptr.
  DesiredCopy* find(const CopyName& name, RemoteCopies** remote = nullptr);
  const Map& all() const { return regions_; }
  /// To change them.
  Map& all() {
    earliest_.touch_all();
    return regions_;
  }

  Steering& steering() { return steering_; }
  const Steering& steering() const { return steering_; }
  /// The copy is to be looked at.
  void touch(CopyName name) { touched_.push_back(std::move(name)); }

  /// The hold time of a region that is away ends now.
  void end_hold(Instant now, std::string_view region);
  /// No copies of it are here, and none may come.
  bool is_empty_of(std::string_view region) const;
  void erase(std::string_view region);

  void set_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy);
  void release_guard(Instant now, std::string_view region);
  /// What the region's own guard says, and that it says so no more: see registry::RecordKind.
  void hear_guard(Instant now, const std::string& region, const Bytes& key);
  void end_guard(const std::string& region, const Bytes& key, bool judged);
  /// The region holds the record: its removal, if any, is off. True when the copy takes the payload at once; else its
  /// endpoints change, and that is put before the guard, together with all others of this moment, unless it is our
  /// `own` doing.
  bool desire(Instant now, const std::string& region, const Bytes& key, DesiredCopy& copy, const Bytes& payload,
              bool own = false);
  /// A policy takes a copy away; true when there is one.
  bool withhold(const CopyName& name);
  /// The region removed it in its running epoch.
  void let_go(const std::string& region, const Bytes& key, DesiredCopy& copy);
  /// A copy was found of which only its registration tells.
  void found(Instant now, const std::string& region, const Bytes& key, const registry::Entry& entry);
  /// Some region has a copy of that service, or did and it is not gone yet.
  bool has_copies_of(const registry::ServiceKey& service) const {
    const Bytes prefix = instance_prefix(service);
    return std::any_of(regions_.begin(), regions_.end(), [&](const auto& region) {
      const auto first = region.second.desired.lower_bound(prefix);
      return first != region.second.desired.end() && first->first.starts_with(prefix);
    });
  }
  /// Another copy takes the place of this one, which is to go, and is not registered yet.
  bool is_being_replaced(const RemoteCopies& remote, const Bytes& key, const DesiredCopy& copy) const;
  /// Nothing is known of the copy any more.
  void forget(const std::string& region, const Bytes& key);
  /// A held copy vanished that cannot be registered again.
  void give_up(const std::string& region, const Bytes& key, DesiredCopy& copy);
  /// The region, which is complete, lacks copies: all of them are put before the guard together.
  void judge_orphans(Instant now, const std::string& region);
  void advance(Instant now);
  Instant next_deadline() const;
  /// Copies whose removal was decided or whose region changed: they have to be looked at.
  std::vector<CopyName> take_touched() { return std::exchange(touched_, {}); }
  /// Begins anew as the region's writer: nothing is known of the registry, hold times start now.
  void forget_registry(Instant now);

  /// What all regions together attach to one service; where they differ the first region by name counts.
  registry::Attachments attachments(const registry::ServiceKey& key) const;
  ImportStatus status(const std::string& region) const;
  /// Adds what is known of all regions.
  void fill(Sizes& sizes) const;
  void hash(StateHasher& hasher) const;
  /// The guards that hold something, for the next leader.
  void add_guards(std::vector<GuardMark>& marks) const;
  /// Goes on with a guard of the leader before us.
  void take_over_guard(Instant now, const GuardMark& mark);

 private:
  static constexpr Instant kAtOnce = Instant::min();
  Instant deadline_of(const RemoteCopies& remote) const;
  Instant deadline_of_orphans() const;
  void judge_due(Instant now);
  void judge(Instant now, const std::string& region, RemoteCopies& remote);
  void judge_changes(Instant now, const std::string& region, RemoteCopies& remote);
  void change(Instant now, const std::string& region, RemoteCopies& remote, const std::vector<Bytes>& keys);
  void release(Instant now, const std::string& region, RemoteCopies& remote);
  void carry_out(Instant now, const std::string& region, RemoteCopies& remote);
  void check_hold(Instant now, const std::string& region, RemoteCopies& remote);
  void end_hold(const std::string& region, RemoteCopies& remote);
  void touch_all(const std::string& region, const RemoteCopies& remote);

  const CatalogConfig& config_;
  Observer& observer_;
  Map regions_;                            // what changes one uses all() or find(): its deadline is another one then
  std::map<std::string, Instant> judged_;  // regions with orphans, and when these are judged at the latest
  std::vector<CopyName> touched_;
  Steering steering_;
  mutable EarliestRegion earliest_;
};

}  // namespace syncer::catalog
