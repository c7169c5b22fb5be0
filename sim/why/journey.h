// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/scenario/run/names.h"
#include "sim/why/recorder.h"

namespace sim::why {

/// A stretch of the way with what filled it.
struct Hop {
  Instant from{};
  Duration took{};
  std::string what;            ///< "w1 writes it to sc-w"
  std::vector<Share> because;  ///< what explains it; the rest is ordinary work
};

/// One step of one instance on its way to one foreign registry.
struct Journey {
  check::InstanceName origin;
  RegistryIndex target = 0;
  check::Origin::Step step = check::Origin::Step::Registered;
  Instant from{};
  Instant to{};
  bool arrived = true;  ///< otherwise `to` is the end of the run
};

/// The worst of a run: what never arrived, the earliest first; else what took longest. Of one kind of step if given, of
/// one instance if given (its id in the registry).
std::optional<Journey> worst_journey(const Recorder& run, std::optional<check::Origin::Step> step,
                                     const std::string& instance);

/// "base/svc-1/3, registered in sc-e at 40s, was shown by sc-w after 31.4s".
std::string in_words(const scenario::Names& names, const Journey& journey);

/// Read from its registry, published, heard, written to the other one; each with what stood in its way.
std::vector<Hop> hops_of(const scenario::Names& names, const Recorder& run, const Journey& journey);

}  // namespace sim::why
