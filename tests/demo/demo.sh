#!/usr/bin/env bash
# Shows the main job: two regions kept the same, first in the simulator, then with real processes on loopback
# (127.0.0.10 and 127.0.0.11 stand for two machines). Usage: demo.sh FOLDER-WITH-PROGRAMS
set -euo pipefail
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
pids=()

finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}
now_ms() { date +%s%3N; }

start() {
  local name=$1
  shift
  printf '$ %s\n' "${*/#$bin\//./}"
  "$@" >"$work/$name.log" 2>&1 &
  pids+=($!)
}

# until_true SECONDS WHAT COMMAND…: polls, then says how long it took.
until_true() {
  local limit=$1 what=$2 from
  shift 2
  from=$(now_ms)
  until "$@"; do
    [ $(($(now_ms) - from)) -lt $((limit * 1000)) ] || fail "$what: not within $limit s"
    read -r -t 0.05 <> <(:) || true
  done
  printf '   %s after %s ms\n' "$what" $(($(now_ms) - from))
}

api() { curl -sS --max-time 5 -H 'Content-Type: application/json' "$@"; }
east=http://127.0.0.10:30100/v4/default/registry
west=http://127.0.0.11:30100/v4/default/registry
find_cart='instances?appId=shop&serviceName=cart&version=0%2B'
answers() { api "$1/health" >/dev/null 2>&1; }
sees_cart() { api "$1/$find_cart" 2>/dev/null | grep -q '10.1.0.7:8080'; }
lacks_cart() { ! sees_cart "$1"; }
ready() { grep -q 'node.ready' "$work/$1.log"; }

say "1. In the simulator: two regions, lossy link, 10 seeds"
run "$bin/syncsim" run "$root/scenarios/promise/two-regions-register-and-deregister-within-30s.json" --seeds 1-10

say "2. Two service centers and two syncers, as real processes"
start east-sc "$bin/mocksc" --listen 127.0.0.10:30100
start west-sc "$bin/mocksc" --listen 127.0.0.11:30100
until_true 10 "both service centers answer" eval 'answers $east && answers $west'
cd "$work"
start east "$bin/syncer" daemon --sc-addr http://127.0.0.10:30100 --bind-addr 127.0.0.10:30190 \
  --rpc-addr 127.0.0.10:30191 --data-dir "$work/east"
start west "$bin/syncer" daemon --sc-addr http://127.0.0.11:30100 --bind-addr 127.0.0.11:30190 \
  --rpc-addr 127.0.0.11:30191 --join-addr 127.0.0.10:30191 --data-dir "$work/west"
until_true 20 "both syncers are ready" eval 'ready east && ready west'

say "3. An application registers cart at 127.0.0.10"
service=$(api -X POST "$east/microservices" \
  -d '{"service":{"appId":"shop","serviceName":"cart","version":"1.0.0"}}' | sed -E 's/.*"serviceId":"([^"]+)".*/\1/')
instance=$(api -X POST "$east/microservices/$service/instances" \
  -d '{"instance":{"hostName":"cart-1","endpoints":["rest://10.1.0.7:8080"]}}' | sed -E 's/.*"instanceId":"([^"]+)".*/\1/')
echo "   registered as $instance"
until_true 30 "127.0.0.11 answers with it" sees_cart "$west"
api "$west/$find_cart"
echo

say "4. The application goes away"
api -X DELETE "$east/microservices/$service/instances/$instance"
until_true 30 "127.0.0.11 no longer answers with it" lacks_cart "$west"

say "The same instance came and went in both regions."
