// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/scenario/values/predicate.h"

namespace sim::scenario {

/// The predicate is true at some time in [after, after + within].
struct Eventually {
  Predicate predicate;
  Moment after;  ///< start of the run unless told
  Duration within{};
  bool operator==(const Eventually&) const = default;
};

/// The predicate is true at every event in [from, until], but for stretches of at most `grace`.
struct Always {
  Predicate predicate;
  Moment from;
  Moment until{"end", {}};
  Duration grace{};
  bool operator==(const Always&) const = default;
};

/// The predicate is false at every event in [from, until], but for stretches of at most `grace`.
struct Never {
  Predicate predicate;
  Moment from;
  Moment until{"end", {}};
  Duration grace{};
  bool operator==(const Never&) const = default;
};

/// `keeps` stays true from `after` on until `until` becomes true, which it must `within` the time given.
struct Keeps {
  Predicate keeps;
  Predicate until;
  Moment after;
  Duration within{};
  bool operator==(const Keeps&) const = default;
};

/// Every live origin instance is visible exactly once in every other region of `what`, nothing removed is; reached in
/// [after, after + within]. The timings of single instances (registered or removed at or after `after`) are recorded.
struct Converged {
  Selector what;  ///< regions or nodes; "all"; "core" of the settle phase
  Moment after;
  Duration within{};
  bool operator==(const Converged&) const = default;
};

enum class Compare : std::uint8_t { Less, LessEqual, Equal, GreaterEqual, Greater };

/// What a metric's number counts.
enum class Unit : std::uint8_t { Count, Nanoseconds, Octets };

/// "<= 20s", "== 0", "<= 4KiB".
struct Bound {
  Compare compare = Compare::LessEqual;
  std::int64_t value = 0;
  Unit unit = Unit::Count;
  bool operator==(const Bound&) const = default;
};

std::string to_string(const Bound& bound);
/// Whether `value` keeps the bound.
bool holds(const Bound& bound, std::int64_t value);

/// A metric that a metric is divided by.
enum class Per : std::uint8_t { Run, Node, NodeSecond };

/// Bounds on a measured quantity of the whole run.
struct Metric {
  std::string metric;  ///< e.g. "convergence.visible_after", "net.bytes_sent"
  Per per = Per::Run;
  std::optional<Bound> p50;
  std::optional<Bound> p99;
  std::optional<Bound> max;
  std::optional<Bound> mean;
  std::optional<Bound> count;
  bool operator==(const Metric&) const = default;
};

/// The labels come true in this order.
struct Order {
  std::vector<std::string> labels;
  bool operator==(const Order&) const = default;
};

/// One demand on a run. Never influences it.
struct Expectation {
  Place place;
  std::string id;
  std::variant<Eventually, Always, Never, Keeps, Converged, Metric, Order> form;
  std::string note;
  bool operator==(const Expectation&) const = default;
};

/// Switches an always-on invariant off, or gives it a grace.
struct Relax {
  Place place;
  std::string invariant;          ///< "I1" … "I13", "R1" …
  std::optional<Duration> grace;  ///< off altogether when absent
  std::string reason;
  bool operator==(const Relax&) const = default;
};

}  // namespace sim::scenario
