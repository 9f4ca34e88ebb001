#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""The vault's format once more, written from SECURITY.md alone, with other libraries than the program's: libargon2 (python3-argon2),
PyCryptodome (python3-pycryptodome) and Python's own BLAKE2b.

  vault_peer.py read FILE   passphrase on standard input; prints {"key": ["label", "secret in hexadecimal"]}
  vault_peer.py write FILE  {"passphrase": …, "passes": …, "memory": KiB, "random": hexadecimal, "entries": {…}} on standard input
"""
import hashlib, json, struct, sys

try:
    from argon2.low_level import Type, hash_secret_raw
    from Cryptodome.Cipher import ChaCha20_Poly1305
except ImportError as missing:
    print('REALMSCOPE-TEST-SKIPPED, because', missing)
    sys.exit(77)


def key_of(passphrase, passes, memory, salt):
    return hash_secret_raw(passphrase, salt, passes, memory, 1, 32, Type.ID, 19)


def cipher(key, nonce, associated):
    box = ChaCha20_Poly1305.new(key=key, nonce=nonce)
    box.update(associated)
    return box


def read(file, passphrase):
    assert hashlib.blake2b(file[:-32], digest_size=32).digest() == file[-32:], 'checksum'
    magic, version, kind, passes, memory, lanes = struct.unpack_from('<16sHHIII', file)
    assert (magic, version, kind, lanes) == (b'Realmscope vault', 1, 1, 1), 'header'
    salt, wrap_nonce, wrapped, nonce = file[32:48], file[48:72], file[72:120], file[120:144]
    assert struct.unpack_from('<Q', file, 144)[0] == len(file) - 152 - 32, 'length'
    wrapping = cipher(key_of(passphrase, passes, memory, salt), wrap_nonce, file[:72])
    data_key = wrapping.decrypt_and_verify(wrapped[:32], wrapped[32:])
    padded = cipher(data_key, nonce, file[:152]).decrypt_and_verify(file[152:-48], file[-48:-32])
    assert len(padded) % 4096 == 0, 'padding'
    plain = padded.rstrip(b'\0')
    assert plain[-1:] == b'\x80', 'padding'
    plain, at, entries = plain[:-1], 4, {}
    for _ in range(struct.unpack_from('<I', plain)[0]):
        parts = []
        for form, width in (('<H', 2), ('<H', 2), ('<I', 4)):
            size = struct.unpack_from(form, plain, at)[0]
            parts.append(plain[at + width:at + width + size])
            at += width + size
        entries[parts[0].decode()] = [parts[1].decode(), parts[2].hex()]
    assert at == len(plain), 'contents'
    return entries


def write(passphrase, passes, memory, random, entries):
    salt, wrap_nonce, data_key, nonce = random[:16], random[16:40], random[40:72], random[72:96]
    head = struct.pack('<16sHHIII', b'Realmscope vault', 1, 1, passes, memory, 1) + salt + wrap_nonce
    head += b''.join(cipher(key_of(passphrase, passes, memory, salt), wrap_nonce, head).encrypt_and_digest(data_key))
    plain = struct.pack('<I', len(entries))
    for name, (label, secret) in sorted(entries.items(), key=lambda e: e[0].encode()):
        for form, part in (('<H', name.encode()), ('<H', label.encode()), ('<I', bytes.fromhex(secret))):
            plain += struct.pack(form, len(part)) + part
    plain += b'\x80'
    plain += b'\0' * (-len(plain) % 4096)
    head += nonce + struct.pack('<Q', len(plain) + 16)
    file = head + b''.join(cipher(data_key, nonce, head).encrypt_and_digest(plain))
    return file + hashlib.blake2b(file, digest_size=32).digest()


if sys.argv[1] == 'read':
    with open(sys.argv[2], 'rb') as source:
        print(json.dumps(read(source.read(), sys.stdin.buffer.read())))
else:
    wanted = json.load(sys.stdin)
    with open(sys.argv[2], 'wb') as target:
        target.write(write(wanted['passphrase'].encode(), wanted['passes'], wanted['memory'], bytes.fromhex(wanted['random']), wanted['entries']))
