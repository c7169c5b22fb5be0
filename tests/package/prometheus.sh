#!/usr/bin/env bash
# The alerts fire when they should and not else; every metric that they or the dashboard name is one that a syncer has.
source "$(dirname "$0")/common.sh"
BUILD=$1
SOURCE=$2/packaging/prometheus
place=$(mktemp -d)
pids=()
finish() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$place"
}
trap finish EXIT
cd "$place"
export XDG_STATE_HOME=$place
PATH=$BUILD/bin:$PATH
syncer tls ca create >/dev/null
syncer tls cert create --region east >/dev/null
mocksc --quiet --listen 127.0.78.1:30100 >/dev/null 2>&1 &
pids+=($!)
syncer daemon --cluster-name east --node east --sc-addr http://127.0.78.1:30100 --bind-addr 127.0.78.1:30190 \
  --rpc-addr 127.0.78.1:30191 --metrics-addr 127.0.78.1:30199 --tls.ca-file syncer-ca.pem \
  --tls.cert-file east-syncer-0.pem --tls.key-file east-syncer-0-key.pem >east.log 2>&1 &
pids+=($!)
# What only a syncer of several has; it need not find the others for that.
syncer daemon --mode cluster --cluster-name west --node west-1 --sc-addr http://127.0.78.2:1 --bind-addr 127.0.78.2:30190 \
  --rpc-addr 127.0.78.2:30191 --metrics-addr 127.0.78.2:30199 >west.log 2>&1 &
pids+=($!)
answers() { curl -sSf http://127.0.78.1:30199/metrics >metrics.txt 2>/dev/null && grep -q '^syncer_ready 1$' metrics.txt; }
within 30 answers || { cat east.log; fail "the syncer does not get ready"; }
group() { curl -sSf http://127.0.78.2:30199/metrics >group.txt 2>/dev/null; }
within 30 group || { cat west.log; fail "the syncer of a cluster does not answer"; }
sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' metrics.txt group.txt | sort -u >there.txt
[ "$(wc -l <there.txt)" -gt 30 ] || fail "only these metrics are there: $(cat there.txt)"
# A histogram's name stands without the endings of its series.
grep -ohE '\b(syncer|process)_[a-z_]+' "$SOURCE/rules.yml" "$SOURCE/dashboard.json" | sed -E 's/_(bucket|sum|count)$//' |
  sort -u >named.txt
[ "$(wc -l <named.txt)" -gt 15 ] || fail "only these metrics are named: $(cat named.txt)"
missing=$(comm -13 there.txt named.txt)
[ -z "$missing" ] || fail "named, but no syncer has it: $missing"
# The page about them names each, and none that is not there.
undocumented=$(while read -r name; do grep -qE "\`$name(\{|\`)" "$2/docs/metrics.md" || echo "$name"; done <there.txt)
[ -z "$undocumented" ] || fail "docs/metrics.md does not name: $undocumented"
gone=$(comm -13 there.txt <(grep -oE '\b(syncer|process)_[a-z_]+' "$2/docs/metrics.md" | sed -E 's/_bucket$//' | sort -u))
[ -z "$gone" ] || fail "docs/metrics.md names what no syncer has: $gone"
# A runbook's heading is there, too.
grep -oE 'docs/[a-z-]+\.md(#[a-z0-9-]+)?' "$SOURCE/rules.yml" | sort -u >links.txt
while IFS='#' read -r page heading; do
  [ -f "$2/$page" ] || fail "no page $page"
  [ -z "$heading" ] || sed -n 's/^##* //p' "$2/$page" | tr 'A-Z' 'a-z' | sed "s/[^a-z0-9 -]//g; s/ /-/g" |
    grep -qx "$heading" || fail "$page has no heading for #$heading"
done <links.txt
need promtool
promtool check metrics <metrics.txt || fail "promtool objects to the metrics"
promtool check rules "$SOURCE/rules.yml" >/dev/null || fail "promtool objects to the rules"
cd "$SOURCE" && promtool test rules rules_test.yml
