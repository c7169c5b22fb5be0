#!/usr/bin/env bash
# The package on a bare Debian: installed, both regions started as the unit starts one, an instance registered in one is
# seen in the other; removed and purged nothing is left. The bare system is kept in the build folder for the next time.
source "$(dirname "$0")/common.sh"
BUILD=$1
[ "$(id -u)" = 0 ] || skip "only root may enter a bare system"
need debootstrap curl
deb=$(one_file "$BUILD"/packages/*.deb)
# What the package depends on is part of the bare system, so that nothing is downloaded the next time.
wanted=$(dpkg-deb -f "$deb" Depends | sed -E 's/\|[^,]*//g; s/\([^)]*\)//g; s/[ ,]+/ /g')
bare=$BUILD/debootstrap-$(sha256sum <<<"$wanted" | head -c 12)
make_bare() {
  debootstrap --variant=minbase bookworm "$bare" && cp /etc/resolv.conf "$bare/etc/resolv.conf" &&
    chroot "$bare" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted
}
if [ ! -e "$bare/.whole" ]; then
  rm -rf "$BUILD"/debootstrap-*
  # The syncer's account could not read what is closed to others.
  (umask 022 && make_bare) >"$BUILD/debootstrap.log" 2>&1 ||
    skip "no bare system can be made: $(grep -E '^E:' "$BUILD/debootstrap.log" | head -1)"
  rm -rf "$bare"/var/cache/apt/* "$bare"/var/lib/apt/lists/* "$bare"/usr/share/{doc,locale,man}
  touch "$bare/.whole"
fi

place=$(mktemp -d "$BUILD/install-XXXXXX")
root=$place/root
pids=()
finish() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$place"
}
trap finish EXIT
chmod 755 "$place"
cp -a "$bare" "$root"
cp "$deb" "$root/syncer.deb"
clean=(/usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
inside() { chroot "$root" "${clean[@]}" "$@"; }

inside dpkg -i /syncer.deb >"$place/dpkg.log" 2>&1 || fail "$(cat "$place/dpkg.log")"
inside getent passwd syncer >/dev/null || fail "there is no account syncer"
inside syncer config check /etc/syncer/syncer.json
[ "$(stat -c %U:%a "$root/etc/syncer/syncer.json")" = root:644 ] || fail "the configuration is not root's"

# As the unit starts it, but for what the two regions on one machine must not share.
start=$(sed -n 's/^ExecStart=//p' "$root"/lib/systemd/system/syncer.service)
region() {
  local name=$1 ip=$2 join=$3
  chroot "$root" "${clean[@]}" mocksc --quiet --listen "$ip:30100" >"$place/$name-registry.log" 2>&1 &
  pids+=($!)
  install -d -o "$(inside id -u syncer)" -g "$(inside id -g syncer)" -m 750 "$root/var/lib/syncer/$name"
  # shellcheck disable=SC2086
  chroot --userspec=syncer:syncer "$root" "${clean[@]}" STATE_DIRECTORY="/var/lib/syncer/$name" \
    SYNCER_SC_ADDR="http://$ip:30100" SYNCER_BIND_ADDR="$ip:30190" SYNCER_RPC_ADDR="$ip:30191" SYNCER_NODE="$name" \
    SYNCER_CLUSTER_NAME="$name" SYNCER_JOIN_ADDR="$join" $start >"$place/$name.log" 2>&1 &
  pids+=($!)
}
region east 127.0.77.1 ""
region west 127.0.77.2 127.0.77.1:30190
logs() { tail -n 20 "$place"/*.log; }
ready() { inside env STATE_DIRECTORY="/var/lib/syncer/$1" syncer status --check --node "$1" >/dev/null 2>&1; }
for name in east west; do within 30 ready $name || { logs; fail "$name does not get ready"; }; done

api() { curl -sS -H 'Content-Type: application/json' "$@"; }
east=http://127.0.77.1:30100/v4/default/registry
service=$(api -X POST $east/microservices -d '{"service":{"appId":"shop","serviceName":"cart","version":"1.0.0"}}' |
  sed -E 's/.*"serviceId":"([^"]+)".*/\1/')
api -X POST "$east/microservices/$service/instances" \
  -d '{"instance":{"hostName":"cart-1","endpoints":["rest://10.1.0.7:8080"]}}' >/dev/null
arrived() { api "http://127.0.77.2:30100/v4/default/registry/instances?appId=shop&serviceName=cart&version=0%2B" | grep -q 10.1.0.7:8080; }
within 30 arrived || { logs; fail "the instance does not arrive in the west"; }
echo "installed, both regions ready, an instance of the east is seen in the west"

kill "${pids[@]}" && wait "${pids[@]}" 2>/dev/null || true
pids=()
inside dpkg --remove syncer >/dev/null 2>&1 || fail "it cannot be removed"
[ -f "$root/etc/syncer/syncer.json" ] && [ -d "$root/var/lib/syncer/east" ] || fail "removing it loses configuration or state"
inside dpkg --purge syncer >/dev/null 2>&1 || fail "it cannot be purged"
left=$(find "$root/etc" "$root/usr" "$root/var/lib/syncer" -name '*syncer*' -not -path '*/dpkg/*' 2>/dev/null || true)
[ -z "$left" ] || fail "purging leaves $left"
