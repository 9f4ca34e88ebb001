#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing (also the real servers and the desktop parts that the tests use), builds, runs every test; without
# options it then fuzzes each parser for a minute.
#   packaging/test.sh [ctest options…]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

test_packages=(curl libcurl4-openssl-dev python3 gzip brotli zstd
    apache2 apache2-utils nginx lighttpd
    dbus dbus-x11 gnome-keyring libsecret-tools libglib2.0-bin
    clang libclang-rt-dev
    xvfb openbox x11-utils xdotool xclip at-spi2-core python3-gi gir1.2-atspi-2.0)
install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
build build/test -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1"
cd "$root/build/test"
[ $# -gt 0 ] && exec ctest --output-on-failure --parallel "$(nproc)" "$@"
ctest --output-on-failure --parallel "$(nproc)"

# A minute of fuzzing for each target, from its committed corpus.
clang=$(command -v clang++ || true)
if ! printf '#include <cstddef>\nextern "C" int LLVMFuzzerTestOneInput(const unsigned char *, size_t) { return 0; }\n' \
    | "${clang:-false}" -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null; then
    say "fuzzing skipped, because ${clang:-clang++} is missing or has no fuzzer runtime (packages clang, libclang-rt-dev)"
    exit 0
fi
cd "$root"
cmake --preset fuzz >&2 && cmake --build --preset fuzz --parallel "$(nproc)" >&2 || die "the fuzz targets do not build"
exec ctest --preset fuzz --parallel 2
