// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/probe.h"
#include "syncer/base/time.h"

namespace sim::why {

using host::NodeIndex;
using host::RegistryIndex;
using syncer::Duration;
using syncer::Instant;

/// Something that stood in the way for a time.
struct Hindrance {
  /// How much it explains; of those of one moment the first counts. A syncer that is down is no link's fault.
  enum class Weight : std::uint8_t { Down, Fault, Guard, NoLeader, Registry, Link };

  Instant from{};
  Instant to = syncer::kNever;
  Weight weight = Weight::Fault;
  std::string text;                           ///< "w1 was down (crash, cut.json:31)"
  std::optional<NodeIndex> node;              ///< it only stands in the way of this one
  std::optional<RegistryIndex> registry;      ///< or of those who use this one
  std::optional<RegistryIndex> towards = {};  ///< of a link: the registry of the region at its other end
};

/// Where a step of an instance takes place.
struct Place {
  std::vector<NodeIndex> nodes;
  std::vector<RegistryIndex> registries;
  bool between = false;                  ///< on the way from one region to the other, where links matter
  std::vector<RegistryIndex> ends = {};  ///< of that way; empty for all
};

/// A cause with the part of a stretch that it explains.
struct Share {
  Duration took{};
  std::string text;
};

/// All that stood in the way during a run.
class Hindrances {
 public:
  /// One of a name that already lasts goes on.
  void begin(const std::string& name, Hindrance hindrance);
  void end(const std::string& name, Instant now);
  /// Ends those whose names begin like this.
  void end_all(const std::string& prefix, Instant now);

  /// Which of them explain the stretch for somebody at that place, the longest first. Each moment counts once.
  std::vector<Share> shares(Instant from, Instant to, const Place& place) const;
  /// In the order in which they began.
  const std::vector<Hindrance>& all() const { return all_; }
  /// All that stood in the way at that moment, or until shortly before it: first of those who are named, and what lasts
  /// before what is over.
  std::vector<std::string> around(Instant moment, const Place& named) const;

 private:
  std::vector<Hindrance> all_;
  std::map<std::string, std::size_t> open_;
};

}  // namespace sim::why
