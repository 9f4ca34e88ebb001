#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Pictures of the real program in docs/screenshots: its window on Xvfb, a keyring of its own, the demo workspace beside
# this script, and the practice range as the servers of it. Keys and clicks only; nothing in them is drawn by hand.
#   packaging/screenshots.sh [--only NAME] [--out DIR] [DIR/OF/BINARIES]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

only=
out=$root/docs/screenshots
bin=$root/build/run/bin
while [ $# -gt 0 ]; do
    case $1 in
        --only) only=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        *) bin=$1; shift ;;
    esac
done
for tool in "$bin/realmscope" "$bin/realmscope-cli"; do
    [ -x "$tool" ] || die "there is no program at $tool: run packaging/run.sh --build-only first"
done
for tool in Xvfb openbox xdotool import montage python3; do
    command -v "$tool" >/dev/null || die "$tool is missing (packages xvfb, openbox, xdotool, imagemagick, python3)"
done
if [ -z "${REALMSCOPE_SHOOTING:-}" ]; then # once more, in a D-Bus session with an unlocked keyring and a fresh HOME
    export REALMSCOPE_SHOOTING=1
    exec "$root/tests/credentials/with-keyring.sh" "$0" ${only:+--only "$only"} --out "$out" "$bin"
fi

mkdir -p "$out"
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

# --- the servers, the workspace, the profiles -----------------------------------------------------------------------
"$bin/realmscope-cli" practice >"$work/practice" & servers=$!
for _ in $(seq 200); do [ -s "$work/practice" ] && break; sleep 0.05; done
base=$(head -n 1 "$work/practice")
workspace=$HOME/acme-billing
cp -r "$root/packaging/demo-workspace" "$workspace"
sed -i "s|@BASE@|$base|" "$workspace/environments.json"
"$bin/realmscope-cli" practice --list --json >"$work/rooms"
token() { # token given|fixed
    python3 -c 'import json, sys
room = next(r for r in json.load(open(sys.argv[1]))["rooms"] if r["id"] == "acme-billing")
words = room["curl" if sys.argv[2] == "given" else "fixed"]
print(next(w for w in words if w.startswith("Authorization: ")).split()[-1], end="")' "$work/rooms" "$1"
}
profile() { "$bin/realmscope-cli" profile --workspace "$workspace" add "$@" --secret-stdin >/dev/null; }
token given | profile alice --scheme bearer --origin "$base"
token fixed | profile 'bob (admin)' --scheme bearer --origin "$base"
printf cgi-4471-Rowan | profile reports --scheme bearer --origin "$base"
printf 9c1f-demo-key-not-a-secret-77aa01 | profile 'partner key' --scheme api-key --field name=X-Api-Key --origin https://partners.acme.example
printf demo-not-a-secret | profile 'legacy export' --scheme basic --field username=export --origin https://export.acme.example --origin https://files.acme.example
printf demo-not-a-secret | profile router --scheme digest --field username=admin --origin http://192.168.1.1

# --- the window -----------------------------------------------------------------------------------------------------
# open WIDTH HEIGHT SCALE THEME [options…]: the program in a window of that many logical pixels.
open() {
    local width=$1 height=$2 scale=$3 theme=$4; shift 4
    rm -f "$work/display"
    Xvfb -displayfd 6 -screen 0 "$((width * scale + 60))x$((height * scale + 100))x24" -nolisten tcp 6>"$work/display" 2>/dev/null & server=$!
    for _ in $(seq 200); do [ -s "$work/display" ] && break; sleep 0.05; done
    export DISPLAY=:$(cat "$work/display")
    openbox 2>/dev/null & manager=$!
    sleep 0.4
    QT_SCALE_FACTOR=$scale "$bin/realmscope" --theme "$theme" "$@" 2>>"$work/errors" & program=$!
    id=
    for _ in $(seq 200); do
        id=$(xdotool search --onlyvisible --name 'Realmscope$' 2>/dev/null | head -n 1) || true
        [ -n "$id" ] && break
        sleep 0.1
    done
    [ -n "$id" ] || die "the window did not come: $(cat "$work/errors")"
    px=$scale
    xdotool windowactivate --sync "$id" windowmove "$id" 10 40 windowsize --sync "$id" $((width * scale)) $((height * scale)) || true
    sleep 1
}
keys() { local key; for key in "$@"; do xdotool key --window 0 "$key"; sleep 0.35; done; }
words() { xdotool type --delay 12 "$1"; sleep 0.4; }
at() { xdotool mousemove --window "$id" $(($1 * px)) $(($2 * px)); sleep 0.2; }
click() { at "$1" "$2"; xdotool click 1; sleep 0.4; }
run() { keys ctrl+k; words "$1"; keys Return; sleep 0.3; } # a command of the palette
shoot() { # shoot NAME
    sleep 0.6
    import -window "$id" "$work/shot.png"
    convert "$work/shot.png" -strip +dither -colors 255 "PNG8:$out/$1.png"
    say "$out/$1.png"
}
close() { # the way a person leaves: what is open comes back at the next start
    keys ctrl+q
    for _ in $(seq 50); do kill -0 "$program" 2>/dev/null || break; sleep 0.1; done
    kill "$program" "$manager" "$server" 2>/dev/null || true
    wait "$program" "$manager" "$server" 2>/dev/null || true
}
wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }

# --- once through all requests, so that the tree knows their last answers; then three tabs stay ---------------------
open 1440 900 1 light --workspace "$workspace"
run 'GET Health'
keys Tab Tab space Down Down Down Return # environment: Staging
keys ctrl+Return; sleep 0.7
for request in 'Get invoice' 'Create invoice' 'Update invoice' 'Capture payment' 'List refunds' 'Refund payment' \
    'Revenue by month' 'Who am I' 'Usage report' 'List invoices'; do
    run "$request"
    keys ctrl+Return
    sleep 0.9
done
for _ in $(seq 10); do keys ctrl+1 ctrl+w; done
run 'Capture payment'
keys End
words '?dry_run=true' # not saved: the tab has its dot
run 'Usage report'
keys ctrl+1
close

# --- the pictures ---------------------------------------------------------------------------------------------------
# Sends the shown request, opens section AUTH_X, ROW_Y of the headers, and takes the pointer away.
main_view() { # main_view THEME NAME
    open 1440 900 1 "$1" --workspace "$workspace"
    keys ctrl+1 ctrl+Return; sleep 1.5
    click 505 520  # Auth
    click 700 291  # the Authorization row
    at 760 890
    shoot "$2"
}
if wanted main-light; then main_view light main-light; close; fi
if wanted main-dark; then main_view dark main-dark; close; fi

if wanted headers-light; then
    open 1440 900 1 light --workspace "$workspace"
    keys ctrl+1 ctrl+Return; sleep 1.2
    # An answer to compare with: the same request with the profile whose token is still good.
    run 'Use bob (admin)'; keys ctrl+Return; sleep 1.2
    run 'Use alice'; keys ctrl+Return; sleep 1.5
    keys ctrl+shift+e ctrl+d
    sleep 0.5
    click 700 358 # WWW-Authenticate
    at 760 890
    shoot headers-light
    close
fi

if wanted troubleshooter-light; then
    open 1440 900 1 light --workspace "$workspace"
    keys ctrl+3 ctrl+Return; sleep 2
    keys ctrl+shift+d
    sleep 0.5
    click 464 436 # Raw
    at 380 890
    shoot troubleshooter-light
    close
fi

if wanted credentials-light; then
    open 1440 900 1 light --workspace "$workspace"
    keys alt+2
    sleep 0.5
    click 250 100 # alice
    at 900 860
    shoot credentials-light
    close
fi

if wanted history-light; then
    open 1440 900 1 light --workspace "$workspace"
    keys alt+3 Down Down
    at 1100 860
    shoot history-light
    close
fi

if [ "$only" = history-views ]; then # for the eye only
    open 1440 900 1 dark --workspace "$workspace"
    keys alt+3 Down
    at 1100 860
    shoot history-dark
    keys Return
    sleep 1
    at 760 890
    shoot history-opened-dark
    close
    open 1024 700 1 light --workspace "$workspace"
    keys alt+3 Down Down Down Delete
    at 900 690
    shoot history-small-deleted
    keys ctrl+f; words 'nothing has this'
    shoot history-no-match
    close
    open 1440 900 2 light --workspace "$workspace"
    keys alt+3; keys ctrl+f; words '401'
    keys Return
    sleep 1
    shoot history-opened-2x
    keys alt+3
    shoot history-2x
    close
    open 1024 700 1 light --workspace "$HOME/empty/Scratch"
    keys alt+3
    shoot history-empty
    close
fi

if wanted practice-light; then
    open 1440 900 1 light --workspace "$workspace"
    keys alt+5
    sleep 0.5
    at 1100 860
    shoot practice-light
    close
fi

if wanted empty-light; then
    mkdir -p "$HOME/empty/Scratch"
    open 1440 900 1 light --workspace "$HOME/empty/Scratch"
    at 760 890
    shoot empty-light
    close
fi

if wanted small; then
    open 1024 700 1 light --workspace "$workspace"
    keys ctrl+1 ctrl+Return; sleep 1.5
    click 990 122 # Show defaults: off, so that the response has the room
    click 236 410 # Auth
    click 400 263 # Authorization
    at 500 690
    shoot small
    close
fi

if [ "$only" = small-troubleshooter ]; then # for the eye only
    open 1024 580 1 light --workspace "$workspace"
    keys ctrl+3 ctrl+Return; sleep 2
    keys ctrl+shift+d
    at 300 570
    shoot small-troubleshooter
    close
fi

if [ "$only" = main-2x ]; then # for the eye only: too large for the repository
    open 1440 900 2 light --workspace "$workspace"
    keys ctrl+1 ctrl+Return; sleep 1.5
    click 505 520
    click 700 291
    at 760 890
    shoot main-2x
    close
fi

# --- states: what happens when it does not go well, and the command palette -----------------------------------------
# Parts of the real window, one under the other; light at the left, dark at the right.
if wanted states; then
    # Takes the request and never answers; its first line is the port.
    python3 -c 'import socket, time
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
print(server.getsockname()[1], flush=True)
kept = [server.accept() for _ in range(2)]; time.sleep(600)' >"$work/slow" & slow=$!
    for _ in $(seq 100); do [ -s "$work/slow" ] && break; sleep 0.05; done
    for theme in light dark; do
        open 1200 700 1 "$theme" --workspace "$HOME/empty/States"
        part() { at 700 690; import -window "$id" -strip -crop "$2" +repage "$work/$theme-$1.png"; }
        try() { # try URL: in a new tab, with the editor folded away
            keys ctrl+n
            words "$1"
            keys ctrl+Return
            sleep 1.2
            keys ctrl+shift+e
        }
        try 'http://127.0.0.1:9/closed'
        part 1 906x150+292+40
        try "https://${base#http://}/not-tls"
        part 2 906x150+292+40
        try "http://127.0.0.1:$(cat "$work/slow")/slow"
        part 3 906x110+292+40
        keys Escape
        sleep 0.5
        part 4 906x150+292+40
        try '{{baseUrl}}/v2/invoices'
        part 5 906x160+292+40
        keys ctrl+k
        words 're'
        part 6 906x420+292+0
        keys Escape
        close
        convert "$work/$theme"-[1-6].png -append +repage "$work/states-$theme.png"
    done
    kill "$slow"
    convert "$work/states-light.png" "$work/states-dark.png" +append +repage -strip +dither -colors 255 "PNG8:$out/states.png"
    say "$out/states.png"
fi
