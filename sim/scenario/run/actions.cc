// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/actions.h"

#include <variant>

#include "sim/scenario/run/network_actions.h"
#include "sim/scenario/run/process_actions.h"
#include "sim/scenario/run/registry_actions.h"

namespace sim::scenario {
namespace {

template <class... Parts>
struct Overloaded : Parts... {
  using Parts::operator()...;
};

}  // namespace

void perform(RunContext& run, const Event& event, syncer::Random random) {
  const ActionContext context{run, event, random};
  using All = Overloaded<ProcessActions, FailureActions, NetworkActions, StrangerActions, RegistryActions>;
  std::visit(All{{context}, {context}, {context}, {context}, {context}}, event.action);
}

}  // namespace sim::scenario
