# Models under test are tiny: one thread is fastest for them.
# add_project_test(NAME test_x SOURCES … LIBS … LABELS …): one Qt Test executable, run offscreen by ctest.
function(add_project_test)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  set_target_properties(${ARG_NAME} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${ARG_NAME} PRIVATE project_flags Qt6::Test ${ARG_LIBS})
  target_compile_definitions(${ARG_NAME} PRIVATE
    QT_NO_KEYWORDS HEADROOM_SOURCE_DIR="${PROJECT_SOURCE_DIR}" HEADROOM_GOLDENS_DIR="${PROJECT_SOURCE_DIR}/tests/goldens")
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600
    ENVIRONMENT "OMP_NUM_THREADS=1;QT_QPA_PLATFORM=offscreen;XDG_CONFIG_HOME=${PROJECT_BINARY_DIR}/test-home;XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/test-home")
endfunction()
