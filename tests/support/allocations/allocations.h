// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace test {

/// What operator new gave since the measurement began. One thread; linking this replaces operator new in the program.
class Allocations {
 public:
  Allocations();
  /// How often memory was asked for.
  std::uint64_t count() const;
  /// Most bytes that were in use at once, over those at the beginning.
  std::size_t peak() const;

 private:
  std::uint64_t count_;
  std::size_t in_use_;
};

}  // namespace test
