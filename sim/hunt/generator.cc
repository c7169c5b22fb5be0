// SPDX-License-Identifier: Apache-2.0
#include "sim/hunt/generator.h"

#include <nlohmann/json.hpp>

#include "sim/hunt/planned_events.h"

namespace sim::hunt {
namespace {

using nlohmann::ordered_json;
using syncer::Random;

/// Faults come between these, in seconds; then everything heals, and there is time to converge and to stay so.
constexpr std::uint64_t kCalmStart = 20;
constexpr std::uint64_t kStormEnds = 100;
constexpr std::uint64_t kSettles = 110;
constexpr std::uint64_t kConverges = 100;
constexpr std::uint64_t kQuiet = 10;

std::string seconds(std::uint64_t n) { return std::to_string(n) + "s"; }
bool one_in(Random& random, std::uint64_t n) { return random.below(n) == 0; }

template <class T, std::size_t N>
const T& one_of(Random& random, const T (&items)[N]) {
  return items[static_cast<std::size_t>(random.below(N))];
}

class Generator {
 public:
  explicit Generator(const Genome& genome) : genome_(genome) {}

  ordered_json scenario() {
    document_ = {{"scenario", 1}, {"name", "hunted-" + to_string(genome_)}, {"seed", genome_.genes[Genome::Seed]}};
    document_["duration"] = seconds(kSettles + kConverges + kQuiet);
    topology(stream(Genome::Topology));
    settings(stream(Genome::Settings));
    workloads(stream(Genome::Workloads));
    document_["events"] = ordered_json::array();
    document_["events"].push_back({{"id", "boot"}, {"at", "0s"}, {"do", "start"}, {"who", "all"}, {"spread", "2s"}});
    PlannedEvents planned(cast_, kCalmStart, kStormEnds);
    for (ordered_json& event : planned.draw(stream(Genome::Script))) document_["events"].push_back(std::move(event));
    faults(stream(Genome::Faults));
    document_["settle"] = {{"core", "all"}, {"within", seconds(kConverges)}, {"quiet", seconds(kQuiet)}};
    ordered_json& expect = document_["expect"] = ordered_json::array();
    expect.push_back({{"id", "loop"}, {"never", {{"loop_back", "any"}}}});
    expect.push_back({{"id", "final"}, {"converged", "core"}, {"after", "settle"}, {"within", seconds(kConverges)}});
    if (cast_.clusters > 0) {
      expect.push_back({{"id", "one"}, {"always", {{"leaders_per_term", "all"}, {"at_most", 1}}}});
      expect.push_back({{"id", "fence"}, {"never", {{"writes_by_non_leader", "any"}}}});
    }
    return std::move(document_);
  }

 private:
  Random stream(Genome::Gene gene) const { return Random(genome_.genes[gene]).stream("hunt"); }

  void topology(Random random) {
    static constexpr const char* kRegions[] = {"east", "west", "south", "north"};
    static constexpr std::uint64_t kCounts[] = {2, 2, 2, 3, 3, 4};
    const std::uint64_t count = one_of(random, kCounts);
    ordered_json& topology = document_["topology"];
    for (std::uint64_t i = 0; i < count; ++i) region(kRegions[i], random.stream("region").stream(i));
    if (one_in(random, 4)) topology["sealed"] = true;
    if (one_in(random, 8)) topology["certificates"] = "required";
    cast_.sealed = topology.contains("sealed");
    ordered_json& links = topology["links"] = ordered_json::array();
    links.push_back({{"from", "all"}, {"to", "all"}, {"latency", latency(random.stream("latency"))}});
    const ordered_json near = {{"dist", "uniform"}, {"min", "100us"}, {"max", "1ms"}};
    links.push_back({{"within", "any-region"}, {"latency", near}});
    const std::uint64_t loss = random.below(4);
    if (loss > 0) links[0]["loss"] = std::to_string(loss) + "%";
  }

  void region(const std::string& name, Random random) {
    const bool cluster = one_in(random, 4);
    std::vector<std::string> syncers;
    for (int i = 1; i <= (cluster ? 3 : 1); ++i) syncers.push_back(name.substr(0, 1) + std::to_string(i));
    const std::string registry = "sc-" + name.substr(0, 1);
    ordered_json& region = document_["topology"]["regions"][name];
    region = {{"registry", registry}, {"syncers", syncers}};
    if (cluster) region["mode"] = "cluster";
    cast_.clusters += cluster ? 1 : 0;
    static constexpr const char* kKinds[] = {"servicecenter", "servicecenter", "servicecenter",
                                             "servicecenter", "eureka",        "nacos"};
    static constexpr const char* kLeases[] = {"30s", "40s", "60s"};
    const std::string kind = one_of(random, kKinds);
    ordered_json& details = document_["topology"]["registries"][registry];
    details = {{"kind", kind}, {"ttl", one_of(random, kLeases)}};
    const bool two = kind == "servicecenter" && one_in(random, 4);
    if (two) details["front_ends"] = 2;
    cast_.regions.push_back({name, registry, kind, syncers, cluster, two ? 2U : 1U});
  }

  static ordered_json latency(Random random) {
    static constexpr const char* kMeans[] = {"1ms", "10ms", "30ms", "80ms"};
    const std::string mean = one_of(random, kMeans);
    if (one_in(random, 2)) return mean;
    return {{"dist", "exp"}, {"min", "1ms"}, {"mean", mean}};
  }

  void settings(Random random) {
    std::string seeds;
    for (const Region& region : cast_.regions) seeds += (seeds.empty() ? "" : ",") + region.syncers.front();
    ordered_json& all = document_["config"]["all"];
    all["join"] = seeds;
    static constexpr const char* kIntervals[] = {"1s", "2s", "5s", "10s"};
    // No shorter guard.hold: a loss that is held for less than its lease is passed on, as that setting says.
    static constexpr const char* kHolds[] = {"10s", "20s", "60s"};
    if (one_in(random, 3)) all["sync.interval"] = one_of(random, kIntervals);
    if (one_in(random, 4)) all["sync.hold"] = one_of(random, kHolds);
    if (one_in(random, 6)) all["sync.heartbeat"] = "500ms";
  }

  void workloads(Random random) {
    const auto number = [&](std::uint64_t low, std::uint64_t high) { return low + random.below(high - low + 1); };
    const std::uint64_t services = number(1, 4);
    const std::uint64_t instances = number(1, 6);
    ordered_json& all = document_["workloads"];
    all = ordered_json::array();
    all.push_back({{"id", "base"}, {"kind", "steady"}, {"registry", "all"}});
    all[0]["services"] = services;
    all[0]["instances_per_service"] = instances;
    if (one_in(random, 4)) all[0]["at"] = seconds(number(0, 30));
    if (!one_in(random, 3)) {
      all.push_back(
          {{"id", "churn"}, {"kind", "churn"}, {"registry", "all"}, {"from", "5s"}, {"until", seconds(kStormEnds)}});
      all.back()["population"] = number(5, 40);
      all.back()["services"] = number(1, 6);
      all.back()["register"] = "1/" + seconds(number(1, 6));
      all.back()["deregister"] = "1/" + seconds(number(1, 6));
      if (one_in(random, 2)) all.back()["stop_heartbeat"] = "1/" + seconds(number(5, 20));
    }
    if (one_in(random, 4)) {
      all.push_back({{"id", "burst"}, {"kind", "burst"}, {"registry", "any"}, {"services", number(1, 5)}});
      all.back()["at"] = seconds(number(kCalmStart, 80));
      all.back()["count"] = number(20, 120);
      all.back()["within"] = seconds(number(1, 5));
    }
    if (one_in(random, 5)) {
      all.push_back({{"id", "flap"}, {"kind", "flap"}, {"registry", cast_.regions.front().registry}});
      all.back()["from"] = "20s";
      all.back()["until"] = seconds(kStormEnds);
      all.back()["up"] = seconds(number(2, 10));
      all.back()["down"] = seconds(number(1, 8));
    }
    if (one_in(random, 5)) {
      all.push_back({{"id", "herd"}, {"kind", "herd"}, {"registry", "all"}, {"instances", "base/*/*"}});
      all.back()["at"] = seconds(number(40, 60));
      all.back()["down"] = seconds(number(10, 60));
      all.back()["within"] = "5s";
    }
    if (one_in(random, 5)) {
      all.push_back({{"id", "deploy"}, {"kind", "rolling_deploy"}, {"registry", cast_.regions.front().registry}});
      all.back()["at"] = seconds(number(40, 70));
      all.back()["service"] = "base/svc-1";
      all.back()["batch"] = number(1, 3);
      all.back()["pause"] = "2s";
    }
  }

  void faults(Random random) {
    std::vector<std::string> families = {"crash",
                                         "restart",
                                         "pause",
                                         "suspend",
                                         "slow",
                                         "partition",
                                         "clog",
                                         "swizzle",
                                         "reset",
                                         "half_open",
                                         "loss",
                                         "duplicate",
                                         "reorder",
                                         "corrupt",
                                         "clock.drift",
                                         "clock.jump",
                                         "registry.outage",
                                         "registry.fail",
                                         "registry.slow",
                                         "registry.list_empty",
                                         "registry.list_partial",
                                         "registry.stale_read",
                                         "registry.limit"};
    if (cast_.sealed) families.push_back("hostile");
    ordered_json storm = {
        {"id", "storm"}, {"from", seconds(kCalmStart)}, {"until", seconds(kStormEnds)}, {"swarm", true}};
    random.shuffle(families);
    // Few kinds at a time reach deeper than all of them (swarm testing, Groce et al. 2012).
    families.resize(static_cast<std::size_t>(2 + random.below(families.size() - 2)));
    storm["families"] = families;
    storm["every"] = {{"dist", "exp"}, {"mean", seconds(2 + random.below(7))}};
    storm["budget"] = {{"down_per_cluster", 1},
                       {"regions_cut", 1 + random.below(2)},
                       {"registries_out", 1 + random.below(2)},
                       {"wiped_disks", cast_.clusters > 0 ? 0 : random.below(2)}};
    document_["chaos"] = ordered_json::array();
    document_["chaos"].push_back(std::move(storm));
  }

  const Genome& genome_;
  Cast cast_;
  ordered_json document_;
};

}  // namespace

scenario::Parsed generate(const Genome& genome, const scenario::Vocabulary& vocabulary) {
  const std::string name = "hunted-" + to_string(genome);
  return scenario::parse(name + ".json", Generator(genome).scenario().dump(2), vocabulary);
}

}  // namespace sim::hunt
