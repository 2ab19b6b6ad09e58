# What a desktop and a shell know the program by: entry, metainfo, the type of its settings files, icons, man page, completions. The last two are made from --help.
configure_file("${PROJECT_SOURCE_DIR}/packaging/org.headroom.Headroom.desktop.in"
               "${PROJECT_BINARY_DIR}/packaging/${HEADROOM_APP_ID}.desktop" @ONLY)
configure_file("${PROJECT_SOURCE_DIR}/packaging/org.headroom.Headroom.metainfo.xml.in"
               "${PROJECT_BINARY_DIR}/packaging/${HEADROOM_APP_ID}.metainfo.xml" @ONLY)
if(HEADROOM_BUILD_UI)
  install(FILES "${PROJECT_BINARY_DIR}/packaging/${HEADROOM_APP_ID}.desktop" DESTINATION share/applications COMPONENT app)
  install(FILES "${PROJECT_BINARY_DIR}/packaging/${HEADROOM_APP_ID}.metainfo.xml" DESTINATION share/metainfo COMPONENT app)
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/${HEADROOM_APP_ID}.mime.xml" RENAME "${HEADROOM_APP_ID}.xml" DESTINATION share/mime/packages
          COMPONENT app)
  foreach(size 16 24 32 48 64 128 256 512)
    install(FILES "${PROJECT_SOURCE_DIR}/resources/icons/headroom-${size}.png" RENAME "${HEADROOM_APP_ID}.png"
            DESTINATION "share/icons/hicolor/${size}x${size}/apps" COMPONENT app)
  endforeach()
  install(FILES "${PROJECT_SOURCE_DIR}/resources/icons/headroom.svg" RENAME "${HEADROOM_APP_ID}.svg"
          DESTINATION share/icons/hicolor/scalable/apps COMPONENT app)
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(help_files "${PROJECT_BINARY_DIR}/packaging/headroom.1.gz" "${PROJECT_BINARY_DIR}/packaging/headroom.bash"
    "${PROJECT_BINARY_DIR}/packaging/_headroom" "${PROJECT_BINARY_DIR}/packaging/headroom.fish")
add_custom_command(OUTPUT ${help_files}
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/packaging/make_man_page.py" $<TARGET_FILE:headroom> ${PROJECT_VERSION}
          "${PROJECT_BINARY_DIR}/packaging/headroom.1.gz"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/packaging/make_completions.py" $<TARGET_FILE:headroom> "${PROJECT_BINARY_DIR}/packaging"
  DEPENDS headroom "${PROJECT_SOURCE_DIR}/packaging/cli_help.py" "${PROJECT_SOURCE_DIR}/packaging/make_man_page.py"
          "${PROJECT_SOURCE_DIR}/packaging/make_completions.py"
  COMMENT "Man page and completions" VERBATIM)
add_custom_target(headroom_help_files ALL DEPENDS ${help_files})
install(FILES "${PROJECT_BINARY_DIR}/packaging/headroom.1.gz" DESTINATION share/man/man1 COMPONENT app)
install(FILES "${PROJECT_BINARY_DIR}/packaging/headroom.bash" RENAME headroom DESTINATION share/bash-completion/completions COMPONENT app)
install(FILES "${PROJECT_BINARY_DIR}/packaging/_headroom" DESTINATION share/zsh/vendor-completions COMPONENT app)
install(FILES "${PROJECT_BINARY_DIR}/packaging/headroom.fish" DESTINATION share/fish/vendor_completions.d COMPONENT app)
