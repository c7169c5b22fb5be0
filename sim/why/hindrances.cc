// SPDX-License-Identifier: Apache-2.0
#include "sim/why/hindrances.h"

#include <algorithm>
#include <set>

namespace sim::why {
namespace {

template <class T>
bool contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool is_in_the_way(const Hindrance& h, Instant from, Instant to, const Place& place) {
  if (h.from >= to || h.to <= from) return false;
  if (h.weight == Hindrance::Weight::Link && !place.between) return false;
  if (h.towards && !place.ends.empty() && !contains(place.ends, *h.towards)) return false;
  if (h.node) return contains(place.nodes, *h.node);
  return !h.registry || contains(place.registries, *h.registry);
}

/// What ended so long before a moment may still explain it.
constexpr Duration kShortly = std::chrono::seconds(10);

/// The instants at which what stands in the way changes.
std::set<Instant> edges(const std::vector<const Hindrance*>& all, Instant from, Instant to) {
  std::set<Instant> instants{from, to};
  for (const Hindrance* h : all) {
    if (h->from > from) instants.insert(h->from);
    if (h->to < to) instants.insert(h->to);
  }
  return instants;
}

}  // namespace

void Hindrances::begin(const std::string& name, Hindrance hindrance) {
  if (!open_.emplace(name, all_.size()).second) return;
  all_.push_back(std::move(hindrance));
}

void Hindrances::end(const std::string& name, Instant now) {
  const auto found = open_.find(name);
  if (found == open_.end()) return;
  Hindrance& ended = all_[found->second];
  ended.to = std::min(ended.to, now);
  open_.erase(found);
}

void Hindrances::end_all(const std::string& prefix, Instant now) {
  for (auto it = open_.lower_bound(prefix); it != open_.end() && it->first.starts_with(prefix);) {
    Hindrance& ended = all_[it->second];
    ended.to = std::min(ended.to, now);
    it = open_.erase(it);
  }
}

std::vector<Share> Hindrances::shares(Instant from, Instant to, const Place& place) const {
  std::vector<const Hindrance*> these;
  for (const Hindrance& h : all_) {
    if (is_in_the_way(h, from, to, place)) these.push_back(&h);
  }
  std::stable_sort(these.begin(), these.end(), [](const auto* a, const auto* b) { return a->weight < b->weight; });
  std::map<std::string, Duration> took;
  const std::set<Instant> instants = edges(these, from, to);
  for (auto begin = instants.begin(), end = std::next(begin); end != instants.end(); begin = end++) {
    const auto covers = [&](const Hindrance* h) { return h->from <= *begin && h->to >= *end; };
    const auto first = std::find_if(these.begin(), these.end(), covers);
    if (first != these.end()) took[(*first)->text] += *end - *begin;
  }
  std::vector<Share> all;
  for (const auto& [text, time] : took) all.push_back({time, text});
  std::stable_sort(all.begin(), all.end(), [](const Share& a, const Share& b) { return a.took > b.took; });
  return all;
}

std::vector<std::string> Hindrances::around(Instant moment, const Place& named) const {
  std::vector<std::pair<int, const Hindrance*>> ranked;
  for (const Hindrance& h : all_) {
    if (h.from > moment || moment - h.to > kShortly) continue;
    const bool concerns = is_in_the_way(h, h.from, std::max(h.to, h.from + Duration(1)), named);
    const bool is_said = (h.node || h.registry) && concerns;
    ranked.emplace_back((is_said ? 0 : 2) + (moment < h.to ? 0 : 1), &h);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second->weight) < std::pair(b.first, b.second->weight);
  });
  std::vector<std::string> texts;
  for (const auto& [rank, h] : ranked) {
    if (!contains(texts, h->text)) texts.push_back(h->text);
  }
  return texts;
}

}  // namespace sim::why
