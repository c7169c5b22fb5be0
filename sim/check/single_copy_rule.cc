// SPDX-License-Identifier: Apache-2.0
// I3: one copy of an instance in each foreign registry. Only while its endpoints change may the former one stand beside
// the new one (make before break), and not for long.
#include <algorithm>
#include <map>
#include <utility>

#include "sim/check/hindrance.h"
#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/base/quantity.h"

namespace sim::check {
namespace {

/// How long two copies may stand side by side while nothing hinders the writer: its slowest retry and one reading.
constexpr Duration kBrokenWithin = std::chrono::seconds(15);
constexpr Duration kLookEvery = std::chrono::milliseconds(100);
constexpr std::size_t kSideBySide = 2;

class SingleCopy : public Rule {
 public:
  void on_write(const Write& write) override {
    const bool registered = write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.writer;
    if (!registered || write.after == nullptr || !write.after->origin) return;
    const Copy& copy = *write.after;
    const std::string who = "syncer " + context_.node(*write.writer) + " registered " + write.name.instance + " in " +
                            context_.registry(write.name.registry) + " as a copy of " + copy.origin->instance;
    if (const Copy* other = equal_copy(*context_.ledger, copy)) {
      context_.sink->violated("I3", {who, other->name.instance + " is an equal copy of the same instance there"});
    }
    const std::size_t copies = count(*copy.origin, write.name.registry);
    if (copies > kSideBySide) {
      context_.sink->violated("I3", {who, std::to_string(copies) + " copies of that stand side by side there"});
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
    if (now <= doubled.second + context_.sink->grace("I3")) return false;
    context_.sink->violated("I3", {context_.registry(registry) + " shows " + std::to_string(count(origin, registry)) +
                                       " copies of " + origin.instance,
                                   "nothing hindered its syncer for " + syncer::to_string(kBrokenWithin)});
    return true;
  }

  /// A registry that two regions share is nobody's to write.
  bool is_hindered(RegistryIndex registry) const {
    const auto& regions = context_.stage->cast.regions();
    const auto here = [&](const auto& region) { return region.registry == registry; };
    const auto region = std::find_if(regions.begin(), regions.end(), here);
    if (region == regions.end() || std::count_if(regions.begin(), regions.end(), here) > 1) return true;
    const auto writer = writer_of(*context_.stage, *region);
    return !writer || is_kept_from(*context_.stage, *writer, registry);
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

}  // namespace sim::check
