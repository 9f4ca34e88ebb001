// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A server that hides what it has (RFC 9729): /hidden is there for who proves a known key, with Node's own key exporter and
// crypto; for everybody else it does not exist. HTTP/1.1 and HTTP/2.
//   node concealed.cjs PORT FOLDER      with server.pem, server.key, and NAME.pub (PEM) for each key ID
// Says "ready". Ends with its standard input.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http2 = require('http2');

const [port, folder] = [+process.argv[2], process.argv[3]];
const read = (name) => fs.readFileSync(`${folder}/${name}`);
const keys = Object.fromEntries(fs.readdirSync(folder).filter((name) => name.endsWith('.pub')).map((name) => [name.slice(0, -4), crypto.createPublicKey(read(name))]));

const text = (value) => { // length first, as a number of QUIC
  const bytes = Buffer.from(value);
  const length = bytes.length < 64 ? Buffer.from([bytes.length]) : Buffer.from([0x40 | (bytes.length >> 8), bytes.length & 255]);
  return Buffer.concat([length, bytes]);
};
const number = (value) => Buffer.from([value >> 8, value & 255]);

// The key as RFC 9729 section 3.1.1 writes it, the scheme of TLS, and how crypto checks it.
function kindOf(key) {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (member) => Buffer.from(jwk[member], 'base64url');
  if (jwk.kty === 'OKP') return { scheme: 2055, bytes: bytes('x'), verify: (data, proof) => crypto.verify(null, data, key, proof) };
  if (jwk.kty === 'EC') return { scheme: 1027, bytes: Buffer.concat([Buffer.from([4]), bytes('x'), bytes('y')]), verify: (data, proof) => crypto.verify('sha256', data, key, proof) };
  return { scheme: 2052, bytes: key.export({ format: 'der', type: 'pkcs1' }),
           verify: (data, proof) => crypto.verify('sha256', data, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, proof) };
}

function isKnown(request, socket) {
  const [scheme, rest] = (request.headers.authorization || '').split(/ (.*)/s);
  if (scheme !== 'Concealed') return false;
  const sent = Object.fromEntries([...rest.matchAll(/([a-z]+)=("[^"]*"|[A-Za-z0-9_-]*)/g)].map((m) => [m[1], m[2].replace(/"/g, '')]));
  const key = keys[Buffer.from(sent.k || '', 'base64url')];
  if (!key) return false;
  const kind = kindOf(key);
  const realm = 'realm' in sent ? sent.realm : '';
  if (realm !== (process.env.REALM || '') || +sent.s !== kind.scheme || !Buffer.from(sent.a, 'base64url').equals(kind.bytes)) return false;
  const authority = new URL(`https://${request.headers.host || request.headers[':authority']}`);
  const context = Buffer.concat([number(kind.scheme), text(Buffer.from(sent.k, 'base64url')), text(kind.bytes), text('https'), text(authority.hostname), number(+authority.port || 443), text(realm)]);
  const exported = socket.exportKeyingMaterial(48, 'EXPORTER-HTTP-Concealed-Authentication', context);
  if (!exported.subarray(32).equals(Buffer.from(sent.v, 'base64url'))) return false;
  return kind.verify(Buffer.concat([Buffer.alloc(64, ' '), Buffer.from('HTTP Concealed Authentication\0'), exported.subarray(0, 32)]), Buffer.from(sent.p, 'base64url'));
}

http2.createSecureServer({ cert: read('server.pem'), key: read('server.key'), allowHTTP1: true, minVersion: 'TLSv1.2' }, (request, response) => {
  const socket = request.httpVersion === '2.0' ? request.stream.session.socket : request.socket;
  let known = false;
  try {
    known = request.url.startsWith('/hidden') && isKnown(request, socket);
  } catch { /* as if it were not there */ }
  response.writeHead(known ? 200 : 404);
  response.end(known ? 'in' : 'not here');
}).listen(port, '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit(0));
