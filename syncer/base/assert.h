// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace syncer {

/// Called with the text of a broken precondition; must not return. The default prints and aborts; the simulator
/// installs one that throws, so that a run can be reported and replayed.
using AssertHandler = void (*)(const char* condition, const char* file, int line);

/// Installs a handler and gives back the former one. Call it before any core runs.
AssertHandler set_assert_handler(AssertHandler handler);

/// Reports a broken internal precondition to the handler.
[[noreturn]] void assert_failed(const char* condition, const char* file, int line);

}  // namespace syncer

/// An internal precondition, checked in every build. Bad input is never one: it becomes a Result or a Dropped output.
#define SYNCER_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::syncer::assert_failed(#condition, __FILE__, __LINE__))
