// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sim/scenario/run/checks.h"

namespace sim::check {

/// The running syncer that may write in a region right now; nothing when there is none.
std::optional<host::NodeIndex> writer_of(const scenario::Stage& stage, const scenario::Cast::Region& region);

/// Whether a syncer has an excuse for not writing to a registry: it is down or frozen, cannot reach it, gets no sound
/// answers from it, or may not write.
bool is_kept_from(const scenario::Stage& stage, host::NodeIndex writer, host::RegistryIndex registry);

}  // namespace sim::check
