// SPDX-License-Identifier: Apache-2.0
// mutation_cases MUTATION CASE: ends well only if the unit or property test CASE fails under the deliberate fault.
#include <gtest/gtest.h>

#include <iostream>

#include "syncer/base/mutation.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::cerr << "usage: mutation_cases MUTATION CASE\n";
    return 2;
  }
  testing::GTEST_FLAG(filter) = argv[2];
  syncer::mutation::active = argv[1];
  const bool failed = RUN_ALL_TESTS() != 0;
  const auto& outcome = *testing::UnitTest::GetInstance();
  const bool caught = failed && outcome.test_to_run_count() == 1 && outcome.failed_test_count() == 1;
  std::cout << argv[1] << (caught ? " is caught by " : " goes unnoticed by ") << argv[2] << '\n';
  return caught ? 0 : 1;
}
