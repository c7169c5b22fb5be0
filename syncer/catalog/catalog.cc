// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/catalog.h"

#include <algorithm>
#include <set>

#include "syncer/base/assert.h"
#include "syncer/catalog/canary.h"
#include "syncer/catalog/exporter.h"
#include "syncer/catalog/importer.h"
#include "syncer/registry/absences.h"
#include "syncer/registry/leases.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::catalog {

using registry::Change;
using registry::EntryId;
using registry::ServiceKey;

namespace {

constexpr std::size_t kMaxReasons = 20;

void add_guard(std::vector<std::string>& reasons, const replication::RemovalGuard& guard, const std::string& whose) {
  if (!guard.frozen()) return;
  reasons.push_back("the removal guard of " + whose + " holds " + std::to_string(guard.pending()) + " removals");
}

}  // namespace

/// What lives only as long as we are the writer: what is known of the registry and what is under way.
///
///     driver --> snapshot --changes--> absences, exporter      (what we export)
///                                 \--> importer, leases, canary (what we keep)
struct Catalog::Session : registry::DriverOwner {
  Session(const CatalogConfig& given, Http& http, Observer& observer, Random random, Regions& all,
          std::function<CallId()> next_call);
  Session(const Session&) = delete;
  ~Session() override { calls.forget_all(); }

  bool exports(const ServiceKey& service) const override { return exporter.has_instances(service); }
  void attachments_read(Instant now, const ServiceKey& service, const registry::Attachments& attachments) override {
    exporter.put_attachments(now, service, attachments);
  }
  registry::Attachments desired_attachments(const ServiceKey& service) const override {
    return regions.attachments(service);
  }
  void preparation_changed(Instant, const ServiceKey& service) override { importer.preparation_changed(service); }

  void start(Instant now);
  void advance(Instant now);
  Instant next_deadline() const;
  void probe_preferred(Instant now);
  void poll(Instant now);
  void carry(Instant now);
  void carry(Instant now, const Change& change);
  void carry_native(Instant now, const EntryId& ref);
  void carry_service(Instant now, const Change& change);
  void carry_copy(Instant now, const EntryId& ref);
  void carry_absences(Instant now);
  void carry_lost_leases(Instant now);
  void judge(Instant now);

  const CatalogConfig& config;
  Regions& regions;
  registry::Addresses addresses;
  registry::Calls calls;
  registry::PollCycle cycle;
  registry::Snapshot view;
  Exporter exporter;
  std::unique_ptr<registry::Driver> driver;
  registry::Absences absences;
  registry::Leases leases;
  Importer importer;
  Canary canary;
  std::set<EntryId> echoes;  ///< copies marked with our own region
  bool read_once = false;    ///< a complete reading that began after the canary was announced
  bool view_complete = false;
  std::string conflict;
};

Catalog::Session::Session(const CatalogConfig& given, Http& http, Observer& observer, Random random, Regions& all,
                          std::function<CallId()> next_call)
    : config(given),
      regions(all),
      addresses(config.registry.addresses, observer),
      calls(config.registry, config.may_write, http, addresses, std::move(next_call)),
      cycle(config.registry, observer),
      exporter(config, observer),
      driver(config.kinds.make({config.registry, calls, cycle, view, *this, observer, random})),
      absences(*driver, observer),
      leases(*driver, addresses),
      importer(*driver, calls, view, regions, leases, observer, random),
      canary(config, *driver, view, leases, observer, random.stream("canary")) {}

void Catalog::Session::start(Instant now) {
  canary.start(now);
  cycle.start(now);
}

void Catalog::Session::advance(Instant now) {
  probe_preferred(now);
  leases.advance(now);
  canary.advance(now);
  poll(now);
  absences.advance(now);
  driver->advance(now);
  exporter.advance(now);
  regions.advance(now);
  importer.present().set_last_reading(cycle.last_complete().value_or(Instant{}));
  importer.advance(now);
}

Instant Catalog::Session::next_deadline() const {
  return std::min({addresses.probe_due(), leases.next_deadline(), canary.next_deadline(), cycle.next_deadline(),
                   absences.next_deadline(), driver->next_deadline(), exporter.next_deadline(), regions.next_deadline(),
                   importer.next_deadline()});
}

void Catalog::Session::probe_preferred(Instant now) {
  if (now < addresses.probe_due()) return;
  addresses.probe_started(now);
  driver->probe(now, addresses.preferred(), [this](Instant at, bool healthy) { addresses.probed(at, healthy); });
}

void Catalog::Session::poll(Instant now) {
  if (!cycle.is_due(now)) return;
  cycle.begin(now);
  driver->poll(now);
  cycle.close(now);
}

void Catalog::Session::carry(Instant now) {
  for (const Change& change : view.take_changes()) carry(now, change);
  carry_lost_leases(now);
  carry_absences(now);
  judge(now);
}

void Catalog::Session::carry(Instant now, const Change& change) {
  const EntryId& ref = change.entry;
  switch (change.kind) {
    case Change::Kind::ServiceChanged:
      return carry_service(now, change);
    case Change::Kind::NativeSeen:
      return carry_native(now, ref);
    case Change::Kind::NativeMissing:
      return absences.suspect(now, ref);
    case Change::Kind::CopySeen:
      return carry_copy(now, ref);
    case Change::Kind::CopyMissing:
      if (echoes.erase(ref) == 0) importer.present().missing(now, ref);
      return;
    case Change::Kind::CanarySeen:
      return canary.seen(now, ref);
    case Change::Kind::CanaryMissing:
      return canary.missing(now, ref);
  }
}

void Catalog::Session::carry_copy(Instant now, const EntryId& ref) {
  const registry::SeenEntry* seen = view.entry(ref);
  const bool echo = seen != nullptr && seen->entry->copy && seen->entry->copy->region == config.region;
  if (echo)
    echoes.insert(ref);
  else
    importer.present().seen(now, ref);
}

void Catalog::Session::carry_native(Instant now, const EntryId& ref) {
  absences.clear(ref);
  const registry::SeenService* service = view.service(ref.owner());
  const registry::SeenEntry* seen = view.entry(ref);
  if (service == nullptr || seen == nullptr || service->state.internal) return;
  const ServiceKey& key = service->state.name;
  const bool first = !exporter.has_instances(key);
  exporter.put_instance(now, key, ref.id, seen->entry->payload);
  if (!first) return;
  exporter.put_service(now, key, service->state.record);
  driver->follow(now, ref.owner());
}

void Catalog::Session::carry_service(Instant now, const Change& change) {
  const registry::ServiceRef ref = change.entry.owner();
  const registry::SeenService* service = view.service(ref);
  if (service != nullptr && exporter.has_instances(change.service)) {
    exporter.put_service(now, change.service, service->state.record);
    driver->follow(now, ref);
  }
  driver->reconsider(now, change.service);
}

void Catalog::Session::carry_absences(Instant now) {
  std::vector<Bytes> keys;
  for (const EntryId& ref : absences.take_confirmed(now)) {
    const registry::SeenService* service = view.service(ref.owner());
    if (service == nullptr) continue;
    keys.push_back(instance_key(service->state.name, ref.id));
    view.erase(ref);
    driver->dropped(ref);
  }
  exporter.remove_instances(now, keys);
}

void Catalog::Session::carry_lost_leases(Instant now) {
  for (const EntryId& ref : leases.take_lost()) {
    if (!importer.present().lease_lost(now, ref)) canary.lease_lost(now, ref);
  }
}

void Catalog::Session::judge(Instant now) {
  const auto announced = canary.announced();
  const auto read = cycle.last_complete();
  // A reading that lacks our own instance lacks others too: nothing may be concluded from it.
  if (announced && read && *read >= *announced && !canary.is_overlooked()) read_once = true;
  conflict = canary.conflict();
  if (conflict.empty() && !echoes.empty()) {
    conflict = "this registry holds copies that are marked as coming from region \"" + config.region +
               "\" itself: another region's syncer writes or wrote it";
  }
  importer.set_enabled(now, read_once && conflict.empty());
  if (read_once && conflict.empty() && driver->caught_up()) view_complete = true;
}

Catalog::Catalog(CatalogConfig config, Http& http, Observer& observer, Random random, Instant now,
                 std::function<CallId()> next_call)
    : config_(std::move(config)),
      http_(http),
      observer_(observer),
      random_(random),
      next_call_(std::move(next_call)),
      regions_(config_, observer),
      last_now_(now) {
  SYNCER_ASSERT(!config_.registry.addresses.empty() && config_.kinds.contains(config_.registry.kind));
  begin_session(now);
}

Catalog::~Catalog() = default;

void Catalog::begin_session(Instant now) {
  session_.reset();
  regions_.forget_registry(now);
  session_ = std::make_unique<Session>(config_, http_, observer_, random_.stream(++sessions_), regions_, next_call_);
  healthy_ = false;
}

void Catalog::set_writer(Instant now, std::optional<Epoch> epoch) {
  const bool was = epoch_.has_value();
  epoch_ = epoch;
  last_now_ = now;
  if (was && epoch) return;  // still the writer, in a later epoch
  begin_session(now);
  if (!epoch) return;
  session_->start(now);
}

bool Catalog::view_complete() const { return session_->view_complete && session_->conflict.empty(); }

bool Catalog::knows_registry() const { return session_->read_once; }

std::map<std::string, Epoch> Catalog::marked_epochs() const {
  std::map<std::string, Epoch> epochs;
  for (const auto& [ref, service] : session_->view.services()) {
    for (const auto& [id, seen] : service.entries) {
      const auto& mark = seen.entry->copy;
      const auto epoch = mark ? parse_epoch(mark->epoch) : std::nullopt;
      if (epoch) epochs[mark->region] = std::max(epochs[mark->region], *epoch);
    }
  }
  return epochs;
}

std::map<Bytes, Bytes> Catalog::exported() const { return session_->exporter.exported(); }

std::vector<ExportChange> Catalog::take_exports() {
  if (!session_->conflict.empty()) return {};
  return session_->exporter.take_changes();
}

void Catalog::desire(Instant now, std::string_view region, const Bytes& key, const Bytes& payload, Epoch epoch) {
  last_now_ = now;
  session_->importer.desire(now, std::string(region), key, payload, epoch);
}

void Catalog::release(Instant now, std::string_view region, const Bytes& key) {
  last_now_ = now;
  session_->importer.release(now, std::string(region), key);
}

void Catalog::region_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy) {
  last_now_ = now;
  regions_.set_state(now, region, connected, complete, healthy);
}

void Catalog::release_guard(Instant now, std::string_view region) {
  last_now_ = now;
  regions_.release_guard(now, region);
  if (region == "*" || region == config_.region) session_->exporter.release_guard(now, "an operator said so");
}

std::vector<GuardMark> Catalog::guards() const {
  std::vector<GuardMark> marks;
  const auto& own = session_->exporter.guard();
  if (own.frozen()) marks.push_back(mark_of(GuardSide::Sender, config_.region, own));
  regions_.add_guards(marks);
  return marks;
}

void Catalog::take_over_guards(Instant now, const std::vector<GuardMark>& marks) {
  for (const GuardMark& mark : marks) {
    if (mark.side == GuardSide::Receiver)
      regions_.take_over_guard(now, mark);
    else if (mark.region == config_.region)
      session_->exporter.take_over_guard(now, mark);
  }
}

void Catalog::on_http(Instant now, CallId call, Result<HttpResponse> answer) {
  if (session_->calls.on_http(now, call, answer)) advance(now);
}

void Catalog::resume_writes(Instant now) { session_->calls.resume(now); }

void Catalog::advance(Instant now) {
  carry(now);
  if (active()) session_->advance(now);
}

void Catalog::carry(Instant now) {
  last_now_ = now;
  if (active()) session_->carry(now);
  look_at_canary();
  if (active()) session_->exporter.set_healthy(now, healthy_);
}

void Catalog::look_at_canary() { healthy_ = epoch_ && session_->canary.healthy(); }

Instant Catalog::next_deadline() const {
  if (!active()) return kNever;
  return std::max(session_->next_deadline(), last_now_);
}

const std::string& Catalog::conflict() const { return session_->conflict; }

void Catalog::withdraw(Instant now) {
  if (leaving_) return;
  leaving_ = true;
  if (epoch_) session_->canary.withdraw(now);
  look_at_canary();
}

bool Catalog::withdrawn() const { return leaving_ && (!epoch_ || session_->canary.withdrawn()); }

void Catalog::fill(RegistryStatus& status) const {
  const Session& s = *session_;
  status.address = s.addresses.current();
  status.reachable = epoch_ && s.addresses.reachable();
  status.problem = s.conflict;
  if (status.problem.empty()) status.problem = s.addresses.problem();
  if (status.problem.empty()) status.problem = s.cycle.problem();
  status.read_interval = s.cycle.interval();
  status.exported = s.exporter.instances();
  status.copies = s.importer.copies();
  status.pending = s.importer.waiting();
  status.rejected = s.importer.rejected();
  status.guard_frozen = s.exporter.guard().frozen();
  status.guard_pending = s.exporter.guard().pending();
}

std::vector<std::string> Catalog::pending() const {
  std::vector<std::string> reasons;
  if (!active()) return reasons;
  const Session& s = *session_;
  if (!s.conflict.empty()) reasons.push_back(s.conflict);
  if (s.addresses.down()) reasons.push_back("the registry does not answer: " + s.addresses.problem());
  if (!s.cycle.problem().empty()) reasons.push_back("the registry cannot be read completely: " + s.cycle.problem());
  if (!s.view_complete) reasons.push_back("the registry was not read completely yet");
  if (s.absences.open() > 0) {
    reasons.push_back(std::to_string(s.absences.open()) + " instances are missing from a list, not confirmed yet");
  }
  add_guard(reasons, s.exporter.guard(), "our own exports");
  for (const auto& [region, remote] : regions_.all()) add_guard(reasons, remote.guard, "region " + region);
  s.importer.explain(reasons, kMaxReasons);
  return reasons;
}

void Catalog::hash(StateHasher& hasher) const {
  const Session& s = *session_;
  hasher.add(epoch_ ? epoch_->term + 1 : 0);
  hasher.add(s.view_complete ? 1 : 0);
  for (const auto& [key, payload] : s.exporter.exported()) {
    hasher.add(key);
    hasher.add(payload);
  }
  regions_.hash(hasher);
  hasher.add(s.conflict);
}

}  // namespace syncer::catalog
