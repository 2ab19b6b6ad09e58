# Packages, made by CPack from the installed components:
#   cpack -G DEB|RPM|TGZ|STGZ|NSIS|AppImage --config build/release/CPackConfig.cmake
# DEB and RPM: headroom (app and demo) and headroom-cuda. Archives: one, everything with the distribution's libraries beside it (Bundle.cmake).
# packaging/cpack_options.cmake says what differs between generators.
include(Bundle)

set(CPACK_PACKAGE_NAME headroom)
set(CPACK_PACKAGE_VENDOR "Headroom authors")
set(CPACK_PACKAGE_CONTACT "${HEADROOM_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "turn a prompt into a video inside the memory you allow")
set(CPACK_PACKAGE_DESCRIPTION_FILE "${PROJECT_SOURCE_DIR}/packaging/description.txt")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGE_INSTALL_DIRECTORY headroom)
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/packaging/cpack_options.cmake")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_GENERATOR TGZ)
set(CPACK_SOURCE_GENERATOR "")
set(HEADROOM_PACKAGED_COMPONENTS app demo)
if(TARGET headroom_cuda)
  list(APPEND HEADROOM_PACKAGED_COMPONENTS cuda)
endif()
set(CPACK_HEADROOM_COMPONENTS ${HEADROOM_PACKAGED_COMPONENTS})

# Debian. What is linked becomes Depends by itself; LibTorch and what it is linked to lie inside.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
set(CPACK_DEBIAN_MAIN_PACKAGE_NAME headroom)
set(CPACK_DEBIAN_MAIN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_MAIN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_MAIN_PACKAGE_RECOMMENDS "headroom-cuda, qt6-wayland, fonts-dejavu-core | fonts-noto-core")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${HEADROOM_LIBTORCH}/torch/lib" "${HEADROOM_LIBTORCH}/nvidia/cu13/lib")
set(CPACK_DEBIAN_CUDA_PACKAGE_NAME headroom-cuda)
set(CPACK_DEBIAN_CUDA_PACKAGE_SECTION video)
set(CPACK_DEBIAN_CUDA_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "headroom (= ${PROJECT_VERSION}), libc6, libstdc++6 (>= 12)")

# RPM. The private libraries are neither asked for nor offered.
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "BSD-3-Clause")
set(CPACK_RPM_PACKAGE_GROUP "Applications/Multimedia")
set(CPACK_RPM_COMPRESSION_TYPE gzip)
set(CPACK_RPM_MAIN_COMPONENT main)
set(CPACK_RPM_MAIN_PACKAGE_NAME headroom)
set(CPACK_RPM_MAIN_PACKAGE_REQUIRES "hicolor-icon-theme")  # owns the icons' folders, as `filesystem` owns the others left out below
set(CPACK_RPM_CUDA_PACKAGE_NAME headroom-cuda)
set(CPACK_RPM_CUDA_PACKAGE_REQUIRES "headroom = ${PROJECT_VERSION}")
set(private_libs "^lib(torch|c10|gomp|cudart|cupti)[^ ]*")
set(CPACK_RPM_SPEC_MORE_DEFINE "%global __requires_exclude ${private_libs}
%global __provides_exclude_from ^/usr/lib/headroom/.*
%global __brp_strip %{nil}
%global debug_package %{nil}
%global _build_id_links none")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/applications /usr/share/metainfo /usr/share/man /usr/share/man/man1
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/icons /usr/share/icons/hicolor /usr/share/icons/hicolor/scalable
    /usr/share/icons/hicolor/scalable/apps /usr/share/mime /usr/share/mime/packages)
foreach(size 16 24 32 48 64 128 256 512)
  list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION "/usr/share/icons/hicolor/${size}x${size}" "/usr/share/icons/hicolor/${size}x${size}/apps")
endforeach()

# Windows: written, never built here.
set(CPACK_NSIS_DISPLAY_NAME "Headroom")
set(CPACK_NSIS_PACKAGE_NAME "Headroom")
set(CPACK_NSIS_INSTALLED_ICON_NAME "bin\\headroom.exe")
set(CPACK_NSIS_MENU_LINKS "bin/headroom.exe" "Headroom")
set(CPACK_NSIS_ENABLE_UNINSTALL_BEFORE_INSTALL ON)
set(CPACK_NSIS_UNINSTALL_NAME "uninstall")
set(CPACK_NSIS_MODIFY_PATH OFF)

# AppImage: CMake's own generator (4.2 and later) with appimagetool, which brings the image's run time.
if(HEADROOM_BUILD_UI)
  install(PROGRAMS "${PROJECT_SOURCE_DIR}/packaging/AppRun" DESTINATION .. COMPONENT appimage EXCLUDE_FROM_ALL)
endif()
set(CPACK_APPIMAGE_DESKTOP_FILE "${HEADROOM_APP_ID}.desktop")
set(CPACK_HEADROOM_ICON "${HEADROOM_APP_ID}.svg")
set(CPACK_HEADROOM_BUILD "${PROJECT_BINARY_DIR}")

include(CPack)
cpack_add_component_group(main DISPLAY_NAME "Headroom" DESCRIPTION "The program, LibTorch's CPU part and the demo model")
cpack_add_component(app GROUP main REQUIRED DISPLAY_NAME "Program")
cpack_add_component(demo GROUP main DISPLAY_NAME "Demo model")
cpack_add_component(cuda DISPLAY_NAME "CUDA module" DESCRIPTION "What Headroom runs on an NVIDIA card with; the GPU runtime is fetched by the program")
