// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sim::cli {

/// Blocks that the operators new of a program that links this ever gave in this thread.
std::uint64_t allocated();

}  // namespace sim::cli
