# What `cmake --install` lays down, and where. The tree can be put anywhere and moved: the program finds everything from its own place.
#   bin/headroom
#   lib/headroom/            the loadable CUDA module, torch/lib and nvidia/cu13/lib as in the wheels (their run paths expect that)
#   lib/headroom/bundled/    libraries of the distribution, only in the archives (Bundle.cmake)
#   share/headroom/          the demo model, the catalog, what the GPU runtime consists of
#   share/{applications,metainfo,icons,man,…}
# Components: app, cuda (the CUDA module), demo (the demo model), bundle.
set(HEADROOM_APP_ID "org.headroom.Headroom")
set(HEADROOM_RELEASE_DATE "2026-11-24")
set(HEADROOM_CONTACT "Headroom authors <authors@headroom.org>" CACHE STRING "Name and address of whoever publishes the packages")
set(HEADROOM_PRIVATE_LIBS "lib/headroom")

# An RPATH, not a RUNPATH: it must hold for the libraries that bundled libraries and plugins ask for in turn.
target_link_options(headroom PRIVATE LINKER:--disable-new-dtags)
set_target_properties(headroom PROPERTIES
  INSTALL_RPATH "$ORIGIN/../${HEADROOM_PRIVATE_LIBS}/torch/lib;$ORIGIN/../${HEADROOM_PRIVATE_LIBS}/bundled")
install(TARGETS headroom RUNTIME DESTINATION bin COMPONENT app)

# LibTorch's CPU part and what it is linked to, stripped where the program is: the symbol table is a fifth of it.
set(torch_libs libtorch_cpu.so libc10.so libgomp.so.1)
set(nvidia_libs libcudart.so.13 libcupti.so.13)
list(TRANSFORM torch_libs PREPEND "${HEADROOM_LIBTORCH}/torch/lib/" OUTPUT_VARIABLE torch_files)
list(TRANSFORM nvidia_libs PREPEND "${HEADROOM_LIBTORCH}/nvidia/cu13/lib/" OUTPUT_VARIABLE nvidia_files)
install(FILES ${torch_files} DESTINATION "${HEADROOM_PRIVATE_LIBS}/torch/lib" COMPONENT app)
install(FILES ${nvidia_files} DESTINATION "${HEADROOM_PRIVATE_LIBS}/nvidia/cu13/lib" COMPONENT app)
install(CODE "
  if(CMAKE_INSTALL_DO_STRIP)
    file(GLOB libs \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${HEADROOM_PRIVATE_LIBS}/torch/lib/*.so*\"
                   \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${HEADROOM_PRIVATE_LIBS}/nvidia/cu13/lib/*.so*\")
    foreach(lib IN LISTS libs)
      execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-unneeded --remove-section=.comment --remove-section=.note \"\${lib}\" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
  endif()" COMPONENT app)

if(TARGET headroom_cuda)
  set_target_properties(headroom_cuda PROPERTIES INSTALL_RPATH "" SKIP_BUILD_RPATH OFF)
  install(TARGETS headroom_cuda LIBRARY DESTINATION "${HEADROOM_PRIVATE_LIBS}" COMPONENT cuda)
endif()

install(FILES "${PROJECT_SOURCE_DIR}/resources/gpu_runtime.json" DESTINATION share/headroom COMPONENT app)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/resources/catalog" DESTINATION share/headroom COMPONENT app FILES_MATCHING PATTERN "*.json")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/resources/demo_model" DESTINATION share/headroom COMPONENT demo PATTERN "recipe" EXCLUDE)
