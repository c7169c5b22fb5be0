// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

/// What operator new gave and did not get back, as malloc rounds it up, with its own word before each block.
struct Allocations {
  std::uint64_t count = 0;  ///< ever made
  std::size_t live_bytes = 0;
};
/// Of this process. A program that links this counts from its start; it has one thread.
Allocations allocations();

}  // namespace bench
