// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace e2e {

/// Lets that much time pass, for figures of a world at rest. A test never does: it awaits what it wants to see.
void idle(std::chrono::milliseconds time);

/// Prints, for each ordered pair of kinds of registry, how long news takes from one to the other, beside what both
/// registries take by themselves.
void kind_pairs(int samples);

/// Prints what so many copies cost at rest in a registry of each kind, and how many of their renewals were late.
void kind_renewals(int copies, int rest_seconds);

}  // namespace e2e
