// SPDX-License-Identifier: Apache-2.0
// What a Catalog tells about itself: status, reasons for not being at rest, state hash.
#include "syncer/catalog/rooms.h"

namespace syncer::catalog {
namespace {

constexpr std::size_t kMaxReasons = 20;

void add_guard(std::vector<std::string>& reasons, const replication::RemovalGuard& guard, const std::string& whose) {
  if (!guard.frozen()) return;
  reasons.push_back("the removal guard of " + whose + " holds " + std::to_string(guard.pending()) + " removals");
}

}  // namespace

void Catalog::fill(RegistryStatus& status) const {
  const CatalogSession& s = *rooms_->session;
  status.address = s.addresses.current();
  status.reachable = rooms_->epoch && s.addresses.reachable();
  status.problem = rooms_->conflict;
  if (status.problem.empty()) status.problem = s.addresses.problem();
  if (status.problem.empty()) status.problem = s.reader.problem();
  status.exported = s.exporter.instances();
  status.copies = s.copier.copies();
  status.pending = s.copier.waiting();
  status.rejected = s.copier.parked();
  status.guard_frozen = s.exporter.guard().frozen();
  status.guard_pending = s.exporter.guard().pending();
}

ImportStatus Catalog::import_status(const std::string& region) const { return rooms_->regions.status(region); }

std::vector<std::string> Catalog::pending() const {
  std::vector<std::string> reasons;
  if (!rooms_->epoch || rooms_->leaving) return reasons;
  const CatalogSession& s = *rooms_->session;
  if (!rooms_->conflict.empty()) reasons.push_back(rooms_->conflict);
  if (s.addresses.down()) reasons.push_back("the registry does not answer: " + s.addresses.problem());
  if (!s.reader.problem().empty()) reasons.push_back("the registry cannot be read completely: " + s.reader.problem());
  if (!s.view_complete) reasons.push_back("the registry was not read completely yet");
  if (s.absences.open() > 0) {
    reasons.push_back(std::to_string(s.absences.open()) + " instances are missing from a list, not confirmed yet");
  }
  add_guard(reasons, s.exporter.guard(), "our own exports");
  for (const auto& [region, remote] : rooms_->regions.all()) add_guard(reasons, remote.guard, "region " + region);
  s.copier.explain(reasons, kMaxReasons);
  return reasons;
}

void Catalog::hash(StateHasher& hasher) const {
  const CatalogSession& s = *rooms_->session;
  hasher.add(rooms_->epoch ? rooms_->epoch->term + 1 : 0);
  hasher.add(s.view_complete ? 1 : 0);
  for (const auto& [key, payload] : s.exporter.exported()) {
    hasher.add(key);
    hasher.add(payload);
  }
  for (const auto& [region, remote] : rooms_->regions.all()) {
    hasher.add(region);
    hasher.add((remote.connected ? 1U : 0U) | (remote.complete ? 2U : 0U) | (remote.expired ? 4U : 0U));
    remote.guard.hash(hasher);
    for (const auto& [key, origin] : remote.origins) {
      hasher.add(key);
      hasher.add((origin.wanted ? 1U : 0U) | (origin.busy ? 2U : 0U) | (origin.held ? 4U : 0U));
      for (const auto& [id, copy] : origin.copies) {
        hasher.add(id);
        hasher.add(copy.present ? 1 : 0);
      }
    }
  }
  hasher.add(rooms_->conflict);
}

}  // namespace syncer::catalog
