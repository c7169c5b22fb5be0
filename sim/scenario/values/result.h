// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/values/values.h"
#include "syncer/base/time.h"

namespace sim::scenario {

/// What a run came to.
enum class Verdict : std::uint8_t { Ok, Violated, Undecided };

/// "ok", "violated", "undecided".
std::string_view name(Verdict verdict);

/// A broken expectation or invariant.
struct Violation {
  std::string id;  ///< of the expectation, or of the invariant, e.g. "single-copy"
  Place place;     ///< where the expectation stands; an invariant's is the scenario's own
  syncer::Instant at;
  std::uint64_t event = 0;         ///< number of the world's event after which it was seen
  std::vector<std::string> facts;  ///< the two or three facts that contradict it, a sentence each
  bool operator==(const Violation&) const = default;
};

/// How long something took that an expectation gives a limit for; with many seeds they make the quantiles.
struct Timing {
  std::string expectation;
  Duration within{};
  std::vector<Duration> took;  ///< one for "eventually"; one per instance for "converged"
  bool operator==(const Timing&) const = default;
};

/// A measured quantity of one run, e.g. "net.bytes_sent".
struct Measurement {
  std::string metric;
  std::int64_t value = 0;
  bool operator==(const Measurement&) const = default;
};

/// How often a node took one detour for one cause: it is no failure, but effort that something else made necessary.
struct Cost {
  std::string detour;  ///< as events name it: "link.down"
  std::string node;
  std::string cause;  ///< in words, with "#" for each number; empty when there is none
  std::uint64_t count = 0;
  bool upkeep = false;  ///< no detour, but the work that all is done with: requests, writes to the disk
  bool operator==(const Cost&) const = default;
};

/// What the checkers have to say after a run.
struct Findings {
  std::vector<Violation> violations;
  std::vector<std::string> undecided;  ///< expectations that the run was too short for, a sentence each
  std::vector<Timing> timings;
  std::vector<Measurement> metrics;
  std::vector<Cost> effort;
};

/// One run of one seed.
struct RunResult {
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::Ok;
  Findings findings;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  Duration simulated{};
  /// Points of the program that were reached, where somebody listened (engine::Coverage): how often, or the largest
  /// value.
  std::map<std::string, std::uint64_t> reached;
  std::vector<std::string> latest;  ///< the points that were passed last before the end, the very last first
};

}  // namespace sim::scenario
