# CPack: one .deb and one .tar.gz.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME syncer)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "The syncer authors")
# Who answers for a package is who makes it, said as for any package of Debian.
set(SYNCER_MAINTAINER "" CACHE STRING "NAME <ADDRESS> of the packages; empty: of DEBFULLNAME and DEBEMAIL, else of the commit")
set(CPACK_PACKAGE_CONTACT "${SYNCER_MAINTAINER}")
if(NOT CPACK_PACKAGE_CONTACT AND DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
elseif(NOT CPACK_PACKAGE_CONTACT AND Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} log -1 "--format=%an <%ae>" WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                  OUTPUT_VARIABLE CPACK_PACKAGE_CONTACT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT CPACK_PACKAGE_CONTACT)
  cmake_host_system_information(RESULT host QUERY FQDN)
  set(CPACK_PACKAGE_CONTACT "root <root@${host}>")
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps the service registries of several regions the same")
set(CPACK_PACKAGE_DESCRIPTION "An instance that is registered in one region is answered by the registries
of all of them within 30 seconds, and its removal too. The registries are
Apache ServiceComb service centers, Eureka or Nacos servers.
This package has the daemon and its commands, a mock of these registries,
and the simulator that the daemon is tested with.")
set(CPACK_PACKAGE_FILE_NAME syncer-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY TRUE)
set(CPACK_THREADS 0)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGING_INSTALL_PREFIX "")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS TRUE)
# The account of the daemon is made by systemd-sysusers, which exists without systemd, too.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/${script})
endforeach()
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/generator.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/debian/finish.cmake)
set(CPACK_DEBIAN_FINISH_COMMIT ${SYNCER_COMMIT})
include(CPack)
