// SPDX-License-Identifier: Apache-2.0
#include "sim/check/resource_rule.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "sim/host/world.h"
#include "sim/scenario/run/faults.h"
#include "syncer/base/quantity.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

constexpr std::string_view kResourcesReturn = "resources-return";

/// Looked at once in so much simulated time.
constexpr Duration kLookEvery = std::chrono::seconds(1);
/// What is under way for an ordinary reason is over within this; a leak stays.
constexpr Duration kPatience = std::chrono::seconds(10);
/// What a fault or a change started is over so long after it.
constexpr Duration kAtRest = std::chrono::seconds(30);
/// Of what is a handful at most, whatever lives.
constexpr std::size_t kFew = 16;
/// A frame that is being received, per link.
constexpr std::size_t kFrameBytes = std::size_t{64} << 10U;
/// Requests of one reading, and leases that are due.
constexpr std::size_t kCalls = 32;

/// What lives in a run, and what went lately: guards, ghosts and removals are remembered for as long as a lease and a
/// half.
class Population {
 public:
  void note(const Write& write) {
    if (write.change.instance == nullptr) return;
    longest_lease_ = std::max(longest_lease_, write.change.instance->lease);
    services_.insert(write.change.instance->service);
    if (is_end(write.change.kind)) ended_.push_back(write.change.at);
  }
  void pass(Instant now) {
    const Duration remembered = std::max<Duration>(std::chrono::minutes(1), longest_lease_ * 3 / 2) + kAtRest;
    while (!ended_.empty() && ended_.front() + remembered < now) ended_.pop_front();
  }
  /// Instances that went a short while ago, of all registries.
  std::size_t ended() const { return ended_.size(); }
  /// Services that there ever were; a registry keeps one when its last instance is gone.
  std::size_t services() const { return services_.size(); }

 private:
  Duration longest_lease_{};
  std::set<std::string> services_;
  std::deque<Instant> ended_;
};

/// One thing that a node holds, and how much of it there is reason for.
struct Row {
  std::string_view what;
  std::size_t held;
  std::size_t most;
  std::string_view reason;
};

class Resources : public Rule {
 public:
  explicit Resources(const Calm& calm) : calm_(calm) {}

  std::vector<std::string_view> ids() const override { return {kResourcesReturn}; }
  void on_write(const Write& write) override { population_.note(write); }
  void on_host_change(NodeIndex node, host::HostChange) override { over_since_.erase(node); }
  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (now < next_) return;
    next_ = now + kLookEvery;
    population_.pass(now);
    const auto& world = context_.run->world;
    for (NodeIndex n = 0; n < world.nodes(); ++n) {
      if (world.node(n) != nullptr && !world.paused(n)) look(n, world.node(n)->sizes());
    }
  }

 private:
  void look(NodeIndex n, const syncer::node::Sizes& sizes) {
    rows_.clear();
    add_balances(n, sizes);
    add_living(n, sizes);
    add_rest(sizes);
    for (const Row& row : rows_) judge(n, row);
  }

  void equal(std::string_view what, std::size_t one, std::size_t other, std::string_view reason) {
    rows_.push_back({what, std::max(one, other), std::min(one, other), reason});
  }
  void most(std::string_view what, std::size_t held, std::size_t most, std::string_view reason) {
    rows_.push_back({what, held, most, reason});
  }

  /// What is true whatever happens.
  void add_balances(NodeIndex n, const syncer::node::Sizes& s) {
    const host::Taken taken = context_.run->world.taken(n);
    if (!taken.is_behind) {
      equal("open streams", taken.streams, s.streams(), "its parts know the others");
      equal("calls under way", taken.calls, s.catalog.registry.calls, "its parts know the others");
    }
    equal("accepted gossip streams", s.gossip.accepted, s.gossip.accepted_counted, "as counted");
    equal("suspicions", s.gossip.suspects, s.gossip.suspects_counted, "as counted");
    equal("ids of regions", s.peering.region_ids, s.peering.regions, "one a region");
    equal("bytes of unacknowledged pushes", s.peering.log.batch_bytes, s.peering.log.bytes_counted, "as counted");
    const auto& registry = s.catalog.registry;
    equal("places for calls", registry.calls, registry.calls_counted, "as counted");
    equal("absences that are asked for", registry.suspects, registry.suspects_queued, "in its queues");
    most("timers of renewals", registry.lease_timers, registry.leases, "one a lease");
    equal("read entries", s.catalog.driver.read_entries, s.catalog.driver.entries_counted, "as counted");
    equal("exported instances", s.catalog.exported, s.catalog.exported_counted, "in its services");
    equal("copies with a call under way", s.catalog.busy, s.catalog.busy_counted, "as counted");
    equal("rejected copies", s.catalog.rejected, s.catalog.rejected_counted, "as counted");
    equal("held removals", s.catalog.guards.held, s.catalog.guards.held_by_rules, "by their rules");
    most("changes that no region was told", s.catalog.untold, s.catalog.exported_records + s.peering.log.records,
         "that many are exported, or were when they were told last");
    most("changes that wait for the end of a pause", s.peering.log.waiting,
         s.peering.log.audiences * s.peering.log.records + s.peering.log.shown,
         "that many are exported, or were when it began");
    equal("removals that may be taken back", s.catalog.restorable, s.catalog.restorable_timers, "one timer each");
  }

  /// What is kept for instances is bounded by those that live or went lately.
  void add_living(NodeIndex n, const syncer::node::Sizes& s) {
    const std::string_view here = "that many live in its registry, or went lately";
    const std::string_view anywhere = "that many live anywhere, or went lately";
    const std::size_t ended = population_.ended();
    const std::size_t home = context_.ledger->living(context_.home_of(n)) + ended + kFew;
    std::size_t all = ended + kFew;
    for (RegistryIndex r = 0; r < context_.run->world.registries(); ++r) all += context_.ledger->living(r);
    const auto& registry = s.catalog.registry;
    most("leases", registry.leases, home, here);
    most("ghosts", registry.ghosts, ended + kFew, "that many went lately");
    most("timers of ghosts", registry.ghost_timers, 2 * ended + kFew, "that many went lately");
    most("entries of its registry", registry.entries, home, here);
    most("copies", s.catalog.copies, home, here);
    most("removed instances", s.catalog.restorable, ended + kFew, "that many went lately");
    most("desired copies", s.catalog.desired, all, anywhere);
    most("entries behind its guards", s.catalog.guards.entries, 2 * all, anywhere);
    most("timers of its guards", s.catalog.guards.timers, s.catalog.guards.entries + kFew, "one an entry");
    most("timers of copies", s.catalog.copy_timers, 2 * all, anywhere);
    const std::size_t services = population_.services() + kFew;
    most("services", registry.services, services, "that many there were");
    most("services of copies", s.catalog.driver.preparations, services, "that many there were");
    most("own services", s.catalog.driver.followed, services, "that many there were");
  }

  /// Without faults and changes nothing is under way but what is always repeated.
  void add_rest(const syncer::node::Sizes& s) {
    const bool rests =
        !calm_.has_strangers() && calm_.lasts(kAtRest) && calm_.is_still(kAtRest) && s.catalog.guards.held == 0;
    const auto at_rest = [&](std::string_view what, std::size_t held, std::size_t base) {
      most(what, rests ? held : 0, base, "nothing happens");
    };
    const std::size_t nodes = context_.run->names.nodes().size();
    const std::size_t regions = context_.run->names.regions().size();
    at_rest("unidentified streams", s.unidentified, 0);
    at_rest("gossip streams", s.gossip.streams, nodes);
    at_rest("relayed pings", s.gossip.relays, 0);
    at_rest("running suspicions", s.gossip.suspects, 0);
    at_rest("news to tell", s.gossip.news, 0);
    at_rest("members", s.gossip.members, nodes);
    at_rest("links of no region", s.peering.unattached_links, 0);
    at_rest("links", s.peering.links, 2 * regions);
    at_rest("bytes of unfinished frames", s.peering.buffered_bytes + s.cluster.buffered_bytes,
            kFrameBytes * s.streams());
    at_rest("newcomers to regions", s.peering.challenges, 0);
    at_rest("regions", s.peering.regions, regions);
    at_rest("unacknowledged pushes", s.peering.log.batches, 0);
    at_rest("repairs that are sent", s.peering.log.transfers, 0);
    at_rest("repairs that are received", s.peering.log.repairs, 0);
    at_rest("remembered removals", s.peering.log.tombstones, 0);
    at_rest("calls to its registry", s.catalog.registry.calls, kCalls);
    at_rest("waiting calls", s.catalog.registry.waiting_calls, kFew);
    at_rest("absences that are not decided", s.catalog.registry.suspects, 0);
    at_rest("copies that wait", s.catalog.queued + s.catalog.busy + s.catalog.touched, 0);
    at_rest("leases without a copy", s.catalog.registry.leases, s.catalog.copies + 1);
    at_rest("links to other voters", s.cluster.links, 2 * nodes);
    at_rest("unfinished writes to the disk", s.cluster.writes, 0);
    at_rest("bytes of uncommitted commands", s.cluster.uncommitted_bytes, 0);
  }

  /// Only what stays too much for a while is a leak.
  void judge(NodeIndex n, const Row& row) {
    auto& since = over_since_[n];
    if (row.held <= row.most) {
      since.erase(row.what);
      return;
    }
    const Instant now = context_.now();
    const Instant began = since.try_emplace(row.what, now).first->second;
    if (now - began < kPatience + context_.sink->grace(kResourcesReturn)) return;
    context_.sink->violated(kResourcesReturn,
                            {"node " + context_.node(n) + " holds " + std::to_string(row.held) + " " +
                             std::string(row.what) + ", since " + syncer::to_string(began.time_since_epoch()) +
                             " more than " + std::to_string(row.most) + ": " + std::string(row.reason)});
  }

  const Calm& calm_;
  Population population_;
  Instant next_{};
  std::vector<Row> rows_;
  std::map<NodeIndex, std::map<std::string_view, Instant>> over_since_;
};

}  // namespace

std::unique_ptr<Rule> make_resource_rule(const Calm& calm) { return std::make_unique<Resources>(calm); }

}  // namespace sim::check
