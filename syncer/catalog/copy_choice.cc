// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/copy_choice.h"

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::catalog {

std::optional<std::string> surplus(const DesiredCopy& copy, const std::string& kept) {
  std::optional<std::string> doubtful;
  std::optional<std::string> last;
  std::size_t others = 0;
  for (const auto& [id, state] : copy.copies) {
    if (id == kept || !(state.present || state.doubtful)) continue;
    ++others;
    last = id;
    if (!state.present) doubtful = id;
  }
  if (others < 2 || SYNCER_MUTATED("catalog.let_the_surplus_be")) return std::nullopt;
  SYNCER_SOMETIMES(doubtful.has_value(), "catalog.surplus_copy_is_doubtful");
  return doubtful ? doubtful : last;
}

std::optional<std::string> present_as(const registry::Traits& traits, const DesiredCopy& copy,
                                      const registry::CopyPlan& plan) {
  if (traits.chooses_id) {
    const auto found = copy.copies.find(plan.id);
    return found != copy.copies.end() && found->second.present ? std::optional(plan.id) : std::nullopt;
  }
  for (const auto& [id, state] : copy.copies) {
    if (state.present && (traits.endpoints_in_place || state.shape->endpoints == plan.endpoints)) return id;
  }
  return std::nullopt;
}

}  // namespace syncer::catalog
