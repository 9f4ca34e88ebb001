#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the libFuzzer targets with sanitizers and runs each for a minute.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages "${build_packages[@]}" clang libclang-rt-dev
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
