// SPDX-License-Identifier: Apache-2.0
// What the registry shows of the copies, and how long it may still tell of the time before a write.
#include "syncer/base/mutation.h"
#include "syncer/catalog/importer.h"

namespace syncer::catalog {
namespace {

constexpr Duration kQuietStep = std::chrono::milliseconds(500);
/// A registry that cannot be read completely must not keep us silent for ever.
constexpr Duration kLongestQuiet = std::chrono::seconds(30);

}  // namespace

void Importer::believe(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, const std::string& copy,
                       bool present) {
  CopyState& state = origin.copies[copy];
  if (state.present == present) return;
  const bool before = origin.any_present();
  state.present = present;
  const bool after = origin.any_present();
  if (before != after) remote.present = after ? remote.present + 1 : remote.present - 1;
  if (present) {
    by_ref_.insert_or_assign(state.ref, place);
  } else {
    by_ref_.erase(state.ref);
    leases_.forget(state.ref);
  }
  if (!after && origin.held && !origin.wanted && origin.payload.empty())
    regions_.keep(now, place.region, place.key, origin);
}

void Importer::believe_view(Instant now, const Place& place, RemoteCopies& remote, Origin& origin, CopyState& copy,
                            const std::string& id) {
  const SeenInstance* shown = view_.instance(copy.ref);
  if (shown != nullptr) {
    copy.status = shown->document->status;
    copy.properties = shown->document->properties;
    leases_.adopt(now, copy.ref, shown->document->lease);
  }
  if (shown == nullptr && copy.present) copy.doubtful = true;
  believe(now, place, remote, origin, id, shown != nullptr);
}

void Importer::seen(Instant now, const registry::InstanceRef& ref) {
  const SeenInstance* shown = view_.instance(ref);
  const SeenService* service = view_.service({ref.project, ref.service_id});
  if (shown == nullptr || service == nullptr || !shown->document->copy) return;
  const registry::CopyMark& mark = *shown->document->copy;
  if (mark.instance.empty()) return;
  const Place place{mark.region, origin_key(service->document.key, mark.instance)};
  if (last_reading_ != Instant{} && SYNCER_MUTATED("catalog.overlook_late_copies")) return;
  RemoteCopies& remote = regions_.at(now, mark.region);
  Origin& origin = remote.origins[place.key];
  CopyState& copy = origin.copies[ref.instance_id];
  copy.ref = ref;
  if (copy.quiet_until != Instant{}) return;  // looked at again when the quiet time is over
  believe_view(now, place, remote, origin, copy, ref.instance_id);
  enqueue(place, origin);
}

void Importer::missing(Instant now, const registry::InstanceRef& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return;
  const Place place = found->second;
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin->copies[ref.instance_id].quiet_until != Instant{}) return;
  // A list may lack for a moment what is there. Whoever replaces this copy takes it away all the same.
  origin->copies[ref.instance_id].doubtful = !SYNCER_MUTATED("catalog.take_lists_for_true");
  believe(now, place, *remote, *origin, ref.instance_id, false);
  enqueue(place, *origin);
}

bool Importer::lease_lost(Instant now, const registry::InstanceRef& ref) {
  const auto found = by_ref_.find(ref);
  if (found == by_ref_.end()) return false;
  const Place place = found->second;
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  observe(observer_, now, EventKind::LeaseLost, Severity::Warning,
          {{"region", place.region}, {"copy", ref.instance_id}});
  believe(now, place, *remote, *origin, ref.instance_id, false);
  // The list still shows it for a while; that is not news.
  origin->copies[ref.instance_id].quiet_until = now + kReadLag;
  revisit(now + kReadLag, place);
  enqueue(place, *origin);
  return true;
}

/// Until a reading that began after the read lag is complete, the list may tell of the time before our write.
bool Importer::is_quiet(Instant now, const CopyState& copy) const {
  if (copy.quiet_until == Instant{}) return false;
  return now < copy.quiet_until || (last_reading_ < copy.quiet_until && now < copy.quiet_until + kLongestQuiet);
}

void Importer::settle_quiet(Instant now, const Place& place) {
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin == nullptr) return;
  bool again = false;
  for (auto it = origin->copies.begin(); it != origin->copies.end();) {
    CopyState& copy = it->second;
    const bool quiet = is_quiet(now, copy) || (origin->busy && copy.quiet_until != Instant{});
    again = again || quiet;
    if (!quiet && copy.quiet_until != Instant{}) {
      copy.quiet_until = Instant{};
      believe_view(now, place, *remote, *origin, copy, it->first);
    }
    it = quiet || origin->busy || copy.present || copy.doubtful ? std::next(it) : origin->copies.erase(it);
  }
  if (again && !timers_.contains({now + kQuietStep, place})) revisit(now + kQuietStep, place);
  enqueue(place, *origin);
}

}  // namespace syncer::catalog
