#!/usr/bin/env bash
# Completions do in each shell what they should, and the manual pages are without complaint.
source "$(dirname "$0")/common.sh"
PATH=$1/bin:$PATH
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
touch some-file.json
# "LINE -> a word that must be offered". The last word of the line is the one to complete.
cases=("syncer st -> status" "syncer guard  -> release" "syncer status --output  -> json" "syncer daemon --log.level  -> warning"
  "syncer daemon --tls.c -> --tls.ca-file" "syncer completion  -> fish" "syncer config check some -> some-file.json"
  "syncer daemon --config some -> some-file.json" "syncsim r -> run" "mocksc --completion  -> zsh")
check() {
  local shell=$1 offered=$2 line
  for line in "${cases[@]}"; do
    $offered "${line% -> *}" >offered.txt 2>&1 || { cat offered.txt; fail "$shell: ${line% -> *}"; }
    grep -qx -e "${line#* -> }" offered.txt || fail "$shell: \"${line% -> *}\" offers no ${line#* -> }: $(head -20 offered.txt)"
  done
  echo "$shell: ${#cases[@]} lines completed"
}
for shell in bash zsh fish; do
  for program in syncer syncsim; do "$program" completion $shell >"$program.$shell"; done
  mocksc --completion $shell >mocksc.$shell
done

cat >offer.bash <<'EOF'
for program in syncer syncsim mocksc; do source "$program.bash"; done
IFS=' ' read -r -a COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"_${COMP_WORDS[0]}"
printf '%s\n' "${COMPREPLY[@]}"
EOF
in_bash() { bash --norc offer.bash "$1"; }
check bash in_bash

# Zsh's own functions need a terminal; what they are called with does not.
cat >offer.zsh <<'EOF'
compdef() { : }
_describe() { local __name=$argv[-1]; print -rl -- ${${(P)__name}%%:*} }
compadd() { shift; print -rl -- "$@" }
_files() { print -rl -- * }
_message() { : }
for program in syncer syncsim mocksc; do source ./$program.zsh; done
words=(${(s: :)1})
[[ $1 == *' ' ]] && words+=('')
CURRENT=$#words
_$words[1]
EOF
in_zsh() { zsh -f offer.zsh "$1"; }
if command -v zsh >/dev/null; then check zsh in_zsh; else echo "zsh is not installed: not tried"; fi

in_fish() {
  fish --no-config -c 'for program in syncer syncsim mocksc; source $program.fish; end; complete -C $argv[1]' "$1" | cut -f1
}
if command -v fish >/dev/null; then HOME=$place check fish in_fish; else echo "fish is not installed: not tried"; fi

need man
syncer manual >syncer.1
syncer manual syncer.json >syncer.json.5
syncsim manual >syncsim.1
mocksc --manual >mocksc.1
for page in *.[15]; do
  said=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
  [ -z "$said" ] || fail "$page: $said"
  [ "$(man -l "$page" | wc -l)" -gt 20 ] || fail "$page says next to nothing"
done
man -l syncer.1 | grep -q 'syncer guard release' || fail "syncer.1 lacks a command"
man -l syncer.json.5 | grep -q 'SYNCER_SYNC_HOLD' || fail "syncer.json.5 lacks a key"
