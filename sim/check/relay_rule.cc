// SPDX-License-Identifier: Apache-2.0
#include "sim/check/relay_rule.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "sim/host/world.h"
#include "syncer/base/quantity.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

constexpr std::string_view kWaysAreShort = "ways-are-short";
constexpr std::string_view kNoInventedLife = "no-invented-life";

constexpr std::size_t kMostPassed = 2;
/// Looked at once in so much simulated time.
constexpr Duration kLookAtWaysEvery = std::chrono::milliseconds(500);
/// Besides the silence after which a region is away: what was on its way, on three links.
constexpr Duration kUnderWay = std::chrono::seconds(5);

class Relays : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kWaysAreShort, kNoInventedLife}; }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind != syncer::EventKind::WayChanged || event.text("via").empty()) return;
    used_ = true;
    const std::string region(event.text("region"));
    std::istringstream via{std::string(event.text("via"))};
    std::set<std::string> passed{region, name_of(node)};
    std::size_t count = 0;
    for (std::string name; via >> name; ++count) {
      const bool circle = !passed.insert(name).second;
      if (circle || !is_relay(name))
        return violated(node, event, circle ? "it goes in a circle" : name + " is no relay");
    }
    if (count > kMostPassed) violated(node, event, "it is longer than three links");
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (now < next_) return;
    next_ = now + kLookAtWaysEvery;
    const auto& world = context_.run->world;
    for (NodeIndex n = 0; n < world.nodes(); ++n) {
      if (world.node(n) != nullptr && !world.paused(n)) alive_[name_of(n)] = now;
    }
    for (NodeIndex n = 0; used_ && n < world.nodes(); ++n) {
      if (world.node(n) != nullptr && !world.paused(n)) look(n, now);
    }
  }

 private:
  const std::string& name_of(NodeIndex n) const {
    const auto& names = context_.run->names;
    return names.regions()[names.nodes()[n].region].name;
  }

  bool is_relay(const std::string& region) const {
    const auto& world = context_.run->world;
    for (NodeIndex n = 0; n < world.nodes(); ++n) {
      // What a syncer that is down was, nobody can say any more.
      if (name_of(n) == region && (world.node(n) == nullptr || world.node(n)->config().sync.relay)) return true;
    }
    return false;
  }

  void violated(NodeIndex node, const syncer::Event& event, const std::string& why) {
    context_.sink->violated(kWaysAreShort,
                            {"node " + context_.node(node) + " reads region " + std::string(event.text("region")) +
                                 " by way of " + std::string(event.text("via")),
                             why});
  }

  void look(NodeIndex n, Instant now) {
    const auto& node = *context_.run->world.node(n);
    const Duration patience = node.config().sync.silence + kUnderWay;
    for (const std::string& region : node.peering().regions()) {
      if (node.peering().link(region).via.empty()) continue;
      if (!node.peering().state(region, context_.run->world.local_time(n)).connected) continue;
      const auto alive = alive_.find(region);
      if (alive == alive_.end() || alive->second + patience >= now) continue;
      context_.sink->violated(kNoInventedLife,
                              {"node " + context_.node(n) + " takes region " + region + " for connected",
                               "no syncer of it has run for " + syncer::to_string(now - alive->second)});
    }
  }

  bool used_ = false;
  Instant next_{};
  std::map<std::string, Instant> alive_;  ///< when a syncer of the region last ran
};

}  // namespace

std::unique_ptr<Rule> make_relay_rule() { return std::make_unique<Relays>(); }

}  // namespace sim::check
