# The version goes into one generated .cc, not a header: a commit then rebuilds one file.
find_package(Git QUIET)
set(SYNCER_COMMIT "unknown")
if(Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE SYNCER_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE
                  ERROR_QUIET)
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.cc.in ${CMAKE_BINARY_DIR}/version.cc @ONLY)
