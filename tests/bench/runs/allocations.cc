// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/runs/allocations.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace {

bench::Allocations g_allocations;

void* counted(void* block) {
  if (block == nullptr) std::abort();
  ++g_allocations.count;
  g_allocations.live_bytes += malloc_usable_size(block) + sizeof(std::size_t);
  return block;
}

void give_back(void* block) noexcept {
  if (block == nullptr) return;
  g_allocations.live_bytes -= malloc_usable_size(block) + sizeof(std::size_t);
  std::free(block);  // NOLINT(cppcoreguidelines-no-malloc): it replaces operator delete
}

}  // namespace

namespace bench {
Allocations allocations() { return g_allocations; }
}  // namespace bench

// NOLINTBEGIN(cppcoreguidelines-no-malloc,misc-new-delete-overloads)
void* operator new(std::size_t size) { return counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
// NOLINTEND(cppcoreguidelines-no-malloc,misc-new-delete-overloads)
