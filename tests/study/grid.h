// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/study/convergence.h"

namespace study {

/// The rows of gossip_grid.json below SYNCER_CONFORMANCE_DIR; none when there is no such file.
std::vector<GridRow> read_grid();

}  // namespace study
