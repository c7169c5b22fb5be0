// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/catalog/regions.h"
#include "syncer/registry/driver.h"

namespace syncer::catalog {

/// Make before break needs one former copy beside the new one; a second former one, even a doubtful one, goes first.
std::optional<std::string> surplus(const DesiredCopy& copy, const std::string& kept);

/// The registration that stands for the plan. Where the registry chooses ids, any one of this copy does that can still
/// become what is planned.
std::optional<std::string> present_as(const registry::Traits& traits, const DesiredCopy& copy,
                                      const registry::CopyPlan& plan);

}  // namespace syncer::catalog
