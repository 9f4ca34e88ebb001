#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing (also the real servers and the desktop parts that the tests use), builds, runs every test.
#   packaging/test.sh [ctest options…]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

test_packages=(curl libcurl4-openssl-dev python3 python3-argon2 python3-pycryptodome gzip brotli zstd
    apache2 apache2-utils nginx lighttpd squid tinyproxy dante-server nghttp2-server nodejs gsasl libauthen-scram-perl python3-django
    swift-proxy swift-account swift-container swift-object memcached
    libapache2-mod-auth-gssapi libwbclient0 krb5-kdc krb5-admin-server krb5-user python3-gssapi python3-oauthlib
    dbus dbus-x11 gnome-keyring libsecret-tools libglib2.0-bin
    xvfb openbox x11-utils xdotool xclip at-spi2-core python3-gi gir1.2-atspi-2.0)
command -v npm >/dev/null || test_packages+=(npm) # other makers' Node.js brings its own
install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
install_fuzzer
build build/test -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1"
# What the tests of peers need besides: NTLM for Apache, unpacked only, because installed it takes part in every GSS-API
# program of the computer; and the reference libraries that verify signatures.
mkdir -p "$root/build/test/peers"
cd "$root/build/test/peers"
[ -d gss-ntlmssp ] || { apt-get download -qq gss-ntlmssp && dpkg -x gss-ntlmssp_*.deb gss-ntlmssp; } >&2 \
    || say "gss-ntlmssp could not be fetched: NTLM is not tested"
[ -d node_modules ] && cmp -s "$root/tests/peers/package-lock.json" package-lock.json || rm -rf node_modules
cp "$root/tests/peers/package.json" "$root/tests/peers/package-lock.json" .
[ -d node_modules ] || npm ci --no-audit --no-fund >&2 || say "the packages of npm could not be fetched: signatures are not verified by others"
cd "$root/build/test"
exec ctest --output-on-failure --parallel "$(nproc)" "$@"
