#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# The main job without a display: a request that gets a 401, why, the fix, and the 200.
#   packaging/demo.sh PATH/TO/realmscope-cli
set -euo pipefail
cli=${1:?usage: demo.sh PATH/TO/realmscope-cli}
rooms=(basic-at-digest expired-token)

dir=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT
"$cli" practice --port 0 > "$dir/addresses" &
server=$!
for _ in $(seq 100); do [ -s "$dir/addresses" ] && break; sleep 0.1; done
base=$(head -n 1 "$dir/addresses")
[ -n "$base" ] || { echo "$0: the practice range did not start" >&2; exit 1; }
echo "The practice range serves on $base"

show() { # show WORDS…: the command as a person would type it, then what it prints
    echo
    printf '$ realmscope-cli'; printf ' %q' "$@"; echo
    "$cli" "$@" || true
}
words() { # words ROOM KEY: the curl words of a room, one a line
    "$cli" practice --list --json | python3 -c '
import json, sys
room = next(r for r in json.load(sys.stdin)["rooms"] if r["id"] == sys.argv[1])
print("\n".join(w.replace("{base}", sys.argv[3]) for w in room[sys.argv[2]]))' "$1" "$2" "$base"
}
for room in "${rooms[@]}"; do
    mapfile -t failing < <(words "$room" curl)
    mapfile -t fixed < <(words "$room" fixed)
    show why curl "${failing[@]}"
    echo
    echo "And with the fix:"
    show send curl "${fixed[@]}"
done
