// SPDX-License-Identifier: Apache-2.0
#include "sim/hunt/planned_events.h"

#include <nlohmann/json.hpp>

namespace sim::hunt {
namespace {

using nlohmann::ordered_json;
using syncer::Random;
using Events = std::vector<ordered_json>;

std::string seconds(std::uint64_t n) { return std::to_string(n) + "s"; }

template <class T, std::size_t N>
const T& one_of(Random& random, const T (&items)[N]) {
  return items[static_cast<std::size_t>(random.below(N))];
}

const std::string& one_of(Random& random, const std::vector<std::string>& items) {
  return items[static_cast<std::size_t>(random.below(items.size()))];
}

Events only(ordered_json event) {
  Events events;
  events.push_back(std::move(event));
  return events;
}

/// The second comes so long after the first as its "at" says.
Events both(ordered_json first, ordered_json second) {
  Events events = only(std::move(first));
  events.push_back(std::move(second));
  return events;
}

std::string length(Random& random, std::uint64_t low, std::uint64_t high) {
  return seconds(low + random.below(high - low + 1));
}

}  // namespace

Events PlannedEvents::draw(Random random) const {
  Events all;
  const std::uint64_t count = random.below(5);
  for (std::uint64_t i = 0; i < count; ++i) {
    for (ordered_json& event : one(random.stream(i), "plan-" + std::to_string(i + 1))) all.push_back(std::move(event));
  }
  return all;
}

/// The first at its time, the others hang on it.
Events PlannedEvents::one(Random random, const std::string& id) const {
  const Region& region = cast_.regions[static_cast<std::size_t>(random.below(cast_.regions.size()))];
  const std::uint64_t at = from_ + random.below(until_ - from_);
  Events events;
  switch (random.below(3)) {
    case 0:
      events = of_process(random, region);
      break;
    case 1:
      events = of_registry(random, region);
      break;
    default:
      events = of_network(random, region);
      break;
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!events[i].contains("id")) events[i]["id"] = i == 0 ? id : id + "-" + std::to_string(i + 1);
    if (i == 0) events[i]["at"] = seconds(at);
  }
  for (std::size_t i = 1; i < events.size(); ++i) {
    const std::string wait = events[i].value("at", "5s");
    events[i].erase("at");
    events[i]["after"] = events[0]["id"].get<std::string>() + " + " + wait;
    if (events[i].value("to", "") == "FIRST") events[i]["to"] = events[0]["id"];
  }
  return events;
}

Events PlannedEvents::of_process(Random random, const Region& region) const {
  static constexpr const char* kFates[] = {"keep", "lose_unsynced", "tear"};
  static constexpr const char* kCalls[] = {"registry_write", "disk_write"};
  static constexpr const char* kSick[] = {"fail", "full", "slow"};
  const std::string who = one_of(random, region.syncers);
  const std::string leader = "leader(region:" + region.name + ")";
  const std::string fate = one_of(random, kFates);
  switch (random.below(8)) {
    case 0:
      return only({{"do", "crash_at"},
                   {"who", who},
                   {"call", one_of(random, kCalls)},
                   {"nth", 1 + random.below(8)},
                   {"disk", fate},
                   {"down", length(random, 1, 5)}});
    case 1:
      return only({{"do", "bounce"},
                   {"who", "region:" + region.name + " - " + region.registry},
                   {"down", length(random, 1, 20)},
                   {"disk", fate}});
    case 2:
      return only({{"do", "pause"}, {"who", leader}, {"for", length(random, 3, 15)}});
    case 3:
      return only({{"do", "suspend"}, {"who", leader}, {"for", length(random, 3, 15)}});
    case 4:
      return both({{"do", "stop"}, {"who", who}}, {{"do", "start"}, {"who", who}, {"at", length(random, 5, 20)}});
    case 5:
      return both({{"do", "crash"}, {"who", who}, {"disk", fate}},
                  {{"do", "restart"}, {"who", who}, {"moved", true}, {"at", length(random, 2, 15)}});
    case 6:
      if (region.is_cluster)
        return only({{"do", "disk.fault"},
                     {"who", who},
                     {"mode", "slow"},
                     {"factor", 20 + random.below(60)},
                     {"for", length(random, 5, 30)}});
      return only(
          {{"do", "disk.fault"}, {"who", who}, {"mode", one_of(random, kSick)}, {"for", length(random, 2, 15)}});
    default:
      return only(
          {{"do", "clock.drift"}, {"who", who}, {"ppm", static_cast<std::int64_t>(random.below(100'000)) - 50'000}});
  }
}

Events PlannedEvents::of_registry(Random random, const Region& region) const {
  static constexpr const char* kHands[] = {"status", "properties", "delete"};
  const std::string own = "base/svc-1/*";
  switch (random.below(8)) {
    case 0:
      return only({{"do", "registry.data_loss"}, {"registry", region.registry}});
    case 1:
      return both(
          {{"do", "guard.release"}, {"who", region.syncers.front()}, {"note", "the moment of the backup"}},
          {{"do", "registry.restore"}, {"registry", region.registry}, {"to", "FIRST"}, {"at", length(random, 10, 40)}});
    case 2:
      return only({{"do", "registry.meddle"},
                   {"registry", region.registry},
                   {"instance", "base/*/*"},
                   {"how", one_of(random, kHands)}});
    case 3:
      return both({{"do", "registry.update"},
                   {"registry", region.registry},
                   {"instance", own},
                   {"properties", {{"zone", "z" + std::to_string(random.below(9))}}}},
                  {{"do", "registry.update"},
                   {"registry", region.registry},
                   {"instance", own},
                   {"properties", {{"zone", "again"}}},
                   {"at", length(random, 1, 10)}});
    case 4:
      return both({{"do", "registry.status"}, {"registry", region.registry}, {"instance", own}, {"status", "DOWN"}},
                  {{"do", "registry.status"},
                   {"registry", region.registry},
                   {"instance", own},
                   {"status", "UP"},
                   {"at", length(random, 1, 10)}});
    case 5:
      return only({{"do", "registry.deregister"}, {"registry", region.registry}, {"instance", own}});
    case 6:
      if (region.front_ends > 1)
        return only({{"do", "registry.failover"},
                     {"registry", region.registry},
                     {"address", random.below(2)},
                     {"for", length(random, 10, 40)}});
      return only(
          {{"do", "registry.outage"}, {"registry", region.registry}, {"mode", "hang"}, {"for", length(random, 5, 40)}});
    default:
      return only({{"do", "registry.fail"},
                   {"registry", region.registry},
                   {"with", ordered_json::array({ordered_json{{"reset_after_apply", true}}})},
                   {"rate", std::to_string(10 + random.below(80)) + "%"},
                   {"for", length(random, 5, 30)}});
  }
}

Events PlannedEvents::of_network(Random random, const Region& region) const {
  static constexpr const char* kShapes[] = {"halves", "isolate_one", "ring", "bridge"};
  static constexpr const char* kModes[] = {"drop", "jam"};
  const std::string inside = "region:" + region.name;
  switch (random.below(5)) {
    case 0:
      return only({{"do", "partition"},
                   {"shape", one_of(random, kShapes)},
                   {"among", "all"},
                   {"mode", one_of(random, kModes)},
                   {"for", length(random, 3, 30)}});
    case 1:
      return only({{"do", "partition"},
                   {"from", inside},
                   {"to", "not(" + inside + ")"},
                   {"mode", one_of(random, kModes)},
                   {"for", length(random, 3, 40)}});
    case 2:
      return only({{"do", "partition"},
                   {"from", region.syncers.front()},
                   {"to", region.registry},
                   {"both", true},
                   {"for", length(random, 3, 30)}});
    case 3:
      return only({{"do", "swizzle"}, {"who", "all"}, {"down_gap", "500ms"}, {"up_gap", "700ms"}});
    default:
      if (cast_.sealed)
        return only(
            {{"do", "fuzz_peer"}, {"who", "all"}, {"what", "noise"}, {"rate", "20/s"}, {"for", length(random, 5, 20)}});
      return only({{"do", "link"},
                   {"from", inside},
                   {"to", "not(" + inside + ")"},
                   {"both", true},
                   {"loss", std::to_string(5 + random.below(40)) + "%"},
                   {"for", length(random, 5, 30)}});
  }
}

}  // namespace sim::hunt
