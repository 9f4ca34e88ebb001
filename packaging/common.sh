#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# What run.sh and test.sh share: installing packages (Debian 12, Ubuntu 24.04) and building. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(g++ cmake ninja-build pkg-config ccache mold
    qt6-base-dev qt6-base-dev-tools qt6-svg-dev qtkeychain-qt6-dev libgl-dev
    libssl-dev libsodium-dev libzxcvbn-dev zlib1g-dev libbrotli-dev libzstd-dev libnghttp2-dev libpsl-dev libkrb5-dev)
run_packages=(publicsuffix qt6-qpa-plugins libqt6svg6 libsecret-1-0 openssl ca-certificates)

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else return 127
    fi
}

# Installs those of the named packages that are missing. Their daemons are not started: a test starts its own servers,
# on its own ports.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return 0
    command -v apt-get >/dev/null || die "these packages are missing, and there is no apt-get here: ${missing[*]}"
    say "Installing: ${missing[*]}"
    as_root true || die "these packages are missing; install them as root, or install sudo: ${missing[*]}"
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy" && made=1
    fi
    local ok=1
    as_root apt-get update -qq || ok=
    [ -n "$ok" ] && { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" </dev/null >&2 || ok=; }
    [ -n "$made" ] && as_root rm -f "$policy"
    [ -n "$ok" ] || die "installing packages failed; see apt-get's words above"
}

# Precompiled headers and another checkout's path still hit the cache.
use_ccache() {
    command -v ccache >/dev/null || return 0
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
}

# build DIR [cmake options…]: configures and builds into DIR below the checkout.
build() {
    local dir=$root/$1; shift
    use_ccache
    cmake -S "$root" -B "$dir" -G Ninja "$@" >&2 || die "cmake could not configure the build"
    cmake --build "$dir" --parallel "$(nproc)" >&2 || die "the build failed; see the compiler's words above"
}

# Installs clang and libFuzzer's runtime, whose package has clang's version in its name.
install_fuzzer() {
    install_packages clang
    local runtime
    runtime=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev
    if apt-cache show "$runtime" >/dev/null 2>&1; then install_packages "$runtime"; fi
}
