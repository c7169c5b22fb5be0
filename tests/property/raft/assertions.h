// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/assert.h"
#include "tests/property/raft/safety.h"

namespace syncer::raft::property {

/// While it lives, a broken assertion of the core is a Violation.
class AssertionsThrow {
 public:
  AssertionsThrow() : former_(set_assert_handler(throw_violation)) {}
  ~AssertionsThrow() { set_assert_handler(former_); }
  AssertionsThrow(const AssertionsThrow&) = delete;
  AssertionsThrow& operator=(const AssertionsThrow&) = delete;

 private:
  static void throw_violation(const char* condition, const char* file, int line) {
    throw Violation(std::string("assertion: ") + condition + " at " + file + ":" + std::to_string(line));
  }
  AssertHandler former_;
};

}  // namespace syncer::raft::property
