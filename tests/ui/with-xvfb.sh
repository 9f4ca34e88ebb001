#!/bin/sh
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Runs a command on a screen of its own (Xvfb) with a window manager (openbox).
#   with-xvfb.sh COMMAND [ARGUMENT…]
for tool in Xvfb openbox xprop; do
    command -v $tool >/dev/null || { echo "REALMSCOPE-TEST-SKIPPED, because $tool is not installed"; exit 0; }
done
dir=$(mktemp -d) || exit 1
pids=
finish() {
    # shellcheck disable=SC2086
    [ -n "$pids" ] && kill $pids 2>/dev/null
    wait 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 143' TERM INT
Xvfb -displayfd 6 -screen 0 1600x1000x24 -nolisten tcp 6>"$dir/display" 2>"$dir/xvfb.log" &
pids=$!
tries=0
until [ -s "$dir/display" ]; do
    tries=$((tries + 1))
    [ $tries -gt 600 ] && { cat "$dir/xvfb.log" >&2; echo "with-xvfb.sh: Xvfb did not start" >&2; exit 1; }
    sleep 0.05
done
DISPLAY=:$(cat "$dir/display")
export DISPLAY
server=$pids
tries=0
manager=
until xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id'; do
    # It gives up where the X server does not answer at once.
    if [ -z "$manager" ] || ! kill -0 "$manager" 2>/dev/null; then
        openbox >>"$dir/openbox.log" 2>&1 &
        manager=$!
        pids="$manager $server"
    fi
    tries=$((tries + 1))
    [ $tries -gt 600 ] && { cat "$dir/openbox.log" >&2; echo "with-xvfb.sh: openbox did not start" >&2; exit 1; }
    sleep 0.05
done
"$@" &
pids="$! $pids"
wait $!
