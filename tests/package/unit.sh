#!/usr/bin/env bash
# systemd understands the unit, and its exposure is at most 2.5 of 10.
source "$(dirname "$0")/common.sh"
need systemd-analyze
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
dpkg-deb -x "$(one_file "$1"/packages/*.deb)" "$place"
unit=$place/usr/lib/systemd/system/syncer.service
[ -f "$unit" ] || unit=$place/lib/systemd/system/syncer.service
grep -q '^ExecStart=/usr/bin/syncer daemon --config /etc/syncer/syncer.json$' "$unit" || fail "$(cat "$unit")"
# Its programs and pages are not installed here; everything else that it says is wrong is.
said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify "$unit" 2>&1 | grep -F 'syncer.service' |
  grep -Ev 'is not executable|Command .man ' || true)
[ -z "$said" ] || fail "$said"
systemd-analyze security --offline=true --no-pager --threshold=25 "$unit" | tail -1
