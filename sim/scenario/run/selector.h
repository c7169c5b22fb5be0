// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "sim/scenario/run/cast.h"
#include "syncer/base/result.h"

namespace sim::scenario {

/// Whether every name of a selector exists; `captured` are the names given by "as" anywhere in the file.
syncer::Result<void> check_selector(const Selector& selector, const Cast& cast, const std::set<std::string>& captured);

}  // namespace sim::scenario
