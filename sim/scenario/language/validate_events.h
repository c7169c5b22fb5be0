// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/validate.h"

namespace sim::scenario {

/// Arguments of events and workloads fit together and name things that exist; each problem is noted with the reader.
void validate_events(const Draft& draft);

}  // namespace sim::scenario
