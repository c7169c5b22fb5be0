// SPDX-License-Identifier: Apache-2.0
#include "sim/hunt/corpus.h"

#include <algorithm>
#include <bit>

namespace sim::hunt {

bool Corpus::add(const Genome& genome, const engine::Reached& reached) {
  ++added_;
  const std::size_t place = kept_.size();
  bool is_news = false;
  for (const auto& [name, count] : reached) {
    PointRuns& point = runs_[name];
    ++point.runs;
    const auto magnitude = static_cast<unsigned>(std::bit_width(count));
    is_news = point.first.emplace(magnitude, place).second || is_news;
  }
  if (is_news) kept_.push_back(genome);
  return is_news;
}

Genome Corpus::next(syncer::Random random) const {
  if (kept_.empty() || random.below(2) == 0) return draw_genome(random.stream("new"));
  std::vector<const PointRuns*> rarest;
  for (const auto& [name, point] : runs_) rarest.push_back(&point);
  std::stable_sort(rarest.begin(), rarest.end(),
                   [](const PointRuns* a, const PointRuns* b) { return a->runs < b->runs; });
  // The rarer half, the rarest most often.
  const std::uint64_t among = std::max<std::uint64_t>(rarest.size() / 2, 1);
  const std::uint64_t one = random.below(among);
  const std::uint64_t other = random.below(among);
  const PointRuns& point = *rarest[static_cast<std::size_t>(std::min(one, other))];
  auto who = point.first.begin();
  std::advance(who, static_cast<std::ptrdiff_t>(random.below(point.first.size())));
  const Genome& parent = kept_[who->second];
  if (random.below(4) > 0) return mutate(parent, random.stream("mutate"));
  return cross(parent, kept_[static_cast<std::size_t>(random.below(kept_.size()))], random.stream("cross"));
}

}  // namespace sim::hunt
