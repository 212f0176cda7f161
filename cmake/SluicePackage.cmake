# Debian's package: `cpack -G DEB` in the build folder, once `sluice` is built.

install(TARGETS sluice RUNTIME DESTINATION bin)
install(PROGRAMS deploy/debian/sluice-as-service DESTINATION sbin)
install(FILES deploy/systemd/sluice.service DESTINATION lib/systemd/system)
install(FILES deploy/debian/sluice.toml DESTINATION /etc/sluice)
install(FILES README.md CHANGELOG.md NOTICE LICENSE docs/fleet.md docs/operations.md docs/webhooks.md
  DESTINATION share/doc/sluice)
install(FILES deploy/debian/copyright DESTINATION share/doc/sluice)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sluice)
set(CPACK_PACKAGE_VENDOR Sluice)
set(CPACK_PACKAGE_CONTACT "Sluice <sluice@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Self-hosted video service: upload a film, watch it a moment later")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};${PROJECT_NAME};ALL;/")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when a picture needs it, so that no linker knows of it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, libavfilter8, passwd, util-linux")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/deploy/debian/${script})
endforeach()
include(CPack)
