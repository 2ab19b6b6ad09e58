# What nearly every test of the core includes, read by the compiler once: it was three quarters of a test's compile time. Only tests
# have this; the program's own sources show what they include. HEADROOM_PRECOMPILE_TESTS=OFF compiles each test by itself.
option(HEADROOM_PRECOMPILE_TESTS "Share one precompiled header among the core's tests" ON)

# No test's command line names a folder, so that the precompiled header fits them all and every checkout shares what ccache holds:
# without Qt Test's macros for QFINDTESTDATA, and with paths relative to the repository, where ctest starts each test.
get_target_property(qt_test_definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
list(FILTER qt_test_definitions EXCLUDE REGEX QT_TESTCASE_)
set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${qt_test_definitions}")
set(test_definitions QT_NO_KEYWORDS HEADROOM_SOURCE_DIR="." HEADROOM_GOLDENS_DIR="tests/goldens")
set(precompiled_flags $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)  # for ccache

function(add_precompiled_test_headers)
  add_library(test_headers OBJECT "${PROJECT_SOURCE_DIR}/tests/support/precompiled.cpp")
  target_link_libraries(test_headers PRIVATE project_flags core_tensor core_files Qt6::Test)
  target_compile_definitions(test_headers PRIVATE ${test_definitions})
  target_compile_options(test_headers PRIVATE ${precompiled_flags})
  target_precompile_headers(test_headers PRIVATE <QtTest> <nlohmann/json.hpp> <fmt/format.h> <core/base/result.h> <core/tensor/tensor.h>)
endfunction()

# Models under test are tiny: one thread is fastest for them.
# add_project_test(NAME test_x SOURCES … LIBS … LABELS …): one Qt Test executable, run offscreen by ctest from the repository's root.
function(add_project_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  set_target_properties(${ARG_NAME} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${ARG_NAME} PRIVATE project_flags Qt6::Test ${ARG_LIBS})
  target_compile_definitions(${ARG_NAME} PRIVATE ${test_definitions})
  if(HEADROOM_PRECOMPILE_TESTS AND NOT "ui" IN_LIST ARG_LABELS)  # Qt Test has other macros where there are widgets.
    target_precompile_headers(${ARG_NAME} REUSE_FROM test_headers)
    target_compile_options(${ARG_NAME} PRIVATE ${precompiled_flags})
    foreach(library fmt::fmt torch::c10)  # what the header was made with, for tests that are linked to neither
      target_include_directories(${ARG_NAME} SYSTEM PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
      target_compile_definitions(${ARG_NAME} PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
    endforeach()
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600
    ENVIRONMENT "OMP_NUM_THREADS=1;QT_QPA_PLATFORM=offscreen;XDG_CONFIG_HOME=${PROJECT_BINARY_DIR}/test-home;XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/test-home")
endfunction()
