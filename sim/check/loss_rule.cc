// SPDX-License-Identifier: Apache-2.0
#include "sim/check/loss_rule.h"

#include <map>
#include <string>

#include "syncer/base/sometimes.h"

namespace sim::check {
namespace {

constexpr std::string_view kNoLossPassedOn = "no-loss-passed-on";

using syncer::EventKind;

/// What registers this shortly before the loss may be lost with an older state that nothing shows to be one.
constexpr Duration kTooYoung = std::chrono::seconds(10);
/// A writer that starts into a registry which has forgotten cannot know what it lacks: other regions keep half of a
/// region and more, not less.
constexpr Duration kJustOpened = std::chrono::seconds(30);

/// Names an application whatever id it has: its registry and service, and where it answers.
struct Application {
  RegistryIndex registry;
  std::string service;
  std::string endpoint;
  auto operator<=>(const Application&) const = default;
};

class LossPassedOn : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kNoLossPassedOn}; }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const std::string region(event.text("region"));
    if (event.kind == EventKind::EpochOpened) opened_[region] = context_.now();
    if (event.kind == EventKind::HoldExpired) given_up_[{node, region}] = context_.now();
    if (event.kind == EventKind::GuardReleased && event.text("reason") == "an operator said so") {
      released_ = context_.now();
    }
  }

  void on_write(const Write& write) override {
    const host::RegistryInstance& instance = *write.change.instance;
    if (instance.mark) return on_copy(write);
    if (instance.endpoints.empty()) return;
    const Application who{write.name.registry, instance.service, instance.endpoints.front()};
    if (!host::is_end(write.change.kind)) return here(who, instance);
    const auto lost = known_.find(who);
    if (lost == known_.end() || lost->second.instance != instance.id) return;
    const bool by_the_registry = write.change.kind == host::RegistryChangeKind::InstanceLost;
    SYNCER_SOMETIMES(by_the_registry, "check.registry_loses_an_application");
    if (!by_the_registry || context_.now() - lost->second.since < kTooYoung) {
      known_.erase(lost);
      return;
    }
    lost->second.lost_at = context_.now();
    lost->second.lease = instance.lease;
  }

 private:
  struct Known {
    std::string instance;
    Instant since{};
    Instant lost_at = syncer::kNever;  ///< by its registry
    Duration lease{};
    std::string removed;  ///< who removed its copy since then, and where; empty: nobody
  };

  void here(const Application& who, const host::RegistryInstance& instance) {
    const auto [it, is_new] = known_.try_emplace(who, Known{instance.id, context_.now(), syncer::kNever, {}, {}});
    Known& known = it->second;
    const Duration gone = context_.now() - known.lost_at;
    if (known.lost_at != syncer::kNever && gone <= known.lease && !known.removed.empty()) {
      context_.sink->violated(
          kNoLossPassedOn,
          {known.removed, "its application at " + who.endpoint + " is back " + syncer::to_string(gone) +
                              " after its registry lost it, with a lease of " + syncer::to_string(known.lease)});
    }
    if (known.lost_at != syncer::kNever) known.since = context_.now();
    known.instance = instance.id;
    known.lost_at = syncer::kNever;
    known.removed.clear();
  }

  void on_copy(const Write& write) {
    const bool removed = write.writer && write.before != nullptr && write.after == nullptr && write.before->origin &&
                         write.change.kind == host::RegistryChangeKind::InstanceUnregistered;
    if (!removed || write.before->endpoints.empty() || is_excused(write)) return;
    const Application who{write.before->origin->registry, write.name.service, write.before->endpoints.front()};
    const auto lost = known_.find(who);
    if (lost == known_.end() || lost->second.lost_at == syncer::kNever) return;
    if (lost->second.instance != write.before->origin->instance) return;
    if (was_opened_since(lost->second.lost_at - kJustOpened, write.before->region)) return;
    lost->second.removed = "syncer " + context_.node(*write.writer) + " removed the copy of " + lost->second.instance +
                           " in " + context_.registry(write.name.registry);
  }

  bool is_excused(const Write& write) const {
    const auto given_up = given_up_.find({*write.writer, write.before->region});
    return released_ != syncer::kNever || given_up != given_up_.end();
  }

  bool was_opened_since(Instant since, const std::string& region) const {
    const auto opened = opened_.find(region);
    return opened != opened_.end() && opened->second >= since;
  }

  std::map<Application, Known> known_;
  std::map<std::string, Instant> opened_;
  std::map<std::pair<NodeIndex, std::string>, Instant> given_up_;
  Instant released_ = syncer::kNever;
};

}  // namespace

std::unique_ptr<Rule> make_loss_rule() { return std::make_unique<LossPassedOn>(); }

}  // namespace sim::check
