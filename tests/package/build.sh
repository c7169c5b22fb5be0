#!/usr/bin/env bash
# Makes both packages; what they hold is judged by the tests after this one.
source "$(dirname "$0")/common.sh"
BUILD=$1
need dpkg-deb dpkg-shlibdeps
rm -rf "$BUILD/packages"
cpack --config "$BUILD/CPackConfig.cmake" -B "$BUILD/packages" >"$BUILD/cpack.log" 2>&1 || { cat "$BUILD/cpack.log"; exit 1; }
package=$(one_file "$BUILD"/packages/*.deb)
maintainer=$(dpkg-deb -f "$package" Maintainer)
case $maintainer in
  *@example.*) fail "nobody answers at the maintainer's address, $maintainer" ;;
  ?*" <"?*@?*">") echo "$package of $maintainer" ;;
  *) fail "no maintainer: $maintainer" ;;
esac
one_file "$BUILD"/packages/*.tar.gz
