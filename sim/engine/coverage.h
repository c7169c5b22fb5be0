// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "syncer/base/sometimes.h"

namespace sim::engine {

/// A point of the program (syncer/base/sometimes.h) as reports name it.
struct CoveragePoint {
  std::string name;
  std::string place;  ///< "syncer/raft/raft.cc:50"
  bool is_watermark = false;
};

/// Every point that this program was linked with, by name.
std::vector<CoveragePoint> coverage_points();

/// What a run reached: for each point how often its condition held, or the largest value of its number.
using Reached = std::map<std::string, std::uint64_t>;

/// Counts for one run. Equal runs count equally, and nothing that happens depends on it.
class Coverage : public syncer::sometimes::Listener {
 public:
  Coverage();
  void on_reached(const syncer::sometimes::Point& point, std::uint64_t value) override;
  /// Without the points that were not reached.
  Reached reached() const;
  /// The points that were passed last, the very last first; without watermarks.
  std::vector<std::string> latest(std::size_t count) const;

 private:
  // In the order of the linker:
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint64_t> last_;  ///< which hit of all was the last one, from 1
  std::uint64_t hits_ = 0;
};

/// Listens on this thread as long as it lives; whoever listened before does so again afterwards.
class Listening {
 public:
  explicit Listening(syncer::sometimes::Listener* listener) : former_(syncer::sometimes::listener) {
    syncer::sometimes::listener = listener;
  }
  ~Listening() { syncer::sometimes::listener = former_; }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  syncer::sometimes::Listener* former_;
};

}  // namespace sim::engine
