#!/usr/bin/env bash
# Debian's own judge finds nothing to say.
source "$(dirname "$0")/common.sh"
need lintian
found=$(lintian --allow-root --fail-on none "$(one_file "$1"/packages/*.deb)")
[ -z "$found" ] || fail "$found"
echo "nothing"
