#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Builds the libFuzzer targets with sanitizers into build/fuzz and runs each, from its committed corpus.
#   packaging/fuzz.sh [--seconds N] [--as-test]
# --seconds: how long each (60). --as-test: as a part of the tests: installs nothing, takes one processor, and begins with the same
# random numbers each time, so that the tests of one commit say the same on every computer. Any other run goes new ways.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=60 seed=0 jobs=$(nproc) install=1
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) seconds=${2:?}; shift ;;
    --as-test) jobs=1 install= seed=1 ;;
    *) die "unknown word: $1" ;;
    esac
    shift
done
if [ -n "$install" ]; then
    install_packages "${build_packages[@]}"
    install_fuzzer
fi
clang=$(command -v clang++ || true)
if ! printf '#include <cstddef>\nextern "C" int LLVMFuzzerTestOneInput(const unsigned char *, size_t) { return 0; }\n' \
    | "${clang:-false}" -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null; then
    echo "fuzzing skipped, because ${clang:-clang++} is missing or has no fuzzer runtime (packages clang, libclang-rt-…-dev)"
    exit 0
fi
cd "$root"
use_ccache
{ cmake --preset fuzz -DREALMSCOPE_FUZZ_SECONDS="$seconds" -DREALMSCOPE_FUZZ_SEED="$seed" && cmake --build --preset fuzz --parallel "$jobs"; } >&2 \
    || die "the fuzz targets do not build"
exec ctest --preset fuzz --parallel "$jobs"
