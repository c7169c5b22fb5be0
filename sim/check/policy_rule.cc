// SPDX-License-Identifier: Apache-2.0
#include "sim/check/policy_rule.h"

#include <set>
#include <utility>

#include "sim/check/passage.h"
#include "syncer/base/quantity.h"

namespace sim::check {
namespace {

constexpr std::string_view kPoliciesKept = "policies-kept";

/// A registration may be under way for so long when a policy comes into force.
constexpr Duration kInFlight = std::chrono::seconds(3);

class PoliciesKept : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kPoliciesKept}; }

  void begin(const Context& context) override {
    Rule::begin(context);
    passage_.begin(*context.run);
  }

  void on_label(std::string_view, const scenario::Event* event) override {
    if (event == nullptr || !passage_.follow(*event)) return;
    changed_ = context_.now();
    for (const auto& [name, copy] : context_.ledger->copies()) {
      if (copy.origin) leaving_.emplace(*copy.origin, name.registry);
    }
  }

  void on_write(const Write& write) override {
    const Copy* copy = write.after != nullptr ? write.after : write.before;
    if (!context_.ledger->has_policies() || copy == nullptr || !copy->origin) return;
    const std::pair place(*copy->origin, write.name.registry);
    const bool registered = write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.writer;
    if (write.after == nullptr && write.writer) leaving_.erase(place);
    const Origin* origin = context_.ledger->origin(*copy->origin);
    if (!registered || origin == nullptr || !origin->alive) return;
    // Who does not let it in knows; who is given it no more hears of it when it is its turn.
    const bool knows = !passage_.takes(*origin->instance, origin->name.registry, write.name.registry);
    if (!knows && leaving_.contains(place)) return;
    // What it was like before it changed may have been let in.
    const Instant judged = origin->step == Origin::Step::Changed ? std::max(changed_, origin->stepped) : changed_;
    const bool recent = judged != Instant{} && context_.now() < judged + kInFlight;
    if (recent || context_.ledger->is_shown(*origin, write.name.registry)) return;
    context_.sink->violated(
        kPoliciesKept, {"syncer " + context_.node(*write.writer) + " registered a copy of " + origin->name.instance +
                            " of region " + copy->region + " in " + context_.registry(write.name.registry),
                        "a policy has kept it away since " + syncer::to_string(changed_.time_since_epoch())});
  }

 private:
  Passage passage_;
  Instant changed_{};
  std::set<std::pair<InstanceName, RegistryIndex>> leaving_;  ///< copies that were there when the policy changed
};

}  // namespace

std::unique_ptr<Rule> make_policy_rule() { return std::make_unique<PoliciesKept>(); }

}  // namespace sim::check
