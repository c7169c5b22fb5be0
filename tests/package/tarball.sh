#!/usr/bin/env bash
# Unpacked anywhere the programs run; the unit means /usr/local, where it is to be unpacked for good.
source "$(dirname "$0")/common.sh"
BUILD=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
tar -xzf "$(one_file "$BUILD"/packages/*.tar.gz)" -C "$place" --strip-components=1
for program in syncer mocksc; do "$place/bin/$program" --version; done
"$place/bin/syncsim" check "$place/share/syncer/scenarios" | tail -1
"$place/bin/syncer" config check "$place/etc/syncer/syncer.json"
unit=$place/lib/systemd/system/syncer.service
grep -q '^ExecStart=/usr/local/bin/syncer daemon --config /usr/local/etc/syncer/syncer.json$' "$unit" || fail "$(cat "$unit")"
for file in lib/sysusers.d/syncer.conf share/man/man1/syncer.1 share/man/man5/syncer.json.5 share/man/man1/mocksc.1 \
  share/man/man1/syncsim.1 share/bash-completion/completions/syncer share/zsh/vendor-completions/_syncer \
  share/fish/vendor_completions.d/syncer.fish share/syncer/prometheus/rules.yml share/syncer/scenario.schema.json share/syncer/syncer.schema.json; do
  [ -s "$place/$file" ] || fail "$file is not in the archive, or empty"
done
