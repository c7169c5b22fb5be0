// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/replication/messages.h"

namespace syncer::node {

using replication::Version;

/// How long one change took from the first sight in its region to the answer of the own registry.
struct ConvergenceTime {
  std::string origin;
  Duration time{};
};

/// Measures how long changes of other regions take. No clock is compared with another: once a change is written here,
/// its region is asked how old it is, and the answer is off by the way of the answer at most, which the round trip
/// bounds. Only samples: some of the last changes of each region.
class Convergence {
 public:
  /// A change of that place in the region's log was written to the own registry.
  void written(Instant now, const std::string& region, Version version);
  /// Nothing is asked of it any more.
  void forget(const std::string& region);
  /// Regions with changes whose age is not known.
  std::vector<std::string> regions() const;
  /// How many those are.
  std::size_t size() const { return samples_.size(); }

  /// What to ask that region, see answer_ages; the question is remembered by `id` when it was asked.
  std::string question(const std::string& region) const;
  void asked(Instant now, const std::string& region, std::uint64_t id);
  /// False when the question is none of these.
  bool answered(Instant now, std::uint64_t id, const Result<Bytes>& answer);
  std::vector<ConvergenceTime> take() { return std::exchange(times_, {}); }

 private:
  struct Sample {
    Version version;
    Instant done;
  };
  struct Open {
    std::string region;
    std::vector<Sample> samples;
    Instant asked;
  };
  std::map<std::string, std::vector<Sample>> samples_;
  std::map<std::uint64_t, Open> open_;
  std::vector<ConvergenceTime> times_;
};

/// Age of an entry of the own log; nothing when it is not remembered.
using AgeOf = std::function<std::optional<Duration>(Version)>;

/// Answers a question of Convergence; Invalid for one that it did not ask.
Result<Bytes> answer_ages(std::string_view question, const AgeOf& age_of);

}  // namespace syncer::node
