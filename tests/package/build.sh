#!/usr/bin/env bash
# Makes both packages; what they hold is judged by the tests after this one.
source "$(dirname "$0")/common.sh"
BUILD=$1
need dpkg-deb dpkg-shlibdeps
rm -rf "$BUILD/packages"
cpack --config "$BUILD/CPackConfig.cmake" -B "$BUILD/packages" >"$BUILD/cpack.log" 2>&1 || { cat "$BUILD/cpack.log"; exit 1; }
one_file "$BUILD"/packages/*.deb
one_file "$BUILD"/packages/*.tar.gz
