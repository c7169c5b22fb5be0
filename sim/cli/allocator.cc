// SPDX-License-Identifier: Apache-2.0
// The operators new and delete of syncsim. A run makes and drops millions of small blocks of few sizes, in one thread,
// in a process that plays seeds and ends: blocks of one size come from a list of their own and go back to it, and
// nothing is ever given to another size or to the system. A seventh of a run was spent in malloc and free. The system
// is asked for large pages: a world of many regions lies in more small ones than a processor remembers.
#include "sim/cli/allocator.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kUnit = 16;
constexpr std::size_t kMost = 1024;                      ///< larger blocks are malloc's
constexpr std::size_t kSpan = std::size_t{64} << 10U;    ///< blocks of one size; begins with that size in units
constexpr std::size_t kPage = std::size_t{2} << 20U;     ///< a large one, at which the region begins
constexpr std::size_t kRegion = std::size_t{16} << 30U;  ///< of addresses; memory is taken as it is touched
constexpr std::size_t kClasses = kMost / kUnit + 1;

struct Block {
  Block* next;
};
/// What is left of one size: blocks that came back, then the untouched rest of a span.
struct List {
  Block* freed = nullptr;
  char* untouched = nullptr;
  char* end = nullptr;
};
struct alignas(kUnit) SpanHead {
  std::size_t units;
};

std::atomic<char*> g_begin = nullptr;  ///< of the region; nullptr until the first block
std::atomic<std::size_t> g_used = 0;   ///< of the region
thread_local constinit std::array<List, kClasses> t_lists{};
thread_local constinit std::uint64_t t_given = 0;

/// Nothing where the system lends no such range: all blocks are malloc's then.
char* region() {
  char* begin = g_begin.load(std::memory_order_acquire);
  if (begin != nullptr) return begin;
  void* range =
      mmap(nullptr, kRegion + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) {
    g_used = kRegion;
    return nullptr;
  }
  const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(range) + kPage - 1) / kPage * kPage;
  char* mine = reinterpret_cast<char*>(first);
  madvise(mine, kRegion, MADV_HUGEPAGE);  // where the system has none, small ones do
  if (!g_begin.compare_exchange_strong(begin, mine, std::memory_order_acq_rel)) return begin;
  return mine;
}

void* from_malloc(std::size_t size) {
  void* block = std::malloc(size);  // NOLINT(cppcoreguidelines-no-malloc): it is what operator new is made of
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

[[gnu::noinline]] void* from_new_span(List& list, std::size_t units) {
  char* begin = g_used.load() < kRegion ? region() : nullptr;
  const std::size_t at = begin != nullptr ? g_used.fetch_add(kSpan) : kRegion;
  if (at + kSpan > kRegion) return from_malloc(units * kUnit);
  char* span = begin + at;
  new (span) SpanHead{units};
  list.untouched = span + sizeof(SpanHead);
  list.end = span + kSpan;
  void* block = list.untouched;
  list.untouched += units * kUnit;
  return block;
}

void* take(std::size_t size) {
  ++t_given;
  if (size > kMost) return from_malloc(size);
  const std::size_t units = size == 0 ? 1 : (size + kUnit - 1) / kUnit;
  List& list = t_lists[units];
  if (Block* block = list.freed) {
    list.freed = block->next;
    return block;
  }
  const std::size_t bytes = units * kUnit;
  if (list.end - list.untouched < static_cast<std::ptrdiff_t>(bytes)) return from_new_span(list, units);
  void* block = list.untouched;
  list.untouched += bytes;
  return block;
}

void give_back(void* pointer) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  const auto begin = reinterpret_cast<std::uintptr_t>(g_begin.load(std::memory_order_relaxed));
  // Before the first block there is no region, and then its beginning is 0.
  if (begin == 0 || address - begin >= kRegion) return std::free(pointer);  // NOLINT(cppcoreguidelines-no-malloc)
  const auto* head = reinterpret_cast<const SpanHead*>(address / kSpan * kSpan);
  List& list = t_lists[head->units];
  auto* block = static_cast<Block*>(pointer);
  block->next = list.freed;
  list.freed = block;
}

}  // namespace

namespace sim::cli {
std::uint64_t allocated() { return t_given; }
}  // namespace sim::cli

// NOLINTBEGIN(misc-new-delete-overloads): those for more than 16 bytes of alignment stay as they are
void* operator new(std::size_t size) { return take(size); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
// NOLINTEND(misc-new-delete-overloads)
