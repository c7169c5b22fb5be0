// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/rooms.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::catalog {

CatalogSession::CatalogSession(const CatalogConfig& config, Http& http, Observer& observer, Random random,
                               Regions& regions, std::function<CallId()> next_call)
    : requests(config.registry.domain),
      addresses(config.registry.addresses, observer),
      calls(config, http, addresses, std::move(next_call)),
      reader(config, requests, calls, view, observer),
      exporter(config, observer),
      absences(requests, calls, reader, observer),
      contracts(requests, calls, view, exporter),
      leases(requests, calls, addresses),
      copier(config, requests, calls, view, regions, leases, observer, random),
      canary(config, requests, calls, view, leases, observer, random.stream("canary")) {}

Catalog::Rooms::Rooms(CatalogConfig given, Http& port, Observer& watcher, Random draws, Instant now,
                      std::function<CallId()> ids)
    : config(std::move(given)),
      http(port),
      observer(watcher),
      random(draws),
      next_call(std::move(ids)),
      regions(config, observer),
      last_now(now) {
  SYNCER_ASSERT(!config.registry.addresses.empty() && !config.registry.projects.empty());
  begin(now);
}

void Catalog::Rooms::begin(Instant now) {
  session.reset();
  regions.forget_registry(now);
  session = std::make_unique<CatalogSession>(config, http, observer, random.stream(++sessions), regions, next_call);
  conflict.clear();
  sane = false;
}

void Catalog::Rooms::advance(Instant now) {
  CatalogSession& s = *session;
  if (epoch && !leaving) {
    probe_preferred(now);
    s.leases.advance(now);
    s.canary.advance(now);
    s.reader.advance(now);
    s.absences.advance(now);
    s.contracts.advance(now);
    s.exporter.advance(now);
    regions.advance(now);
    s.copier.advance(now, s.reader.last_complete().value_or(Instant{}));
  }
  pump(now);
}

void Catalog::Rooms::pump(Instant now) {
  last_now = now;
  if (!epoch || leaving) return look_at_canary();
  carry_sightings(now);
  carry_lost_leases(now);
  carry_absences(now);
  judge(now);
}

Instant Catalog::Rooms::next_deadline() const {
  if (!epoch || leaving) return kNever;
  const CatalogSession& s = *session;
  const Instant due = std::min({s.addresses.probe_due(), s.leases.next_deadline(), s.canary.next_deadline(),
                                s.reader.next_deadline(), s.absences.next_deadline(), s.contracts.next_deadline(),
                                s.exporter.next_deadline(), regions.next_deadline(), s.copier.next_deadline()});
  return std::max(due, last_now);
}

void Catalog::Rooms::probe_preferred(Instant now) {
  CatalogSession& s = *session;
  if (now < s.addresses.probe_due()) return;
  s.addresses.probe_started(now);
  const auto key = registry::canary_service(config.registry.domain, config.registry.projects.front());
  // Reads what lies behind the address too: a front-end that lost its storage answers simpler questions well.
  s.calls.probe(now, s.addresses.preferred(), s.requests.existence(key),
                [&s](Instant at, const registry::RawAnswer& raw) {
                  const auto id = registry::read_service_id(raw);
                  s.addresses.probed(at, id.has_value() || id.error().code == ErrorCode::NotFound);
                });
}

void Catalog::Rooms::carry_sightings(Instant now) {
  for (const RegistryChange& sighting : session->reader.take_sightings()) carry(now, sighting);
}

void Catalog::Rooms::carry(Instant now, const RegistryChange& sighting) {
  CatalogSession& s = *session;
  const registry::InstanceRef& ref = sighting.instance;
  switch (sighting.kind) {
    case RegistryChange::Kind::ServiceChanged:
      return carry_service(now, sighting);
    case RegistryChange::Kind::NativeSeen:
      return carry_native(now, ref);
    case RegistryChange::Kind::NativeMissing:
      return s.absences.suspect(now, ref);
    case RegistryChange::Kind::CopySeen: {
      const SeenInstance* seen = s.view.instance(ref);
      const bool echo = seen != nullptr && seen->document->copy && seen->document->copy->region == config.region;
      if (echo)
        s.echoes.insert(ref);
      else
        s.copier.seen(now, ref);
      return;
    }
    case RegistryChange::Kind::CopyMissing:
      if (s.echoes.erase(ref) == 0) s.copier.missing(now, ref);
      return;
    case RegistryChange::Kind::CanarySeen:
      return s.canary.seen(now, ref);
    case RegistryChange::Kind::CanaryMissing:
      return s.canary.missing(now, ref);
  }
}

void Catalog::Rooms::carry_native(Instant now, const registry::InstanceRef& ref) {
  CatalogSession& s = *session;
  s.absences.clear(ref);
  const ServiceRef owner{ref.project, ref.service_id};
  const SeenService* service = s.view.service(owner);
  const SeenInstance* seen = s.view.instance(ref);
  if (service == nullptr || seen == nullptr || is_infrastructure(service->document.key, service->document.alias))
    return;
  const registry::ServiceKey& key = service->document.key;
  const bool first = !s.exporter.has_instances(key);
  s.exporter.put_instance(now, key, ref.instance_id, seen->document->payload);
  if (!first) return;
  s.exporter.put_service(now, key, service->document.payload);
  s.contracts.read_soon(now, owner);
}

void Catalog::Rooms::carry_service(Instant now, const RegistryChange& sighting) {
  CatalogSession& s = *session;
  const ServiceRef ref{sighting.instance.project, sighting.instance.service_id};
  const SeenService* service = s.view.service(ref);
  if (service != nullptr && s.exporter.has_instances(sighting.service)) {
    s.exporter.put_service(now, sighting.service, service->document.payload);
    s.contracts.read_soon(now, ref);
  }
  s.copier.service_listed(now, sighting.service);
}

void Catalog::Rooms::carry_absences(Instant now) {
  CatalogSession& s = *session;
  std::vector<Bytes> keys;
  for (const registry::InstanceRef& ref : s.absences.take_confirmed(now)) {
    const SeenService* service = s.view.service({ref.project, ref.service_id});
    if (service == nullptr) continue;
    keys.push_back(origin_key(service->document.key, ref.instance_id));
    s.view.erase_instance(ref);
    s.reader.recheck_services(ref.project);
  }
  s.exporter.remove_instances(now, keys);
}

void Catalog::Rooms::carry_lost_leases(Instant now) {
  for (const registry::InstanceRef& ref : session->leases.take_lost()) {
    if (!session->copier.lease_lost(now, ref)) session->canary.lease_lost(now, ref);
  }
}

void Catalog::Rooms::judge(Instant now) {
  CatalogSession& s = *session;
  const auto announced = s.canary.announced();
  const auto read = s.reader.last_complete();
  // A reading that lacks our own instance lacks others too: nothing may be concluded from it.
  if (announced && read && *read >= *announced && !s.canary.is_overlooked()) s.read_once = true;
  conflict = s.canary.conflict();
  if (conflict.empty() && !s.echoes.empty()) {
    conflict = "this registry holds copies that are marked as coming from region \"" + config.region +
               "\" itself: another region's syncer writes or wrote it";
  }
  if (s.read_once && conflict.empty())
    s.copier.enable(now);
  else
    s.copier.disable(now);
  if (s.read_once && conflict.empty() && s.contracts.caught_up()) s.view_complete = true;
  look_at_canary();
  s.exporter.set_sane(now, sane);
}

}  // namespace syncer::catalog
