// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

namespace syncer {

/// Called with the text of a broken precondition; must not return. The default prints and aborts; the simulator
/// installs one that throws, so that a run can be reported and replayed.
using AssertHandler = void (*)(const char* condition, const char* file, int line);

namespace internal {

inline void print_and_abort(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken precondition: %s\n", file, line, condition);
  std::abort();
}

inline AssertHandler assert_handler = print_and_abort;

}  // namespace internal

/// Installs a handler and gives back the former one. Call it before any core runs.
inline AssertHandler set_assert_handler(AssertHandler handler) {
  const AssertHandler former = internal::assert_handler;
  internal::assert_handler = handler;
  return former;
}

/// Reports a broken internal precondition to the handler. Not inlined: the check costs its caller a branch only.
[[noreturn, gnu::noinline, gnu::cold]] inline void assert_failed(const char* condition, const char* file, int line) {
  internal::assert_handler(condition, file, line);
  std::abort();
}

}  // namespace syncer

/// An internal precondition, checked in every build. Bad input is never one: it becomes a Result or a Dropped output.
#define SYNCER_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::syncer::assert_failed(#condition, __FILE__, __LINE__))
