// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/occupancy.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/registry/nacos/copy.h"

namespace syncer::registry::nacos {
namespace {

/// Own writes are remembered for longer than any lag.
constexpr Duration kMemory = std::chrono::seconds(10);

}  // namespace

Occupancy::Occupant Occupancy::occupant_of(const Shown& shown) const {
  Metadata metadata = shown.metadata;
  const std::string id = entry_id(shown.address);
  auto mark = take_mark(id, metadata, marks_);
  const bool believed = !mark || marks_.believes(*mark, id);
  return {std::move(mark), believed};
}

void Occupancy::clear(const std::string& space) {
  std::erase_if(occupants_, [&](const auto& entry) { return std::get<0>(entry.first).space == space; });
}

void Occupancy::add(const Shown& shown) {
  occupants_[place_of(shown.service, shown.address)].push_back(occupant_of(shown));
}

void Occupancy::forget_old(Instant now) {
  std::erase_if(writes_, [now](const auto& entry) { return now - entry.second.at > kMemory; });
}

void Occupancy::wrote(Instant now, const Service& service, const Address& address, const CopyMark& mark) {
  forget_old(now);
  writes_.insert_or_assign(place_of(service, address), Write{now, false, mark});
}

void Occupancy::removed(Instant now, const Service& service, const Address& address) {
  forget_old(now);
  const Place place = place_of(service, address);
  writes_.insert_or_assign(place, Write{now, true, std::nullopt});
  const auto found = occupants_.find(place);
  if (found != occupants_.end()) std::erase_if(found->second, [](const Occupant& o) { return o.mark.has_value(); });
}

bool Occupancy::was_taken(const Service& service, const Address& address, const CopyMark& mark) const {
  const auto write = writes_.find(place_of(service, address));
  if (write == writes_.end() || !write->second.mark || SYNCER_MUTATED("nacos.remove_the_copy_of_another")) return false;
  return !names_same_copy(*write->second.mark, mark);
}

Occupancy::Recent Occupancy::recent(Instant now, const Service& service, const Address& address, Duration lag) const {
  const auto found = writes_.find(place_of(service, address));
  if (found == writes_.end() || now - found->second.at > lag) return Recent::No;
  return found->second.is_removal ? Recent::Removed : Recent::Written;
}

/// It is a copy that we removed, and that is shown for a while: all copies here are written by us.
bool Occupancy::was_left(Instant now, const Place& place, const Occupant& occupant) const {
  if (!occupant.mark || !occupant.believed || SYNCER_MUTATED("nacos.wait_for_who_was_removed")) return false;
  const auto write = writes_.find(place);
  return write != writes_.end() && write->second.is_removal && now - write->second.at <= kReadLag;
}

/// Of two copies the one of the lower name stays, so that all syncers agree. One that nobody of the pool signed gives
/// way to itself alone: it may be what is to be signed now.
std::optional<std::string> Occupancy::judge(const Occupant& occupant, const CopyMark& mark) {
  if (SYNCER_MUTATED("nacos.take_the_address")) return std::nullopt;
  if (!occupant.mark) return "its address is in use by an instance of this region";
  if (!occupant.believed) {
    if (names_same_copy(*occupant.mark, mark)) return std::nullopt;
    return "its address is in use by a copy that nobody of the pool signed";
  }
  const auto order = [](const CopyMark& m) { return std::pair(m.region, m.instance); };
  if (order(*occupant.mark) >= order(mark)) return std::nullopt;
  return "its address is in use by a copy of region \"" + occupant.mark->region + "\"";
}

std::optional<std::string> Occupancy::objection(Instant now, const Service& service, const Address& address,
                                                const CopyMark& mark) const {
  const Place place = place_of(service, address);
  const auto write = writes_.find(place);
  const bool counts = write != writes_.end() && now - write->second.at <= kMemory;
  if (counts && write->second.mark) {
    if (auto reason = judge({write->second.mark, true}, mark)) return reason;
  }
  const auto found = occupants_.find(place);
  if (found == occupants_.end()) return std::nullopt;
  for (const Occupant& occupant : found->second) {
    if (was_left(now, place, occupant)) continue;
    if (auto reason = judge(occupant, mark)) return reason;
  }
  return std::nullopt;
}

std::optional<std::string> Occupancy::objection(Instant now, const Shown& shown, const CopyMark& mark) const {
  const Occupant occupant = occupant_of(shown);
  if (was_left(now, place_of(shown.service, shown.address), occupant)) return std::nullopt;
  return judge(occupant, mark);
}

}  // namespace syncer::registry::nacos
