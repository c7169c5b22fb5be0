// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/way_table.h"

#include <algorithm>
#include <set>

#include "syncer/base/mutation.h"

namespace syncer::peering {

bool WayTable::leads_here(const wire::Way& way, const std::string& neighbour) const {
  const bool own_words = way.region == neighbour;
  if (way.region.empty() || way.region == own_ || way.via.empty() != own_words) return false;
  if (own_words) return true;
  if (way.via.front() != neighbour) return false;
  if (hops(way) > kMaxHops && !SYNCER_MUTATED("relay.take_endless_ways")) return false;
  std::set<std::string_view> passed{way.region};
  if (!SYNCER_MUTATED("relay.take_ways_back_from_where_they_lead")) passed.insert(own_);
  return std::all_of(way.via.begin(), way.via.end(),
                     [&](const std::string& region) { return passed.insert(region).second; });
}

void WayTable::offer(const std::string& neighbour, const std::vector<wire::Way>& ways) {
  std::map<std::string_view, const wire::Way*> offered;
  for (const wire::Way& way : ways) {
    if (leads_here(way, neighbour)) offered.emplace(way.region, &way);
  }
  for (auto& [region, offers] : regions_) {
    const auto found = offered.find(region);
    if (found == offered.end()) {
      offers.erase(neighbour);
    } else if (Offer& known = offers[neighbour]; known.way != *found->second) {
      known = Offer{*found->second};
    }
  }
  for (const auto& [region, way] : offered) {
    if (regions_.find(region) == regions_.end()) regions_[std::string(region)][neighbour] = Offer{*way};
  }
  std::erase_if(regions_, [](const auto& entry) { return entry.second.empty(); });
}

void WayTable::withdraw(const std::string& neighbour) { offer(neighbour, {}); }

const wire::Way* WayTable::find(std::string_view region, std::string_view neighbour) const {
  const auto offers = regions_.find(region);
  if (offers == regions_.end()) return nullptr;
  const auto found = offers->second.find(neighbour);
  return found == offers->second.end() ? nullptr : &found->second.way;
}

void WayTable::failed(Instant now, std::string_view region, std::string_view neighbour) {
  const auto offers = regions_.find(region);
  if (offers == regions_.end()) return;
  const auto found = offers->second.find(neighbour);
  if (found == offers->second.end()) return;
  found->second.not_before = saturating_add(now, kPause);
  note_failure(now, region, neighbour);
}

void WayTable::note_failure(Instant now, std::string_view region, std::string_view neighbour) {
  std::erase_if(failures_, [now](const auto& entry) { return saturating_add(entry.second.last, kDistrust) <= now; });
  const auto [known, is_first] =
      failures_.try_emplace({std::string(region), std::string(neighbour)}, Failures{now, false});
  if (!is_first) known->second = {now, true};
}

/// A neighbour may call its way another one as often as it likes.
bool WayTable::is_last_resort(Instant now, std::string_view region, const std::string& neighbour) const {
  if (SYNCER_MUTATED("relay.forgive_who_brings_nothing_again")) return false;
  const auto known = failures_.find({std::string(region), neighbour});
  return known != failures_.end() && known->second.again && saturating_add(known->second.last, kDistrust) > now;
}

void WayTable::distrust(Instant now, std::string_view region, std::string_view neighbour) {
  std::erase_if(distrusted_, [now](const auto& entry) { return entry.second <= now; });
  if (SYNCER_MUTATED("attestation.go_on_with_a_liar")) return;
  distrusted_.insert_or_assign({std::string(region), std::string(neighbour)}, saturating_add(now, kDistrust));
}

std::optional<std::string> WayTable::best(Instant now, std::string_view region) const {
  const auto offers = regions_.find(region);
  if (offers == regions_.end()) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t most = kMaxHops;
  if (SYNCER_MUTATED("relay.take_endless_ways")) most = wire::kMaxVia + 1;
  std::pair<bool, std::size_t> least{true, most + 1};
  for (const auto& [neighbour, offer] : offers->second) {
    const auto distrusted = distrusted_.find({std::string(region), neighbour});
    if (distrusted != distrusted_.end() && distrusted->second > now) continue;
    const std::pair<bool, std::size_t> cost{is_last_resort(now, region, neighbour), hops(offer.way)};
    if (offer.way.via.empty() || offer.not_before > now || cost.second > most || cost >= least) continue;
    best = &neighbour;
    least = cost;
    if (SYNCER_MUTATED("relay.take_any_way")) break;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::vector<std::string> WayTable::regions(Instant now) const {
  std::vector<std::string> names;
  for (const auto& [region, offers] : regions_) {
    if (best(now, region)) names.push_back(region);
  }
  return names;
}

}  // namespace syncer::peering
