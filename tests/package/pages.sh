#!/usr/bin/env bash
# What the pages tell to type is understood, links lead somewhere, and the quick start works as it stands.
source "$(dirname "$0")/common.sh"
BUILD=$1
SOURCE=$2
PATH=$BUILD/bin:$PATH
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$SOURCE"
pages=(README.md CONTRIBUTING.md docs/*.md docs/*/*.md)

# Each line of a fenced block that begins with a program of ours: its command is known, and so is each of its flags.
lines=0
while IFS= read -r line; do
  read -r -a words <<<"$line"
  program=${words[0]##*/}
  command=()
  for word in "${words[@]:1}"; do
    [[ $word =~ ^[a-z][a-z-]*$ ]] || break
    "$program" help "${command[@]}" "$word" >/dev/null 2>&1 || break
    command+=("$word")
  done
  if [ "$program" = mocksc ]; then mocksc --help >"$place/help.txt"; else "$program" help "${command[@]}" >"$place/help.txt"; fi
  grep -q '^Subcommands:' "$place/help.txt" && [[ ! " ${words[*]} " =~ \ --(help|version)\  ]] &&
    fail "\"$line\": ${command[*]:-$program} is no whole command"
  for word in "${words[@]:1}"; do
    [[ $word == --* ]] || continue
    grep -qE -e "(^|[ ,])${word%%=*}([ ,=]|$)" "$place/help.txt" || [ "$word" = --version ] ||
      fail "\"$line\": ${command[*]} has no ${word%%=*}"
  done
  lines=$((lines + 1))
done < <(awk '/^```/ { fenced = !fenced; joined = ""; next }
  fenced { sub(/[ \t]+#.*$/, ""); sub(/^[ \t]*\$ /, ""); sub(/^[ \t]+/, joined == "" ? "" : " "); line = joined $0
    if (line ~ /\\$/) { sub(/ *\\$/, "", line); joined = line; next }
    joined = ""; sub(/[ ]+(>|2>|\||;|&|\$|   ).*$/, "", line); print line }' "${pages[@]}" |
  grep -E '^(\./|build/bin/)?(syncer|syncsim|mocksc) ' | grep -v '…')
[ $lines -ge 40 ] || fail "only $lines lines of commands were found"
echo "$lines command lines are understood"

links=0
for page in "${pages[@]}"; do
  while IFS= read -r link; do
    target=${link%%#*}
    [ -z "$target" ] || [ -e "$(dirname "$page")/$target" ] || fail "$page: $link leads nowhere"
    links=$((links + 1))
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//' | grep -Ev '^(https?|mailto):' || true)
done
[ $links -ge 50 ] || fail "only $links links were found"
echo "$links links lead somewhere"

# Every cause that a syncer can name has its row.
causes=$(grep -rhoE 'cause = "[a-z_]+"' syncer | cut -d'"' -f2 | sort -u)
[ "$(wc -w <<<"$causes")" -ge 15 ] || fail "only these causes were found: $causes"
for cause in $causes; do
  grep -qE "^\|.*\`$cause\`.*\|" docs/troubleshooting.md || fail "docs/troubleshooting.md says nothing of the cause $cause"
done

# From the checkout's folder, nothing else given.
mkdir "$place/checkout"
ln -s "$BUILD" "$place/checkout/build"
for page in README.md docs/zh/quick-start.md; do
  code=$(awk '/^```sh$/ { on = 1; next } /^```/ { if (on) exit } on' $page)
  [ -n "$code" ] || fail "$page has no block to type"
  (cd "$place/checkout" && TMPDIR=$place XDG_STATE_HOME=$place timeout 60 bash -c "$code") >"$place/quick-start.log" 2>&1 || true
  grep -q 'west answers: .*rest://10.1.0.7:8080' "$place/quick-start.log" ||
    { cat "$place/quick-start.log"; fail "the quick start of $page does not get there"; }
  echo "the quick start of $page works"
done
