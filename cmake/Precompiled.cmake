# Headers that nearly every file reads, compiled once: reading the standard library is half the time of a compilation.
# They hide no missing #include for long: every other preset (asan, clang, …) compiles without them.
#   precompiled_product(TARGET)   the standard library
#   precompiled_test(TARGET)      the same and GoogleTest
# A target whose own options contradict those of the compiled headers (optimisation, sanitizers) must not use them.
option(SYNCER_PCH "Compile common headers once" ON)
if(SYNCER_SANITIZE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(SYNCER_PCH OFF)
endif()

set(SYNCER_COMMON_HEADERS <algorithm> <array> <charconv> <chrono> <cstddef> <cstdint> <cstdio> <cstdlib> <cstring> <deque>
  <functional> <initializer_list> <limits> <map> <memory> <optional> <ostream> <set> <span> <string> <string_view> <tuple>
  <unordered_map> <utility> <variant> <vector> <tl/expected.hpp>)

# precompiled_headers(NAME [OPTIONS options…] [LINK targets…] HEADERS headers…): the target that owns one compiled set of headers.
function(precompiled_headers name)
  cmake_parse_arguments(ARG "" "" "LINK;HEADERS;OPTIONS" ${ARGN})
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled/${name}.cc "")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/precompiled/${name}.cc)
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

if(SYNCER_PCH)
  precompiled_headers(precompiled_product LINK tl::expected HEADERS ${SYNCER_COMMON_HEADERS})
  if(SYNCER_TESTS)
    # Tests are compiled more often than they run, and what they run is the product's own code: half the effort is enough.
    set(SYNCER_TEST_OPTIONS $<$<CONFIG:RelWithDebInfo>:-O1>)
    precompiled_headers(precompiled_test OPTIONS ${SYNCER_TEST_OPTIONS} LINK GTest::gtest tl::expected HEADERS ${SYNCER_COMMON_HEADERS} <sstream> <fstream> <gtest/gtest.h>)
  endif()
endif()

function(precompiled_product target)
  if(SYNCER_PCH)
    target_precompile_headers(${target} REUSE_FROM precompiled_product)
  endif()
endfunction()

function(precompiled_test target)
  if(SYNCER_PCH)
    target_compile_options(${target} PRIVATE ${SYNCER_TEST_OPTIONS})
    target_precompile_headers(${target} REUSE_FROM precompiled_test)
  endif()
endfunction()
