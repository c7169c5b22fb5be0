// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/coverage.h"

#include <algorithm>
#include <span>

// The ends of the section, made by the linker; absent from a program without a point.
extern "C" {
[[gnu::weak]] extern const syncer::sometimes::Point __start_syncer_sometimes[];
[[gnu::weak]] extern const syncer::sometimes::Point __stop_syncer_sometimes[];
}

namespace sim::engine {
namespace {

using syncer::sometimes::Point;

std::span<const Point> all_points() {
  const Point* first = __start_syncer_sometimes;
  const Point* last = __stop_syncer_sometimes;
  return {first, static_cast<std::size_t>(last - first)};
}

/// From the root of the sources, wherever they were compiled.
std::string place_of(const Point& point) {
  std::string file = point.file;
  std::size_t begin = 0;
  for (const char* root : {"/syncer/", "/sim/", "/mocksc/", "/tests/"}) {
    const std::size_t at = file.rfind(root);
    if (at != std::string::npos) begin = std::max(begin, at + 1);
  }
  file.erase(0, begin);
  return file + ":" + std::to_string(point.line);
}

}  // namespace

std::vector<CoveragePoint> coverage_points() {
  std::vector<CoveragePoint> points;
  for (const Point& point : all_points()) points.push_back({point.name, place_of(point), point.is_watermark});
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return points;
}

Coverage::Coverage() : counts_(all_points().size()), last_(all_points().size()) {}

void Coverage::on_reached(const Point& point, std::uint64_t value) {
  const auto place = static_cast<std::size_t>(&point - all_points().data());
  std::uint64_t& count = counts_[place];
  last_[place] = ++hits_;
  count = point.is_watermark ? std::max(count, value) : count + value;
}

Reached Coverage::reached() const {
  Reached all;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) all[all_points()[i].name] = counts_[i];
  }
  return all;
}

std::vector<std::string> Coverage::latest(std::size_t count) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < last_.size(); ++i) {
    if (last_[i] > 0 && !all_points()[i].is_watermark) places.push_back(i);
  }
  std::sort(places.begin(), places.end(), [this](std::size_t a, std::size_t b) { return last_[a] > last_[b]; });
  std::vector<std::string> names;
  for (const std::size_t place : places) {
    if (names.size() < count) names.emplace_back(all_points()[place].name);
  }
  return names;
}

}  // namespace sim::engine
