#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# with-keyring.sh CMD…: runs CMD in a private D-Bus session with an unlocked gnome-keyring in a throw-away HOME, and
# with REALMSCOPE_KEYRING=1. Where the programs are missing CMD runs without that, so that it can say that it skips.
set -u
if ! command -v gnome-keyring-daemon >/dev/null || ! command -v dbus-run-session >/dev/null; then
    exec "$@"
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/run" "$home/data"
chmod 700 "$home/run"
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config XDG_RUNTIME_DIR=$home/run REALMSCOPE_KEYRING=1
dbus-run-session -- bash -c '
    printf %s test | gnome-keyring-daemon --unlock --components=secrets --foreground >"$HOME/keyring.log" 2>&1 &
    daemon=$!
    for _ in $(seq 100); do
        gdbus call --session -d org.freedesktop.DBus -o / -m org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets |
            grep -q true && break
        sleep 0.05
    done
    "$@"
    status=$?
    kill $daemon
    wait $daemon 2>/dev/null
    exit $status' _ "$@"
