# The only place that looks for packages. LibTorch becomes two imported targets of our own: `find_package(Torch)` would demand
# the whole CUDA toolkit and link everything; the program needs libtorch_cpu and libc10 alone.
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET libavformat libavcodec libavfilter libavutil libswscale)
pkg_check_modules(SENTENCEPIECE REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n icu-uc)

set(HEADROOM_LIBTORCH "${PROJECT_SOURCE_DIR}/.deps/libtorch" CACHE PATH
    "Folder with torch/{include,lib} and nvidia/cu13/lib, as cmake/setup_dependencies.sh unpacks the wheels")
if(NOT EXISTS "${HEADROOM_LIBTORCH}/torch/lib/libtorch_cpu.so")
  message(FATAL_ERROR "LibTorch is not at ${HEADROOM_LIBTORCH}. Run cmake/setup_dependencies.sh, or ./run, which calls it.")
endif()
add_library(torch::c10 SHARED IMPORTED)
set_target_properties(torch::c10 PROPERTIES
  IMPORTED_LOCATION "${HEADROOM_LIBTORCH}/torch/lib/libc10.so"
  INTERFACE_INCLUDE_DIRECTORIES "${HEADROOM_LIBTORCH}/torch/include")
add_library(torch::cpu SHARED IMPORTED)
set_target_properties(torch::cpu PROPERTIES
  IMPORTED_LOCATION "${HEADROOM_LIBTORCH}/torch/lib/libtorch_cpu.so"
  INTERFACE_LINK_OPTIONS "LINKER:-rpath-link,${HEADROOM_LIBTORCH}/nvidia/cu13/lib"
  INTERFACE_LINK_LIBRARIES torch::c10)

if(HEADROOM_BUILD_UI OR BUILD_TESTING)
  find_package(Qt6 6.4 COMPONENTS Core Gui Widgets Test OPTIONAL_COMPONENTS DBus LinguistTools QUIET)
  if(HEADROOM_BUILD_UI AND NOT Qt6_FOUND)
    message(FATAL_ERROR "Qt 6.4 or later is needed for the window; configure with -DHEADROOM_BUILD_UI=OFF to do without it.")
  endif()
endif()

# CUDA: headers of the toolkit, libraries of the LibTorch wheel. Only the loadable module uses them.
set(HEADROOM_CUDA OFF)
if(HEADROOM_BUILD_CUDA)
  find_package(CUDAToolkit 13.0 QUIET)
  if(CUDAToolkit_FOUND AND EXISTS "${HEADROOM_LIBTORCH}/torch/lib/libtorch_cuda.so")
    set(HEADROOM_CUDA ON)
    add_library(torch::cuda INTERFACE IMPORTED)
    target_include_directories(torch::cuda SYSTEM INTERFACE ${CUDAToolkit_INCLUDE_DIRS})
    target_link_libraries(torch::cuda INTERFACE torch::cpu
      "${HEADROOM_LIBTORCH}/torch/lib/libtorch_cuda.so" "${HEADROOM_LIBTORCH}/torch/lib/libc10_cuda.so")
    target_link_options(torch::cuda INTERFACE LINKER:--allow-shlib-undefined)
  endif()
endif()
message(STATUS "CUDA module: ${HEADROOM_CUDA}")
