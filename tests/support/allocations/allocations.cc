// SPDX-License-Identifier: Apache-2.0
#include "tests/support/allocations/allocations.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

std::uint64_t times = 0;
std::size_t in_use = 0;
std::size_t peak_use = 0;

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  ++times;
  in_use += ::malloc_usable_size(memory);
  peak_use = std::max(peak_use, in_use);
  return memory;
}

void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept {
  in_use -= ::malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace test {

Allocations::Allocations() : count_(times), in_use_(in_use) { peak_use = in_use; }
std::uint64_t Allocations::count() const { return times - count_; }
std::size_t Allocations::peak() const { return peak_use - in_use_; }

}  // namespace test
