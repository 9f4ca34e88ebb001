#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and opens Realmscope with the practice range (no Internet needed). Without a
# display it does the same main job with realmscope-cli and prints what that shows.
#   packaging/run.sh [--build-only] [realmscope options…]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_only=
[ "${1:-}" = --build-only ] && { build_only=1; shift; }
install_packages "${build_packages[@]}" "${run_packages[@]}"
build build/run -DCMAKE_BUILD_TYPE=Release -DREALMSCOPE_BUILD_TESTS=OFF
[ -n "$build_only" ] && exit 0
bin=$root/build/run/bin

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$bin/realmscope" --practice "$@"
fi

say "There is no display here, so this is the main job on the command line."
exec "$root/packaging/demo.sh" "$bin/realmscope-cli"
