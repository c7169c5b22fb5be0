// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/hunt/genome.h"
#include "sim/scenario/language/parse.h"

namespace sim::hunt {

/// The scenario of a genome: regions of one syncer or of three, registries of all kinds, links good and bad,
/// applications that come and go, random faults within a budget and some that somebody plans; then all faults end, and
/// the regions must become the same. Each section follows from its own gene and from the topology. What it demands is
/// true of every correct product.
scenario::Parsed generate(const Genome& genome, const scenario::Vocabulary& vocabulary);

}  // namespace sim::hunt
