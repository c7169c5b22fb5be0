// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "syncer/catalog/canary.h"
#include "syncer/catalog/export_guard.h"
#include "syncer/catalog/exporter.h"
#include "syncer/catalog/importer.h"
#include "syncer/catalog/kind_probe.h"
#include "syncer/registry/absences.h"
#include "syncer/registry/ghosts.h"
#include "syncer/registry/leases.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::catalog {

/// What lives only as long as we are the writer: what is known of the registry and what is under way.
///
///     driver --> snapshot --changes--> absences, export guard --> exporter   (what we export)
///                                 \--> importer, leases, canary              (what we keep)
class Session : registry::DriverOwner {
 public:
  /// Borrows all but `next_call`.
  Session(const CatalogConfig& given, Http& http, Observer& observer, Random random, Regions& all,
          std::function<CallId()> next_call);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override { calls.forget_all(); }

  void start(Instant now);
  /// The configuration has other settings. `other_services`: others are excluded than before.
  void reconfigure(Instant now, bool other_services);
  /// Carries what the last readings and calls brought to those who need it.
  void carry(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;

  /// A complete reading that began after the canary was announced, and showed it.
  bool read_once() const { return read_once_; }
  bool view_complete() const { return view_complete_; }
  /// Who else writes this registry, in words; empty when nobody does.
  const std::string& conflict() const { return conflict_; }
  /// Own instances that no other registry could hold, and why; the first few.
  std::vector<std::string> unfit(std::size_t limit) const;
  /// Why no other registry could hold that own instance; empty when one could.
  std::string unfit_reason(const registry::EntryId& ref) const;
  /// Entries with the id of a copy whose marks nobody of the pool signed.
  std::size_t unsigned_copies() const { return unsigned_.size(); }
  /// Adds all but what is known of other regions.
  void fill(Sizes& sizes) const;

  registry::Addresses addresses;
  registry::Calls calls;
  registry::PollCycle cycle;
  KindProbe kind;
  registry::Snapshot view;
  Exporter exporter;
  std::unique_ptr<registry::Driver> driver;
  registry::Absences absences;
  registry::Leases leases;
  Importer importer;
  Canary canary;
  ExportGuard guard;

 private:
  bool exports(const registry::ServiceKey& service) const override { return exporter.has_instances(service); }
  void attachments_read(Instant now, const registry::ServiceKey& service,
                        const registry::Attachments& attachments) override {
    exporter.put_attachments(now, service, attachments);
  }
  registry::Attachments desired_attachments(const registry::ServiceKey& service) const override {
    return regions_.attachments(service);
  }
  void preparation_changed(Instant, const registry::ServiceKey& service) override {
    importer.preparation_changed(service);
  }

  void export_anew(Instant now);
  void probe_preferred(Instant now);
  void poll(Instant now);
  void carry(Instant now, const registry::Change& change);
  bool caches_may_lag(Instant now) const;
  void carry_native(Instant now, const registry::EntryId& ref, bool verified = false);
  bool is_doubtful(Instant now, const registry::EntryId& ref, const Bytes& key, const registry::Entry& entry);
  void bury(Instant now, const registry::EntryId& ref, const Bytes& key, const registry::SeenEntry& seen);
  Result<void> check_room(const registry::EntryId& ref, const Bytes& payload) const;
  bool has_room(Instant now, const registry::EntryId& ref, const registry::ServiceKey& service, const Bytes& payload);
  void export_native(Instant now, const registry::EntryId& ref, const registry::SeenService& service,
                     const registry::Entry& entry);
  void carry_service(Instant now, const registry::Change& change);
  void carry_copy(Instant now, const registry::EntryId& ref);
  void carry_verified(Instant now);
  void carry_absences(Instant now);
  void carry_lost_leases(Instant now);
  void judge(Instant now);
  void heed_refusals(Instant now);
  void take_inventory(Instant now);

  const CatalogConfig& config_;
  Observer& observer_;
  Regions& regions_;
  registry::Ghosts ghosts_;
  std::set<registry::EntryId> echoes_;              ///< copies marked with our own region
  std::map<registry::EntryId, std::string> unfit_;  ///< own instances that no other registry could hold, and why
  std::set<registry::EntryId> unsigned_;            ///< see unsigned_copies()
  bool read_once_ = false;
  bool view_complete_ = false;
  std::size_t rejected_ = 0;          ///< copies that the registry refused when that was looked at last
  bool refuses_ = false;              ///< it refused more than copies then
  std::optional<Instant> inventory_;  ///< when the last one that was taken began
  std::string conflict_;
};

}  // namespace syncer::catalog
