// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "syncer/catalog/copies.h"
#include "syncer/catalog/guards.h"
#include "syncer/catalog/status.h"
#include "syncer/ports/observer.h"

namespace syncer::catalog {

/// The other regions as the local side sees them: what they want here, whether they are there, how long they have been
/// away, and the receiver's guard over each.
class Regions {
 public:
  /// An origin that has to be looked at: region and key.
  using Touched = std::pair<std::string, Bytes>;

  Regions(const CatalogConfig& config, Observer& observer) : config_(config), observer_(observer) {}

  RemoteCopies& at(Instant now, std::string_view region);
  RemoteCopies* find(std::string_view region);
  const std::map<std::string, RemoteCopies, std::less<>>& all() const { return regions_; }
  std::map<std::string, RemoteCopies, std::less<>>& all() { return regions_; }

  void set_state(Instant now, std::string_view region, bool connected, bool complete, bool sane);
  void release_guard(Instant now, std::string_view region);
  /// Its state came back or changed: no removal is wanted any more.
  void keep(Instant now, const std::string& region, const Bytes& key, Origin& origin);
  /// Puts a removal before the guard, together with all others of this moment.
  void ask_to_leave(const std::string& region, const Bytes& key);
  void advance(Instant now);
  Instant next_deadline() const;
  std::vector<Touched> take_touched() { return std::exchange(touched_, {}); }
  /// Begins anew as the region's writer: nothing is known of the registry, hold times start now.
  void forget_registry(Instant now);

  /// What all regions together want of one service; where they differ the first region by name counts.
  WantedService wanted(const registry::ServiceKey& key) const;
  ImportStatus status(const std::string& region) const;
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
  std::vector<Touched> touched_;
};

}  // namespace syncer::catalog
