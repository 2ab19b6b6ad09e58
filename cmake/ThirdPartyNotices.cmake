# THIRD_PARTY_NOTICES, made from what the built program is linked to, and the licences of what is inside every package.
set(notices "${PROJECT_BINARY_DIR}/packaging/THIRD_PARTY_NOTICES.md")
add_custom_command(OUTPUT "${notices}"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/packaging/make_notices.py" $<TARGET_FILE:headroom>
          "${PROJECT_SOURCE_DIR}/packaging/licenses/libraries.json" "${notices}"
  DEPENDS headroom "${PROJECT_SOURCE_DIR}/packaging/make_notices.py" "${PROJECT_SOURCE_DIR}/packaging/licenses/libraries.json"
  COMMENT "Third-party notices" VERBATIM)
add_custom_target(headroom_notices ALL DEPENDS "${notices}")
install(FILES "${notices}" DESTINATION share/doc/headroom COMPONENT app)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/licenses/libtorch.txt" "${PROJECT_SOURCE_DIR}/packaging/licenses/libtorch-notice.txt"
              "${PROJECT_SOURCE_DIR}/packaging/licenses/nvidia-cuda.txt"
        DESTINATION share/doc/headroom/licenses COMPONENT app)
foreach(package app:headroom cuda:headroom-cuda)
  string(REPLACE ":" ";" package "${package}")
  list(GET package 0 component)
  list(GET package 1 name)
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/debian/copyright" DESTINATION "share/doc/${name}" COMPONENT ${component})
  install(FILES "${PROJECT_BINARY_DIR}/packaging/changelog.gz" DESTINATION "share/doc/${name}" COMPONENT ${component})
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/packaging/debian/changelog.in" "${PROJECT_BINARY_DIR}/packaging/changelog" @ONLY)
add_custom_command(OUTPUT "${PROJECT_BINARY_DIR}/packaging/changelog.gz"
  COMMAND gzip -9nc "${PROJECT_BINARY_DIR}/packaging/changelog" > "${PROJECT_BINARY_DIR}/packaging/changelog.gz"
  DEPENDS "${PROJECT_BINARY_DIR}/packaging/changelog" VERBATIM)
add_custom_target(headroom_changelog ALL DEPENDS "${PROJECT_BINARY_DIR}/packaging/changelog.gz")
