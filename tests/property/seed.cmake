# SPDX-License-Identifier: Apache-2.0
# Read by ctest before the tests: unless RC_PARAMS says otherwise, properties draw their cases from a seed that follows
# from the commit, so that a commit that was green once stays green. `./dev nightly` draws other cases.
if(NOT DEFINED ENV{RC_PARAMS})
  set(seed 0)  # no repository: a release tarball
  execute_process(COMMAND git -C ${CMAKE_CURRENT_LIST_DIR} rev-parse --short=12 HEAD
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    string(SUBSTRING "${commit}" 0 12 commit)
    math(EXPR seed "0x${commit}")
  endif()
  set(ENV{RC_PARAMS} "seed=${seed}")
endif()
