// SPDX-License-Identifier: Apache-2.0
// The comparison of what is wanted with what is present, and the next single step that follows from it.
#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/catalog/importer.h"

namespace syncer::catalog {

bool Importer::reconcile(Instant now, const Place& place) {
  RemoteCopies* remote = nullptr;
  Origin* origin = find(place, &remote);
  if (origin == nullptr) return false;
  origin->queued = false;
  if (origin->busy || now < origin->retry_at) return false;
  auto key = registry::decode_key(place.key);
  SYNCER_ASSERT(key.has_value());
  Subject subject{place, *remote, *origin, std::move(*key)};
  origin->waiting.clear();
  // A removal that is held back keeps the copy as it was, renewed and even registered again.
  const bool keep = !remote->expired && (origin->wanted || (origin->held && !origin->payload.empty()));
  return keep ? fulfil(now, subject) : withdraw(now, subject);
}

/// Make before break needs one former copy beside the new one; a second former one, even a doubtful one, goes first.
std::optional<std::string> Importer::surplus(const Origin& origin, const std::string& wanted) {
  std::optional<std::string> doubtful;
  std::optional<std::string> last;
  std::size_t others = 0;
  for (const auto& [id, copy] : origin.copies) {
    if (id == wanted || !(copy.present || copy.doubtful)) continue;
    ++others;
    last = id;
    if (!copy.present) doubtful = id;
  }
  if (others < 2 || SYNCER_MUTATED("catalog.let_the_surplus_be")) return std::nullopt;
  return doubtful ? doubtful : last;
}

bool Importer::fulfil(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  auto planned = plans_.plan(subject.place.region, subject.key.id, origin.payload);
  if (!planned) {
    fail(now, subject.place, origin, planned.error());
    return false;
  }
  registry::SharedPlan plan = std::move(*planned);
  if (SYNCER_MUTATED("catalog.copy_id_of_this_run")) {
    auto other = std::make_shared<registry::CopyPlan>(*plan);
    other->id.back() = "0123456789abcdef"[random_.stream("run").next() % 16];
    plan = std::move(other);
  }
  const auto copy = origin.copies.find(plan->id);
  if (copy != origin.copies.end() && copy->second.present) return fulfil_present(now, subject, plan);
  if (SYNCER_MUTATED("catalog.break_before_make")) {
    for (const auto& [id, state] : origin.copies) {
      if (state.present) return remove(now, subject, id, "replaced");
    }
  }
  if (const auto extra = surplus(origin, plan->id)) return remove(now, subject, *extra, "replaced");
  const std::string* service = services_.ensure(now, subject.key.service);
  if (service == nullptr) {
    origin.waiting = services_.problem(subject.key.service);
    return false;
  }
  return add(now, subject, *service, plan);
}

bool Importer::fulfil_present(Instant now, Subject& subject, const registry::SharedPlan& plan) {
  Origin& origin = subject.origin;
  const CopyState& copy = origin.copies.at(plan->id);
  if (copy.status != plan->status) return update_status(now, subject, plan);
  const bool same = registry::same_properties(plan->properties, copy.properties, origin.extras_settled);
  if (!same && !SYNCER_MUTATED("catalog.ignore_properties")) return update_properties(now, subject, plan);
  for (const auto& [id, state] : origin.copies) {
    const bool former = (state.present || state.doubtful) && id != plan->id;
    if (former && !SYNCER_MUTATED("catalog.keep_former_copies")) return remove(now, subject, id, "replaced");
  }
  services_.ensure(now, subject.key.service);
  done(now, subject);
  return false;
}

bool Importer::withdraw(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  const auto present =
      std::find_if(origin.copies.begin(), origin.copies.end(), [](const auto& entry) { return entry.second.present; });
  if (present == origin.copies.end()) {
    done(now, subject);
    return false;
  }
  if (subject.remote.expired) return remove(now, subject, present->first, "its region is away for too long");
  if (origin.held) return false;
  if (origin.granted) return remove(now, subject, present->first, origin.removed ? "removed" : "orphan");
  const bool told = origin.removed || (subject.remote.connected && subject.remote.complete);
  if (told || SYNCER_MUTATED("catalog.remove_unconfirmed_orphans"))
    regions_.ask_to_leave(subject.place.region, subject.place.key);
  else
    origin.waiting = "its region has not said yet what it holds";
  return false;
}

void Importer::done(Instant now, Subject& subject) {
  Origin& origin = subject.origin;
  unpark(now, subject.place, origin);
  origin.failures = 0;
  if (origin.wanted || origin.any_present() || origin.held) return;
  const bool quiet = std::any_of(origin.copies.begin(), origin.copies.end(),
                                 [](const auto& entry) { return entry.second.quiet_until != Instant{}; });
  if (!quiet) subject.remote.origins.erase(subject.place.key);
}

}  // namespace syncer::catalog
