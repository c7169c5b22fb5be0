# syncer_library(NAME [PUBLIC targets…] [PRIVATE targets…] [SOURCES files…])
# One static library of all .cc files below the folder it is called in.
function(syncer_library name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE;SOURCES" ${ARGN})
  if(NOT ARG_SOURCES)
    file(GLOB_RECURSE ARG_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  precompiled_product(${name})
endfunction()

# product_sources(OUT targets…): what these libraries are made of, for tests that compile it once more with other options.
function(product_sources out)
  set(all)
  foreach(target ${ARGN})
    get_target_property(sources ${target} SOURCES)
    list(APPEND all ${sources})
  endforeach()
  set(${out} ${all} PARENT_SCOPE)
endfunction()

# syncer_program(NAME SOURCES files… LINK targets…): an installed program.
function(syncer_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  install(TARGETS ${name} RUNTIME)
endfunction()

# syncer_test(NAME [PATHS] LABEL label SOURCES files… LINK targets…): a GoogleTest binary, every test of it known to ctest.
# PATHS: it reads the source or the build folder (SYNCER_SOURCE_DIR, SYNCER_BUILD_DIR); other tests compile the same in
# every checkout. All of one label are built by the target <label>_tests. SPLIT parameters…: a ctest entry for each parameter of
# its TEST_Ps, so that a binary that mostly waits runs beside itself.
function(syncer_test name)
  cmake_parse_arguments(ARG "PATHS" "LABEL;TIMEOUT" "SOURCES;LINK;ENVIRONMENT;SPLIT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(SYNCER_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 6")  # instrumented code is slower by about that
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  if(ARG_PATHS)
    target_compile_definitions(${name} PRIVATE SYNCER_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SYNCER_BUILD_DIR="${CMAKE_BINARY_DIR}")
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  precompiled_test(${name})
  if(NOT TARGET ${ARG_LABEL}_tests)
    add_custom_target(${ARG_LABEL}_tests)
  endif()
  add_dependencies(${ARG_LABEL}_tests ${name})
  # One ctest entry a binary: thousands of data-driven rows would cost a process each. The binary names its failures.
  if(NOT ARG_SPLIT)
    set(entries ${name})
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  endif()
  foreach(parameter ${ARG_SPLIT})
    list(APPEND entries ${name}_${parameter})
    add_test(NAME ${name}_${parameter} COMMAND ${name} --gtest_brief=1 --gtest_filter=*/${parameter})
  endforeach()
  set_tests_properties(${entries} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT}
    FAIL_REGULAR_EXPRESSION " 0 tests from 0 test suites"
    ENVIRONMENT "SYNCER_CONFORMANCE_DIR=${SYNCER_CONFORMANCE_DIR};${ARG_ENVIRONMENT}")
endfunction()
