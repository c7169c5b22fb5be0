// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/catalog/config.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/calls.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::catalog {

/// A registry that answers and was never readable may be of another kind than the settings say, or begin at another
/// path. Asks it what every known kind is recognised by, and says what it is.
class KindProbe {
 public:
  KindProbe(const CatalogConfig& config, registry::Calls& calls, const registry::Addresses& addresses,
            const registry::PollCycle& cycle, Observer& observer)
      : config_(config), calls_(calls), addresses_(addresses), cycle_(cycle), observer_(observer) {}

  void advance(Instant now);
  /// What the registry is instead, and what to write; empty while nothing says that it is another kind.
  const std::string& problem() const { return problem_; }

 private:
  void ask(Instant now, std::string_view kind, const registry::KindSign& sign, const std::string& address);
  void recognised(Instant now, std::string_view kind, const registry::KindSign& sign, const std::string& address);

  const CatalogConfig& config_;
  registry::Calls& calls_;
  const registry::Addresses& addresses_;
  const registry::PollCycle& cycle_;
  Observer& observer_;
  Instant due_ = kNever;  ///< kNever: nothing is suspected yet
  std::string problem_;
};

}  // namespace syncer::catalog
