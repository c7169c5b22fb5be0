// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "syncer/catalog/absences.h"
#include "syncer/catalog/canary.h"
#include "syncer/catalog/catalog.h"
#include "syncer/catalog/exporter.h"
#include "syncer/catalog/importer.h"
#include "syncer/catalog/reader.h"
#include "syncer/catalog/schemas.h"

namespace syncer::catalog {

/// Everything that lives only as long as we are the writer: what is known of the registry and what is under way.
struct CatalogSession {
  CatalogSession(const CatalogConfig& config, Http& http, Observer& observer, Random random, Regions& regions,
                 std::function<CallId()> next_call);
  CatalogSession(const CatalogSession&) = delete;
  ~CatalogSession() { calls.forget_all(); }

  registry::V4Requests requests;
  Addresses addresses;
  Calls calls;
  RegistrySnapshot view;
  Reader reader;
  Exporter exporter;
  Absences absences;
  Schemas contracts;
  Leases leases;
  Importer copier;
  Canary canary;
  std::set<registry::InstanceRef> echoes;  ///< copies marked with our own region
  bool read_once = false;                  ///< a complete reading that began after the canary was announced
  bool view_complete = false;
};

/// The rooms of a Catalog and what is carried between them:
///
///     reader --sightings--> absences, exporter, contracts     (what we tell)
///                      \--> copier, leases, canary            (what we keep)
struct Catalog::Rooms {
  Rooms(CatalogConfig given, Http& port, Observer& watcher, Random draws, Instant now, std::function<CallId()> ids);

  void begin(Instant now);
  void look_at_canary() { sane = epoch && session->canary.sane(); }
  void pump(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;

  CatalogConfig config;
  Http& http;
  Observer& observer;
  Random random;
  std::function<CallId()> next_call;
  Regions regions;
  std::unique_ptr<CatalogSession> session;
  std::uint64_t sessions = 0;
  std::optional<Epoch> epoch;
  bool leaving = false;
  bool sane = false;  ///< of the canary, as of the last input
  Instant last_now;
  std::string conflict;

 private:
  void probe_preferred(Instant now);
  void carry_sightings(Instant now);
  void carry(Instant now, const RegistryChange& sighting);
  void carry_native(Instant now, const registry::InstanceRef& ref);
  void carry_service(Instant now, const RegistryChange& sighting);
  void carry_absences(Instant now);
  void carry_lost_leases(Instant now);
  void judge(Instant now);
};

}  // namespace syncer::catalog
