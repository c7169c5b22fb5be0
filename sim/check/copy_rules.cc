// SPDX-License-Identifier: Apache-2.0
#include "sim/check/copy_rules.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/check/rule.h"
#include "sim/host/world.h"
#include "syncer/base/ids.h"
#include "syncer/base/quantity.h"
#include "syncer/base/sometimes.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

constexpr std::string_view kAppsUntouched = "apps-untouched";
constexpr std::string_view kCopiesOfOrigins = "copies-of-origins";
constexpr std::string_view kSingleCopy = "single-copy";
constexpr std::string_view kNoEpochRegression = "no-epoch-regression";
constexpr std::string_view kRepeatsIgnored = "repeats-ignored";
constexpr std::string_view kDamageDropped = "damage-dropped";

class HandsOff : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kAppsUntouched}; }

  void on_write(const Write& write) override {
    if (!write.writer) return;
    const Origin* origin = context_.ledger->origin(write.name);
    const bool native =
        origin != nullptr && (origin->alive || origin->stepped == write.change.at) && write.before == nullptr;
    if (!native) return;
    context_.sink->violated(
        kAppsUntouched,
        {"syncer " + context_.node(*write.writer) + " did " + std::string(write.change.what) + " to instance " +
             write.name.instance + " of registry " + context_.registry(write.name.registry),
         "an application registered that instance there"});
  }
};

class Copies : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kCopiesOfOrigins}; }

  void on_write(const Write& write) override {
    if (write.change.kind != host::RegistryChangeKind::InstanceRegistered || !write.writer) return;
    const std::string who = "syncer " + context_.node(*write.writer) + " registered " + write.name.instance + " in " +
                            context_.registry(write.name.registry);
    if (write.after == nullptr) {
      context_.sink->violated(kCopiesOfOrigins, {who + " without marks: every syncer will take it for an origin"});
      return;
    }
    check_origin(who, *write.after);
  }

 private:
  void check_origin(const std::string& who, const Copy& copy) {
    if (!copy.origin) return;
    if (copy.origin->registry == copy.name.registry) {
      context_.sink->violated(kCopiesOfOrigins,
                              {who + " as a copy from region " + copy.region, "that is its home registry"});
    } else if (context_.ledger->copy(*copy.origin) != nullptr) {
      context_.sink->violated(kCopiesOfOrigins,
                              {who + " as a copy of " + copy.origin->instance,
                               "which is itself a copy in " + context_.registry(copy.origin->registry)});
    } else if (!context_.ledger->origin(*copy.origin)->known) {
      context_.sink->violated(kCopiesOfOrigins,
                              {who + " as a copy of " + copy.origin->instance,
                               "which no application ever registered in " + context_.registry(copy.origin->registry)});
    }
  }
};

}  // namespace

std::unique_ptr<Rule> make_hands_off_rule() { return std::make_unique<HandsOff>(); }
std::unique_ptr<Rule> make_copy_rule() { return std::make_unique<Copies>(); }

namespace {

// One copy of an instance in each foreign registry. Only while its endpoints change may the former one stand beside
// the new one (make before break), and not for long.

/// How long two copies may stand side by side while nothing hinders the writer: its slowest retry and one reading.
constexpr Duration kBrokenWithin = std::chrono::seconds(15);
constexpr Duration kLookEvery = std::chrono::milliseconds(100);
constexpr std::size_t kSideBySide = 2;

class SingleCopy : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kSingleCopy}; }

  void on_write(const Write& write) override {
    const bool registered = write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.writer;
    if (!registered || write.after == nullptr || !write.after->origin) return;
    const Copy& copy = *write.after;
    const std::string who = "syncer " + context_.node(*write.writer) + " registered " + write.name.instance + " in " +
                            context_.registry(write.name.registry) + " as a copy of " + copy.origin->instance;
    if (const Copy* other = equal_copy(*context_.ledger, copy)) {
      context_.sink->violated(kSingleCopy,
                              {who, other->name.instance + " is an equal copy of the same instance there"});
    }
    const std::size_t copies = count(*copy.origin, write.name.registry);
    if (copies > kSideBySide) {
      context_.sink->violated(kSingleCopy, {who, std::to_string(copies) + " copies of that stand side by side there"});
    }
    if (copies > 1) doubled_.emplace(std::pair(*copy.origin, write.name.registry), write.change.at + kBrokenWithin);
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant now) override {
    if (doubled_.empty() || now < next_) return;
    next_ = now + kLookEvery;
    for (auto it = doubled_.begin(); it != doubled_.end();) it = is_over(*it, now) ? doubled_.erase(it) : std::next(it);
  }

 private:
  using Doubled = std::map<std::pair<InstanceName, RegistryIndex>, Instant>;  ///< and when that must be over

  std::size_t count(const InstanceName& origin, RegistryIndex registry) const {
    return context_.ledger->origin(origin)->sights[registry].copies.size();
  }

  bool is_over(Doubled::value_type& doubled, Instant now) {
    const auto& [origin, registry] = doubled.first;
    if (count(origin, registry) < kSideBySide) return true;
    if (is_hindered(registry)) doubled.second = now + kBrokenWithin;
    if (now <= doubled.second + context_.sink->grace(kSingleCopy)) return false;
    context_.sink->violated(kSingleCopy, {context_.registry(registry) + " shows " +
                                              std::to_string(count(origin, registry)) + " copies of " + origin.instance,
                                          "nothing hindered its syncer for " + syncer::to_string(kBrokenWithin)});
    return true;
  }

  /// A registry that two regions share is nobody's to write.
  bool is_hindered(RegistryIndex registry) const {
    const auto& regions = context_.run->names.regions();
    const auto here = [&](const auto& region) { return region.registry == registry; };
    const auto region = std::find_if(regions.begin(), regions.end(), here);
    if (region == regions.end() || std::count_if(regions.begin(), regions.end(), here) > 1) return true;
    const auto writer = writer_of(*context_.run, *region);
    SYNCER_SOMETIMES(true, "check.two_copies_for_long");
    return !writer || is_kept_from(*context_.run, *writer, registry);
  }

  Doubled doubled_;
  Instant next_{};
};

}  // namespace

const Copy* equal_copy(const Ledger& ledger, const Copy& copy) {
  if (!copy.origin) return nullptr;
  for (const InstanceName& other : ledger.origin(*copy.origin)->sights[copy.name.registry].copies) {
    const Copy* found = ledger.copy(other);
    if (other != copy.name && found->endpoints == copy.endpoints && found->content.matches(copy.content)) return found;
  }
  return nullptr;
}

std::unique_ptr<Rule> make_single_copy_rule() { return std::make_unique<SingleCopy>(); }

namespace {

using syncer::Epoch;

/// The marks in a registry are the memory that outlives every process: whatever a syncer writes there of a region is of
/// the latest epoch that a copy of the region there is marked with, or of a later one.
class Marks : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoEpochRegression}; }

  void on_write(const Write& write) override {
    if (write.before != nullptr) count(*write.before, -1);
    if (write.after != nullptr) count(*write.after, 1);
  }

  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    const RegistryIndex registry = context_.home_of(node);
    const auto mark = context_.run->world.registry(registry).mark_of(request);
    if (!mark) return;
    const auto marks = marks_.find({registry, mark->region});
    if (marks == marks_.end() || mark->epoch >= marks->second.rbegin()->first) return;
    context_.sink->violated(kNoEpochRegression, {"node " + context_.node(node) + " writes a copy of region " +
                                                     mark->region + " as of epoch " + syncer::to_string(mark->epoch),
                                                 "registry " + context_.registry(registry) + " holds one of epoch " +
                                                     syncer::to_string(marks->second.rbegin()->first)});
  }

 private:
  void count(const Copy& copy, int by) {
    const std::pair<RegistryIndex, std::string> place{copy.name.registry, copy.region};
    auto& marks = marks_[place];
    const auto mark = marks.try_emplace(copy.epoch, 0).first;
    mark->second += by;
    if (mark->second == 0) marks.erase(mark);
    if (marks.empty()) marks_.erase(place);
  }

  /// By registry and region: how many copies are marked with each epoch.
  std::map<std::pair<RegistryIndex, std::string>, std::map<Epoch, int>> marks_;
};

}  // namespace

std::unique_ptr<Rule> make_mark_rule() { return std::make_unique<Marks>(); }

namespace {

using syncer::EventKind;

/// Compares a node before and after it worked on a datagram that the network damaged or delivered twice. Streams need
/// no such look: TCP repeats nothing, and a damaged segment is sent again by the network.
class Deliveries : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kRepeatsIgnored, kDamageDropped}; }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind == EventKind::PacketDropped) ++dropped_;
    if (event.kind == EventKind::MemberJoined) joined_[node] = context_.now();
  }

  void before_odd_delivery(const host::OddDelivery& delivery) override {
    before_ = state(delivery);
    dropped_ = 0;
  }

  void after_odd_delivery(const host::OddDelivery& delivery) override {
    const bool same = state(delivery) == before_;
    const std::string who = "node " + context_.node(delivery.node);
    if (delivery.oddity == host::Oddity::Repeated) {
      // The first may have been about a member that was unknown then; once it has joined, the second is news.
      const bool comparable = joined_[delivery.node] < delivery.first;
      if (same || !comparable) return;
      return context_.sink->violated(kRepeatsIgnored,
                                     {who + " took up a datagram twice, and the second changed its members"});
    }
    if (!same)
      context_.sink->violated(kDamageDropped, {who + " believed a damaged datagram: its state changed"});
    else if (dropped_ == 0)
      context_.sink->violated(kDamageDropped, {who + " took up a damaged datagram and dropped nothing"});
  }

 private:
  /// A repeated ping is answered again, so the queue of news does not count there.
  std::uint64_t state(const host::OddDelivery& delivery) const {
    const auto* node = context_.run->world.node(delivery.node);
    syncer::StateHasher hasher;
    if (node == nullptr) return hasher.digest();
    if (delivery.oddity == host::Oddity::Repeated)
      node->gossip().hash_members(hasher);
    else
      node->gossip().hash(hasher);
    node->peering().core().hash(hasher);
    return hasher.digest();
  }

  std::uint64_t before_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<NodeIndex, Instant> joined_;
};

}  // namespace

std::unique_ptr<Rule> make_delivery_rule() { return std::make_unique<Deliveries>(); }

}  // namespace sim::check
