#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Our transport and command line beside libcurl and curl on this machine, against a local nginx: a table of medians and
# ratios in Markdown. Recording every byte is part of what is measured.
# First the diagnosis of 10,000 recorded traces: time and allocations of one, as a line of JSON; then signing, scheme by scheme; then
# what the vault and the keychain take.
#   packaging/bench.sh [--rounds N] [--only WORD]
#   packaging/bench.sh --history [COUNT]      a history of 10,000 entries in the window: opening it, searching it
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if [ "${1:-}" = --history ]; then
    install_packages "${build_packages[@]}" "${run_packages[@]}"
    use_ccache
    cmake -S "$root" -B "$root/build/bench-window" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2 || die "cmake could not configure the build"
    cmake --build "$root/build/bench-window" --parallel "$(nproc)" --target bench_history >&2 || die "the build failed; see the compiler's words above"
    shift
    exec "$root/build/bench-window/bin/bench_history" "$@"
fi
install_packages "${build_packages[@]}" "${run_packages[@]}" libcurl4-openssl-dev curl nginx python3
build build/bench -DCMAKE_BUILD_TYPE=Release -DREALMSCOPE_BUILD_UI=OFF -DREALMSCOPE_BENCH=ON -DREALMSCOPE_BUILD_TESTS=OFF
say "Diagnosing 10,000 recorded traces offline:"
"$root/build/bench/bin/bench_diagnosis"
say "Signing a request, beside the bare primitive of OpenSSL:"
"$root/build/bench/bin/bench_signing"
say "How long a secret takes to come from the vault and from the keychain (gnome-keyring, where it is installed):"
"$root/tests/credentials/with-keyring.sh" "$root/build/bench/bin/bench_secrets"
exec python3 "$root/tests/bench/bench.py" "$@" "$root/build/bench/bin"
