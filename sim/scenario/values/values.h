// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace sim::scenario {

using syncer::Duration;
using syncer::Ratio;

/// Where something was written. Not part of its value: two things written at different places are equal.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Place&) const { return true; }
};

/// "file:line"
std::string to_string(const Place& place);

/// An amount of memory or traffic: "64KiB".
struct Size {
  std::uint64_t bytes = 0;
  bool operator==(const Size&) const = default;
};

/// "10Mbit".
struct Bandwidth {
  std::uint64_t bits_per_second = 0;
  bool operator==(const Bandwidth&) const = default;
};

/// How often something happens, as the mean distance of two happenings: "2/s" is 500 ms.
struct Rate {
  Duration gap{};
  bool operator==(const Rate&) const = default;
};

/// A length of time with a sign: "-5s".
struct Shift {
  Duration by{};
  bool operator==(const Shift&) const = default;
};

/// Some nodes, registries, regions or instances, by the text of section "Selectors". Its syntax is checked when
/// the file is read; it is resolved (selector.h) when it is needed, because "random(1, all)" may differ each time.
struct Selector {
  std::string text;
  bool empty() const { return text.empty(); }
  bool operator==(const Selector&) const = default;
};

/// A point in the run: absolute ("20s": `label` is empty) or relative to a label ("reg + 30s", "reg - 1s", "reg").
/// Labels are the ids of events and workloads, and the reserved "settle" and "end".
struct Moment {
  std::string label;
  Duration offset{};
  bool absolute() const { return label.empty(); }
  bool operator==(const Moment&) const = default;
};

std::string to_string(const Moment& moment);

/// A microservice's key in a registry.
struct ServiceKey {
  std::string environment;  ///< empty for the registry's default
  std::string app = "default";
  std::string name;
  std::string version = "1.0.0";
  bool operator==(const ServiceKey&) const = default;
};

/// One "key": "value" of properties or settings, in file order.
struct Pair {
  std::string key;
  std::string value;
  bool operator==(const Pair&) const = default;
};
using Pairs = std::vector<Pair>;

/// Settings of a node, exactly the keys of the daemon's file.
struct Settings {
  Pairs pairs;
  bool operator==(const Settings&) const = default;
};

}  // namespace sim::scenario
