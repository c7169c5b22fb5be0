// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/import_gate.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::node {

using replication::Projection;
using Change = Projection::Change;

void ImportGate::set_policy(Instant now, SharedPolicy policy, bool importing) {
  policy_ = std::move(policy);
  open_.clear();
  if (!importing) return regions_.clear();
  for (const std::string& region : peering_.regions()) show_again(now, region);
}

/// A region for which nothing was said before has been shown as it is; one for which nothing is said any more keeps its
/// projection, which shows it as it is.
void ImportGate::show_again(Instant now, const std::string& region) {
  replication::View view = view_of(policy_, kinds_, policy::Direction::Import, region);
  const replication::Replica* replica = peering_.replica(region);
  auto known = regions_.find(region);
  if (replica == nullptr || (known == regions_.end() && !view)) return;
  if (known == regions_.end()) {
    known = regions_.emplace(region, Projection(replication::open_view(), Duration::zero())).first;
    for (const auto& [key, record] : replica->records()) known->second.has(key);
  }
  const auto each = [&](const auto& use) {
    for (const auto& [key, record] : replica->records()) use(key, record.payload);
  };
  Projection::Changes changes;
  known->second.set_view(view ? std::move(view) : replication::open_view(), pace_of(*policy_), each, changes);
  carry_out(now, region, changes, catalog::Occasion::Policy);
}

/// The projection of a region for which the policy has a word; made when the region is first heard of.
Projection* ImportGate::find(const std::string& region) {
  if (const auto known = regions_.find(region); known != regions_.end()) return &known->second;
  if (!policy_ || open_.contains(region)) return nullptr;
  replication::View view = view_of(policy_, kinds_, policy::Direction::Import, region);
  if (!view || SYNCER_MUTATED("node.import_whatever_comes")) {
    open_.insert(region);
    return nullptr;
  }
  return &regions_.emplace(region, Projection(std::move(view), pace_of(*policy_))).first->second;
}

void ImportGate::put(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch,
                     catalog::Occasion occasion) {
  Projection* projection = find(region);
  if (projection == nullptr) return catalog_.desire(now, region, key, payload, epoch, occasion);
  Projection::Changes changes;
  projection->put(key, payload, changes);
  for (const Change& change : changes) {
    // After a start, copies may be here that an earlier policy let in.
    const bool withheld = change.kind == Change::Kind::Withhold;
    if (withheld && catalog_.withhold(now, region, change.key)) projection->leave(key, change.key);
  }
  carry_out(now, region, changes, occasion);
}

void ImportGate::erase(Instant now, const std::string& region, const Bytes& key, bool judged) {
  Projection* projection = find(region);
  if (projection == nullptr) return catalog_.release(now, region, key, judged);
  Projection::Changes changes;
  projection->erase(key, judged, changes);
  carry_out(now, region, changes);
}

void ImportGate::restart() {
  for (auto& [region, projection] : regions_) projection.restart();
}

void ImportGate::carry_out(Instant now, const std::string& region, const Projection::Changes& changes,
                           catalog::Occasion occasion) {
  const replication::Replica* replica = peering_.replica(region);
  for (const Change& change : changes) {
    switch (change.kind) {
      case Change::Kind::Show:
        catalog_.desire(now, region, change.key, change.payload, replica->epoch(), occasion);
        break;
      case Change::Kind::Withhold:
        catalog_.withhold(now, region, change.key);
        break;
      case Change::Kind::Hide:
        catalog_.release(now, region, change.key, change.judged);
        break;
    }
  }
}

void ImportGate::advance(Instant now) {
  for (auto& [region, projection] : regions_) {
    Projection::Changes changes;
    projection.advance(now, changes);
    carry_out(now, region, changes);
  }
}

Instant ImportGate::next_deadline() const {
  Instant due = kNever;
  for (const auto& [region, projection] : regions_) due = std::min(due, projection.next_deadline());
  return due;
}

}  // namespace syncer::node
