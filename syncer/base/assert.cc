// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace syncer {
namespace {

void print_and_abort(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken precondition: %s\n", file, line, condition);
  std::abort();
}

AssertHandler installed = print_and_abort;

}  // namespace

AssertHandler set_assert_handler(AssertHandler handler) {
  const AssertHandler former = installed;
  installed = handler;
  return former;
}

void assert_failed(const char* condition, const char* file, int line) {
  installed(condition, file, line);
  std::abort();
}

}  // namespace syncer
