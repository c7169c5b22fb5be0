// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "syncer/node/home.h"
#include "syncer/node/home_absences.h"
#include "syncer/node/home_canary.h"
#include "syncer/node/home_contracts.h"
#include "syncer/node/home_copier.h"
#include "syncer/node/home_exporter.h"
#include "syncer/node/home_reader.h"

namespace syncer::node {

/// Everything that lives only as long as we are the writer: what is known of the registry and what is under way.
struct HomeSession {
  HomeSession(const HomeConfig& config, Http& http, Observer& observer, Random random, HomeRegions& regions,
              std::function<CallId()> next_call);
  HomeSession(const HomeSession&) = delete;
  ~HomeSession() { calls.forget_all(); }

  registry::V4Requests requests;
  HomeAddresses addresses;
  HomeCalls calls;
  HomeView view;
  HomeReader reader;
  HomeExporter exporter;
  HomeAbsences absences;
  HomeContracts contracts;
  HomeLeases leases;
  HomeCopier copier;
  HomeCanary canary;
  std::set<registry::InstanceRef> echoes;  ///< copies marked with our own region
  bool read_once = false;                  ///< a complete reading that began after the canary was announced
  bool view_complete = false;
};

/// The rooms of a Home and what is carried between them:
///
///     reader --sightings--> absences, exporter, contracts     (what we tell)
///                      \--> copier, leases, canary            (what we keep)
struct Home::Rooms {
  Rooms(HomeConfig given, Http& port, Observer& watcher, Random draws, Instant now, std::function<CallId()> ids);

  void begin(Instant now);
  void look_at_canary() { sane = epoch && session->canary.sane(); }
  void pump(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;

  HomeConfig config;
  Http& http;
  Observer& observer;
  Random random;
  std::function<CallId()> next_call;
  HomeRegions regions;
  std::unique_ptr<HomeSession> session;
  std::uint64_t sessions = 0;
  std::optional<Epoch> epoch;
  bool leaving = false;
  bool sane = false;  ///< of the canary, as of the last input
  Instant last_now;
  std::string conflict;

 private:
  void probe_preferred(Instant now);
  void carry_sightings(Instant now);
  void carry(Instant now, const Sighting& sighting);
  void carry_native(Instant now, const registry::InstanceRef& ref);
  void carry_service(Instant now, const Sighting& sighting);
  void carry_absences(Instant now);
  void carry_lost_leases(Instant now);
  void judge(Instant now);
};

}  // namespace syncer::node
