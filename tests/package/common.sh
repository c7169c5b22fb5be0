# Sourced by the tests of packages: BUILD is the build folder, SOURCE the checkout. A test that lacks something ends with
# 77, which ctest shows as skipped, and says in one line what.
set -euo pipefail
export LC_ALL=C.UTF-8
skip() { echo "SKIPPED: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }
need() {
  local program
  for program in "$@"; do command -v "$program" >/dev/null || skip "$program is not installed (./dev setup --full)"; done
}
one_file() {
  local files=("$@")
  [ ${#files[@]} = 1 ] && [ -f "${files[0]}" ] || fail "not exactly one file: ${files[*]}"
  echo "${files[0]}"
}
# Until the command succeeds; at most so many seconds.
within() {
  local seconds=$1 end
  shift
  end=$((SECONDS + seconds))
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    read -rt 0.2 <> <(:) || true
  done
}
