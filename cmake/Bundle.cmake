# The component `bundle` of the archives: Qt with its plugins, FFmpeg and what these are linked to, beside the program, so that it runs on
# a desktop of another distribution. What every desktop has (glibc, X11, Wayland, GL, fontconfig, D-Bus, drivers) is left to it.
# Not part of a plain `cmake --install`.
set(HEADROOM_BUNDLED_FFMPEG "${PROJECT_SOURCE_DIR}/.deps/ffmpeg-lgpl" CACHE PATH
    "FFmpeg of the same version built without GPL parts (packaging/build_lgpl_ffmpeg.sh); the archives carry nothing else")
set(qt_plugins_dir "")
if(TARGET Qt6::Gui)
  get_target_property(qt_core Qt6::Core LOCATION)
  get_filename_component(qt_lib_dir "${qt_core}" DIRECTORY)
  set(qt_plugins_dir "${qt_lib_dir}/qt6/plugins")
endif()
configure_file("${PROJECT_SOURCE_DIR}/packaging/bundle.cmake.in" "${PROJECT_BINARY_DIR}/packaging/bundle.cmake" @ONLY)
install(SCRIPT "${PROJECT_BINARY_DIR}/packaging/bundle.cmake" COMPONENT bundle EXCLUDE_FROM_ALL)
