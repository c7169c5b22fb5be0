// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/catalog/guards.h"
#include "syncer/catalog/status.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/record.h"

namespace syncer::catalog {

/// Key of the record of one instance.
inline Bytes instance_key(const registry::ServiceKey& service, const std::string& instance) {
  return encode_key(registry::RecordKey{registry::RecordKind::Instance, service, instance});
}

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
  std::string status;
  registry::Metadata metadata;
  std::vector<std::string> endpoints;  ///< only where they change in place
  Instant quiet_until{};               ///< until then our own last write is believed, not the list
};

/// One instance of another region: what its copy should be and what is there.
struct DesiredCopy {
  Bytes payload;         ///< last desired state; kept while a removal is held back
  bool desired = false;  ///< its region holds it
  bool removed = false;  ///< its region announced its removal (unlike: never announced it)
  bool held = false;     ///< its removal waits for the guard
  bool granted = false;  ///< its removal was let go
  bool busy = false;     ///< a call for it is under way
  bool queued = false;
  bool extras_settled = false;  ///< metadata was replaced as planned; what is more, the registry adds by itself
  std::map<std::string, CopyState> copies;  ///< by copy id
  std::uint32_t failures = 0;
  Instant retry_at{};
  std::string rejected;  ///< why the registry refuses it; empty when it does not
  std::string waiting;   ///< why it is not done yet; for people

  bool any_present() const;
  /// Nothing is under way, waits or failed.
  bool at_rest() const;
};

/// Everything known of one other region on the local side.
struct RemoteCopies {
  explicit RemoteCopies(const GuardSettings& settings, Instant now);

  std::map<Bytes, DesiredCopy> desired;  ///< by encoded instance key
  std::map<registry::ServiceKey, registry::Attachments> attachments;
  Epoch epoch;              ///< of its latest announcement; new copies are marked with it
  std::size_t present = 0;  ///< desired or former ones with at least one copy in the registry
  bool connected = false;
  bool complete = false;
  bool healthy = false;    ///< its canary proves its registry
  Instant away_since;      ///< only meaningful while not connected
  bool announced = false;  ///< HoldStarted was reported
  bool expired = false;    ///< away for longer than hold: its copies go
  replication::RemovalGuard guard;
  std::set<Bytes> leaving;  ///< removals that are to be put before the guard
};

/// The other regions as the local side sees them: what is desired here, whether they are there, how long they have been
/// away, and the receiver's guard over each.
class Regions {
 public:
  Regions(const CatalogConfig& config, Observer& observer) : config_(config), observer_(observer) {}

  RemoteCopies& at(Instant now, std::string_view region);
  RemoteCopies* find(std::string_view region);
  /// The copy of that name and its region, or nullptr.
  DesiredCopy* find(const CopyName& name, RemoteCopies** remote = nullptr);
  const std::map<std::string, RemoteCopies, std::less<>>& all() const { return regions_; }
  std::map<std::string, RemoteCopies, std::less<>>& all() { return regions_; }

  void set_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy);
  void release_guard(Instant now, std::string_view region);
  /// Its state came back or changed: its removal is off.
  void keep(Instant now, const std::string& region, const Bytes& key, DesiredCopy& copy);
  /// Puts a removal before the guard, together with all others of this moment.
  void ask_to_leave(const std::string& region, const Bytes& key);
  void advance(Instant now);
  Instant next_deadline() const;
  /// Copies whose removal was decided or whose region changed: they have to be looked at.
  std::vector<CopyName> take_touched() { return std::exchange(touched_, {}); }
  /// Begins anew as the region's writer: nothing is known of the registry, hold times start now.
  void forget_registry(Instant now);

  /// What all regions together attach to one service; where they differ the first region by name counts.
  registry::Attachments attachments(const registry::ServiceKey& key) const;
  ImportStatus status(const std::string& region) const;
  void hash(StateHasher& hasher) const;
  /// The frozen guards, for the next leader.
  void add_guards(std::vector<GuardMark>& marks) const;
  /// Goes on with a guard of the leader before us.
  void take_over_guard(Instant now, const GuardMark& mark);

 private:
  void judge(Instant now, const std::string& region, RemoteCopies& remote);
  void let_go(Instant now, const std::string& region, RemoteCopies& remote, const std::vector<Bytes>& keys,
              std::string_view reason);
  void say_released(Instant now, const std::string& region, std::string_view reason);
  void check_hold(Instant now, const std::string& region, RemoteCopies& remote);
  void end_hold(const std::string& region, RemoteCopies& remote);
  void touch_all(const std::string& region, const RemoteCopies& remote);

  const CatalogConfig& config_;
  Observer& observer_;
  std::map<std::string, RemoteCopies, std::less<>> regions_;
  std::set<std::string> judged_;  // regions with removals to be put before the guard
  std::vector<CopyName> touched_;
};

}  // namespace syncer::catalog
