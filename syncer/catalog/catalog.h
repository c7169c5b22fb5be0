// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/base/random.h"
#include "syncer/catalog/accounts.h"
#include "syncer/catalog/config.h"
#include "syncer/catalog/regions.h"
#include "syncer/catalog/sizes.h"
#include "syncer/catalog/status.h"
#include "syncer/ports/http.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/guard_mark.h"

namespace syncer::catalog {

class Session;

/// The local side of a node: reads the region's own registry, decides what is exported, and keeps the copies of other
/// regions in it. Nothing of this is remembered between processes: the marks in the registry are the memory.
///
/// Outlives nothing it is given: `http` and `observer` are borrowed.
class Catalog {
 public:
  Catalog(CatalogConfig config, Http& http, Observer& observer, Random random, Instant now,
          std::function<CallId()> next_call);
  ~Catalog();

  void start(Instant now) { last_now_ = now; }
  /// Other settings from now on. Instances of services that are excluded now leave the export, and their copies go; of
  /// services that are not any more own instances are exported at once, others have to be desired once more.
  void reconfigure(Instant now, const CatalogSettings& settings);
  /// We are the region's single writer in this epoch, or (nullopt) not. Without it there is no registry traffic.
  void set_writer(Instant now, std::optional<Epoch> epoch);

  /// The own registry was read completely since we became the writer, and nobody else writes it.
  bool view_complete() const;
  /// The own registry was read completely since we became the writer: all its marks are known.
  bool knows_registry() const;
  /// Of each region the latest epoch that a copy in the own registry is marked with.
  std::map<std::string, Epoch> marked_epochs() const;
  /// Everything this region exports: record key -> payload.
  std::map<Bytes, Bytes> exported() const;
  /// What changed since the last call, one entry a key.
  std::vector<ExportChange> take_exports();

  /// A record of another region is to be held here. A copy is marked with `epoch`, in which the region announced it.
  void desire(Instant now, std::string_view region, const Bytes& key, const Bytes& payload, Epoch epoch,
              Occasion occasion = Occasion::Known);
  /// Copies that were written since the last call, of those that were news; the first few.
  std::vector<CopyName> take_written();
  /// Its region does not hold the record any more. `judged`: it removed it in the running epoch, and its own guard let
  /// that pass; else a set of a new epoch lacks it.
  void release(Instant now, std::string_view region, const Bytes& key, bool judged);
  /// A policy takes the copy away: until release() comes for it, it is renewed as it is and not made anew. True when
  /// there is one.
  bool withhold(Instant now, std::string_view region, const Bytes& key);
  /// `complete`: our replica of it holds a complete set of its current epoch. `healthy`: its canary proves its
  /// registry.
  void region_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy);
  /// An operator's order: the held removals of a region may go ("*" for all). Said of the own region it goes for all
  /// regions: they are told.
  void release_guard(Instant now, std::string_view region);
  /// The guards that hold something, in order, for the next leader of the region.
  std::vector<replication::GuardMark> guards() const;
  /// Goes on with the guards of the leader before us; to be called right after set_writer.
  void take_over_guards(Instant now, const std::vector<replication::GuardMark>& marks);

  /// The keys behind CatalogConfig::marks are others now: what is signed by a former one is signed again.
  void marks_changed(Instant now);

  /// Operators' orders about the copies of a region, or with an empty name of all: see Steering.
  void pause_imports(Instant now, const std::string& region);
  /// False when nothing is paused.
  bool resume_imports(Instant now, const std::string& region);
  void drain(Instant now, const std::string& region, std::uint32_t per_second);
  /// Reads the registry, and tries what waits or was refused, now.
  void hurry(Instant now, std::string_view region);
  /// An operator wants a region that is away forgotten: its copies go now, as after the hold time.
  void end_hold(Instant now, std::string_view region);
  /// Nothing of the region is left here.
  bool is_empty_of(std::string_view region) const { return regions_.is_empty_of(region); }
  /// Nothing is known of the region any more; to be called when nothing of it is left.
  void forget_region(std::string_view region) { regions_.erase(region); }

  void on_http(Instant now, CallId call, Result<HttpResponse> answer);
  /// The permission to write may have come: starts what waited for it.
  void resume_writes(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;

  /// Who else writes this registry, for people; exporting and writing stop meanwhile. Empty when nobody does.
  const std::string& conflict() const;
  /// The own registry keeps what is written to it: our own instance in it is listed and its heartbeats succeed.
  bool healthy() const { return healthy_; }
  /// Leaves: removes the own canary. The copies stay until their leases end.
  void withdraw(Instant now);
  bool withdrawn() const;

  void fill(RegistryStatus& status) const;
  /// As the status says it: copies that are to be written, and those that the registry refuses.
  std::size_t waiting() const;
  std::size_t rejected() const;
  ImportStatus import_status(const std::string& region) const { return regions_.status(region); }
  /// What is under way, for people; empty at rest. What is wrong is in the status.
  std::vector<std::string> pending() const;
  /// What operators ask about single instances; valid until the next call that changes anything.
  Accounts accounts() const { return {config_, *session_, regions_}; }
  /// A copy of that record is kept here, or was to be.
  bool knows(const std::string& region, const Bytes& key) const;
  /// Why no copies of a service are held here; empty when they are.
  std::string why_not_held(const registry::ServiceKey& service) const;
  Sizes sizes() const;
  void hash(StateHasher& hasher) const;

 private:
  void begin_session(Instant now);
  bool active() const { return epoch_.has_value() && !leaving_; }
  void carry(Instant now);
  void look_at_canary();

  CatalogConfig config_;
  Http& http_;
  Observer& observer_;
  Random random_;
  std::function<CallId()> next_call_;
  Regions regions_;
  std::unique_ptr<Session> session_;
  std::uint64_t sessions_ = 0;
  std::optional<Epoch> epoch_;
  bool leaving_ = false;
  bool healthy_ = false;  // of the canary, as of the last input
  Instant last_now_;
};

}  // namespace syncer::catalog
