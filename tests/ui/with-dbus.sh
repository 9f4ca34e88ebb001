#!/bin/sh
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Runs a command in a D-Bus session of its own.
#   with-dbus.sh COMMAND [ARGUMENT…]
command -v dbus-run-session >/dev/null ||
    { echo "REALMSCOPE-TEST-SKIPPED, because dbus-run-session is not installed"; exit 0; }
exec dbus-run-session -- "$@"
