# What Debian's policy wants of a package, after the files were put in place: copyright, changelog, compressed manuals.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(doc ${root}/usr/share/doc/syncer)
file(MAKE_DIRECTORY ${doc})
file(COPY ${CMAKE_CURRENT_LIST_DIR}/copyright DESTINATION ${doc})
# A fixed time: equal sources make equal packages.
file(WRITE ${doc}/changelog "syncer (${CPACK_PACKAGE_VERSION}) stable; urgency=low\n\n  * Built from ${CPACK_DEBIAN_FINISH_COMMIT}.\n\n\
 -- ${CPACK_PACKAGE_CONTACT}  Thu, 01 Jan 2026 00:00:00 +0000\n")
file(GLOB manuals ${root}/usr/share/man/man*/*)
execute_process(COMMAND gzip -9nf ${doc}/changelog ${manuals} COMMAND_ERROR_IS_FATAL ANY)
