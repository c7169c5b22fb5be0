# Several files of a target compiled as one: what their headers cost is paid once for all of them. Presets of single files
# (dev, asan, clang, …) see whether each file includes what it uses.

# Files that stay alone: the first ones because a neighbour uses one of their names for something of its own, the last ones
# because a test compiles them once more without their neighbours.
set(SYNCER_APART
  mocksc/fault/fault.cc sim/check/copy_rules.cc sim/check/removal_rules.cc sim/check/rest_rules.cc
  sim/cli/coverage_report.cc sim/cli/debug_command.cc sim/cli/diff_command.cc sim/cli/effort_comparison.cc
  sim/cli/hunt_command.cc sim/cli/judge_command.cc sim/cli/real_command.cc sim/cli/shrink_command.cc sim/cli/sweep_command.cc sim/fault/path.cc
  sim/host/process/hostile_gossip.cc sim/host/registry/nacos.cc sim/host/registry/service_center.cc
  sim/host/registry/service_center_values.cc sim/hunt/planned_events.cc sim/report/summary.cc
  sim/scenario/language/selector_syntax.cc syncer/catalog/kind_probe.cc syncer/catalog/regions.cc
  syncer/cluster/key_agreement.cc syncer/cluster/voter_replacement.cc syncer/gossip/serf_intents.cc
  syncer/httpio/blocking_stream.cc syncer/node/name_memory.cc syncer/registry/eureka/documents.cc
  syncer/registry/eureka/driver.cc syncer/registry/eureka/reader.cc syncer/registry/eureka/requests.cc
  syncer/registry/nacos/record.cc syncer/wire/frame/seal.cc syncer/wire/sync/message.cc
  tests/contract/mocksc/socket_test.cc tests/contract/real/streams_real.cc tests/contract/registry/nacos_test.cc
  tests/property/raft/scenarios.cc tests/property/replication/world.cc
  tests/unit/admin/gate_test.cc tests/unit/catalog/writing_test.cc tests/unit/cli/show_test.cc
  tests/unit/httpio/request_reader_test.cc tests/unit/mocksc/service_test.cc tests/unit/policy/rewriting_test.cc
  tests/unit/replication/change_guard_test.cc tests/unit/replication/loss_wave_test.cc
  tests/unit/replication/projection_test.cc tests/unit/replication/publisher_test.cc
  tests/unit/replication/quota_test.cc tests/unit/replication/receiver_test.cc
  tests/unit/sim_host/stream_faults_test.cc tests/unit/sim_host/world_test.cc tests/unit/wire_gossip/wire_test.cc
  syncer/admin/command.cc syncer/admin/gate.cc syncer/httpio/answer_reader.cc syncer/httpio/body_decoder.cc
  syncer/httpio/message_grammar.cc syncer/httpio/request_reader.cc)
set(SYNCER_FILES_AT_ONCE 8)

# Files that a build of another tree wants alone (./dev mutants); their neighbours stay together as they are.
set(SYNCER_APART_TODAY "" CACHE STRING "More files that are compiled by themselves")

foreach(file ${SYNCER_APART})
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${file})
    message(FATAL_ERROR "cmake/Unity.cmake: there is no ${file}")
  endif()
endforeach()

# Of files that end up in one archive, those with deliberate faults and those without are compiled apart: tests link the former
# once more, with the faults, in place of what is in the archive.
function(unity_kind out file)
  file(STRINGS ${file} hooks REGEX "SYNCER_MUTATED\\(" LIMIT_COUNT 1)
  set(${out} plain PARENT_SCOPE)
  if(hooks)
    set(${out} faulty PARENT_SCOPE)
  endif()
endfunction()

# The folder of the target that a file belongs to.
function(unity_home out file)
  get_filename_component(folder ${file} DIRECTORY)
  while(NOT EXISTS ${folder}/CMakeLists.txt)
    get_filename_component(folder ${folder} DIRECTORY)
  endwhile()
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
  string(MAKE_C_IDENTIFIER "${folder}" folder)
  set(${out} ${folder} PARENT_SCOPE)
endfunction()

# compiled_together(TARGET): to be called in the folder of the target.
function(compiled_together target)
  if(NOT SYNCER_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "[.]cc$")
  foreach(source ${sources})
    get_filename_component(file ${source} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${file})
    if(path IN_LIST SYNCER_APART OR NOT EXISTS ${file})
      continue()
    endif()
    unity_home(home ${file})
    unity_kind(kind ${file})
    if(NOT DEFINED count_${home}_${kind})
      set(count_${home}_${kind} 0)
    endif()
    math(EXPR batch "${count_${home}_${kind}} / ${SYNCER_FILES_AT_ONCE}")
    math(EXPR count_${home}_${kind} "${count_${home}_${kind}} + 1")
    if(path IN_LIST SYNCER_APART_TODAY)
      continue()
    endif()
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${home}_${kind}_${batch})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
