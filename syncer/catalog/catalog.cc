// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/catalog.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/catalog/session.h"

namespace syncer::catalog {

namespace {

constexpr std::size_t kMaxReasons = 20;
constexpr std::size_t kMaxFailures = 3;

}  // namespace

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

void Catalog::reconfigure(Instant now, const CatalogSettings& settings) {
  last_now_ = now;
  const auto excluded = std::exchange(config_.registry, settings.registry).excluded_services;
  config_.guard = settings.guard;
  config_.hold = settings.hold;
  regions_.set_guard_options(guard_options(config_.guard));
  session_->reconfigure(now, excluded != config_.registry.excluded_services);
}

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

bool Catalog::view_complete() const { return session_->view_complete() && session_->conflict().empty(); }

bool Catalog::knows_registry() const { return session_->read_once(); }

std::map<std::string, Epoch> Catalog::marked_epochs() const {
  std::map<std::string, Epoch> epochs;
  for (const auto& [ref, service] : session_->view.services()) {
    for (const auto& [id, seen] : service.entries) {
      const auto& mark = seen.entry->copy;
      const auto epoch = mark && config_.marks.believes(*mark, id) ? parse_epoch(mark->epoch) : std::nullopt;
      if (epoch) epochs[mark->region] = std::max(epochs[mark->region], *epoch);
    }
  }
  return epochs;
}

std::map<Bytes, Bytes> Catalog::exported() const { return session_->exporter.exported(); }

std::vector<ExportChange> Catalog::take_exports() {
  if (!session_->conflict().empty()) return {};
  return session_->exporter.take_changes();
}

void Catalog::desire(Instant now, std::string_view region, const Bytes& key, const Bytes& payload, Epoch epoch,
                     Occasion occasion) {
  last_now_ = now;
  session_->importer.desire(now, std::string(region), key, payload, epoch, occasion);
}

std::vector<CopyName> Catalog::take_written() { return session_->importer.take_written(); }

void Catalog::release(Instant now, std::string_view region, const Bytes& key, bool judged) {
  last_now_ = now;
  session_->importer.release(now, std::string(region), key, judged);
}

bool Catalog::withhold(Instant now, std::string_view region, const Bytes& key) {
  last_now_ = now;
  return regions_.withhold({std::string(region), key});
}

void Catalog::region_state(Instant now, std::string_view region, bool connected, bool complete, bool healthy) {
  last_now_ = now;
  regions_.set_state(now, region, connected, complete, healthy);
}

void Catalog::release_guard(Instant now, std::string_view region) {
  last_now_ = now;
  regions_.release_guard(now, region);
  if (region == "*" || region == config_.region) session_->guard.release(now);
}

void Catalog::marks_changed(Instant now) {
  last_now_ = now;
  session_->importer.seal_again(now);
  session_->canary.seal_again(now);
}

void Catalog::pause_imports(Instant now, const std::string& region) {
  last_now_ = now;
  regions_.steering().pause(region);
}

bool Catalog::resume_imports(Instant now, const std::string& region) {
  last_now_ = now;
  return catalog::resume_imports(regions_, region);
}

void Catalog::drain(Instant now, const std::string& region, std::uint32_t per_second) {
  last_now_ = now;
  regions_.steering().drain(now, region, per_second);
}

void Catalog::hurry(Instant now, std::string_view region) {
  last_now_ = now;
  if (!active()) return;
  session_->cycle.hurry(now);
  catalog::hurry(now, regions_, region);
}

void Catalog::end_hold(Instant now, std::string_view region) {
  last_now_ = now;
  regions_.end_hold(now, region);
}

std::vector<GuardMark> Catalog::guards() const {
  std::vector<GuardMark> marks;
  if (const auto& own = session_->guard.report().mark()) marks.push_back(*own);
  regions_.add_guards(marks);
  return marks;
}

void Catalog::take_over_guards(Instant now, const std::vector<GuardMark>& marks) {
  if (SYNCER_MUTATED("catalog.forget_former_guard")) return;
  for (const GuardMark& mark : marks) {
    SYNCER_SOMETIMES(mark.released, "catalog.takes_a_release_over");
    SYNCER_SOMETIMES(!mark.released, "catalog.takes_a_guard_over");
    if (mark.released && SYNCER_MUTATED("catalog.forget_former_release")) continue;
    if (mark.side == GuardSide::Receiver)
      regions_.take_over_guard(now, mark);
    else if (mark.region == config_.region)
      session_->guard.take_over(now, mark);
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
}

void Catalog::look_at_canary() { healthy_ = epoch_ && session_->canary.healthy(); }

Instant Catalog::next_deadline() const {
  if (!active()) return kNever;
  return std::max(session_->next_deadline(), last_now_);
}

const std::string& Catalog::conflict() const { return session_->conflict(); }

void Catalog::withdraw(Instant now) {
  if (leaving_) return;
  leaving_ = true;
  if (epoch_) session_->canary.withdraw(now);
  look_at_canary();
}

bool Catalog::withdrawn() const { return leaving_ && (!epoch_ || session_->canary.withdrawn()); }

void Catalog::fill(RegistryStatus& status) const {
  const Session& s = *session_;
  status.kind = config_.registry.kind;
  status.address = s.addresses.current();
  status.reachable = epoch_ && s.addresses.reachable();
  status.shared = s.conflict();
  if (s.addresses.down())
    status.problem = "it does not answer: " + s.addresses.problem();
  else if (!s.kind.problem().empty())
    status.problem = s.kind.problem();
  else if (!s.cycle.problem().empty())
    status.problem = "it cannot be read completely: " + s.cycle.problem();
  else
    status.failing = s.importer.failures(kMaxFailures);
  status.unfit = s.unfit(kMaxFailures);
  status.cut = s.importer.cuts(kMaxFailures);
  status.forged = s.canary.forged(kMaxFailures);
  status.unsigned_copies = s.unsigned_copies();
  status.read_interval = s.cycle.interval();
  status.excluded_services = config_.registry.excluded_services;
  status.exported = s.exporter.instances();
  status.copies = s.importer.copies();
  status.pending = s.importer.waiting();
  status.rejected = s.importer.rejected();
  status.guard = s.guard.report().status();
}

std::size_t Catalog::waiting() const { return session_->importer.waiting(); }
std::size_t Catalog::rejected() const { return session_->importer.rejected(); }

std::vector<std::string> Catalog::pending() const {
  std::vector<std::string> reasons;
  if (!active()) return reasons;
  const Session& s = *session_;
  if (!s.view_complete()) reasons.push_back("the registry was not read completely yet");
  if (s.absences.open() > 0) {
    reasons.push_back(std::to_string(s.absences.open()) + " instances are missing from a list, not confirmed yet");
  }
  s.importer.explain(reasons, kMaxReasons);
  return reasons;
}

bool Catalog::knows(const std::string& region, const Bytes& key) const {
  const auto found = regions_.all().find(region);
  return found != regions_.all().end() && found->second.desired.contains(key);
}

std::string Catalog::why_not_held(const registry::ServiceKey& service) const {
  if (!config_.mirrors(service)) return "registry.exclude-services names \"" + service.name + "\"";
  if (!session_->driver->is_mirrored(service))
    return "a registry of this kind, as it is configured, has no place for it";
  return "";
}

Sizes Catalog::sizes() const {
  Sizes sizes;
  session_->fill(sizes);
  regions_.fill(sizes);
  return sizes;
}

void Catalog::hash(StateHasher& hasher) const {
  const Session& s = *session_;
  hasher.add(epoch_ ? epoch_->term + 1 : 0);
  hasher.add(s.view_complete() ? 1 : 0);
  for (const auto& [key, payload] : s.exporter.exported()) {
    hasher.add(key);
    hasher.add(payload);
  }
  s.guard.core().hash(hasher);
  regions_.hash(hasher);
  hasher.add(s.conflict());
}

}  // namespace syncer::catalog
