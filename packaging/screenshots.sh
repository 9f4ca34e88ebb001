#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Pictures of the real program in docs/screenshots: Xvfb, openbox, keys only (xdotool), practice rooms as servers.
#   packaging/screenshots.sh [PATH/TO/realmscope]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
program=${1:-$root/build/run/bin/realmscope}
[ -x "$program" ] || die "there is no program at $program: run packaging/run.sh --build-only first"
for tool in Xvfb openbox xdotool import; do
    command -v "$tool" >/dev/null || die "$tool is missing (packages xvfb, openbox, xdotool, imagemagick)"
done
out=$root/docs/screenshots
mkdir -p "$out"

work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work

# shot NAME GEOMETRY SCALE THEME ROOM KEYS…: opens the room, presses the keys one after the other, takes the picture.
shot() {
    local name=$1 geometry=$2 scale=$3 theme=$4 room=$5; shift 5
    rm -f "$work/display"
    Xvfb -displayfd 6 -screen 0 "${geometry}x24" -nolisten tcp 6>"$work/display" 2>/dev/null & local server=$!
    for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.05; done
    export DISPLAY=:$(cat "$work/display")
    openbox 2>/dev/null & local manager=$!
    sleep 0.5
    local home; home=$(mktemp -d -p "$work")
    HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config QT_SCALE_FACTOR=$scale \
        "$program" --theme "$theme" ${room:+--room "$room"} 2>/dev/null & local window=$!
    sleep 4
    local id; id=$(xdotool search --onlyvisible --name Realmscope | head -n 1)
    xdotool windowactivate --sync "$id" windowmove "$id" 0 0 || true
    for key in "$@"; do xdotool key "$key"; sleep 2; done
    import -window "$id" "$out/$name.png"
    kill "$window" "$manager" "$server"
    wait "$window" "$manager" "$server" 2>/dev/null || true
    say "$out/$name.png"
}
shot main-light 1440x900 1 light expired-token ctrl+Return
shot main-dark 1440x900 1 dark expired-token ctrl+Return
shot troubleshooter-light 1440x900 1 light eaten-header ctrl+Return ctrl+shift+d
shot credentials-light 1440x900 1 light basic-at-digest alt+2
shot practice-light 1440x900 1 light "" alt+5
shot empty-light 1440x900 1 light ""
shot small 1024x700 1 light basic-at-digest ctrl+Return ctrl+shift+d
