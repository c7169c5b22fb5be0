// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "sim/scenario/run/action_context.h"

namespace sim::scenario {
namespace {

template <class... Parts>
struct Overloaded : Parts... {
  using Parts::operator()...;
};

}  // namespace

void perform(Scene& scene, const Event& event, syncer::Random random) {
  const ActionContext context{scene, event, random};
  using All = Overloaded<ProcessActions, FailureActions, NetworkActions, FuzzActions, RegistryActions>;
  std::visit(All{{context}, {context}, {context}, {context}, {context}}, event.action);
}

std::vector<RegistryIndex> registries_named(const Cast& cast, const std::string& name, syncer::Random random) {
  if (const auto one = cast.registry(name)) return {*one};
  std::vector<RegistryIndex> all;
  for (RegistryIndex r = 0; r < cast.registries().size(); ++r) all.push_back(r);
  if (name == "any") return {all[static_cast<std::size_t>(random.below(all.size()))]};
  return all;
}

}  // namespace sim::scenario
