// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Reads one request a line as JSON: kind, method, url, target, headers ([[name, value]…]), body (Base64), and what the kind
// needs as keys. Says "ok" or why the library of that kind refuses it.
'use strict';
const crypto = require('crypto');
const readline = require('readline');

const same = (a, b, what) => { if (a !== b) throw new Error(`${what}: library ${b}, request ${a}`); };

// What no library here has: the chunks of AWS ("Signature calculations: transferring payload in multiple chunks"), by Node alone. The
// signature that the first one goes on from is the library's.
function chunks(r, body) {
  const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
  const hash = (data) => crypto.createHash('sha256').update(data).digest('hex');
  const [, scope] = /Credential=[^/]+\/([^,]+)/.exec(r.h.authorization);
  const key = scope.split('/').reduce(hmac, 'AWS4' + r.secret);
  let previous = /Signature=(\w+)/.exec(r.h.authorization)[1], decoded = 0, size = -1;
  for (let at = 0; size !== 0;) {
    const head = body.subarray(at, body.indexOf('\r\n', at)).toString();
    const [, length, signature] = /^([0-9a-f]+);chunk-signature=([0-9a-f]{64})$/.exec(head);
    size = parseInt(length, 16);
    const from = at + head.length + 2;
    const data = body.subarray(from, from + size);
    at = from + size + 2;
    if (data.length !== size || body.subarray(at - 2, at).toString() !== '\r\n') throw new Error('a chunk is not whole');
    previous = hmac(key, ['AWS4-HMAC-SHA256-PAYLOAD', r.h['x-amz-date'], scope, previous, hash(''), hash(data)].join('\n')).toString('hex');
    same(signature, previous, 'chunk-signature');
    decoded += size;
    if (size === 0 && at !== body.length) throw new Error('more behind the last chunk');
  }
  same(r.h['x-amz-decoded-content-length'], String(decoded), 'X-Amz-Decoded-Content-Length');
  same(r.h['content-length'], String(body.length), 'Content-Length');
  same(r.h['content-encoding'], 'aws-chunked', 'Content-Encoding');
}

const kinds = {
  // aws4 signs what it is given: the same headers at the same time have to give the same value.
  sigv4(r, body) {
    const aws4 = require('aws4');
    const signed = /SignedHeaders=([^,]+)/.exec(r.h.authorization);
    const headers = {};
    if (!r.presigned)
      for (const [name, value] of r.headers) if (signed[1].split(';').includes(name.toLowerCase())) headers[name] = value;
    // A session token is left out, so that the library puts it in by itself.
    if (r.sessionToken) delete headers[Object.keys(headers).find((name) => name.toLowerCase() === 'x-amz-security-token')];
    const target = r.presigned ? r.target.replace(/&X-Amz-Signature=.*/, '').replace(/&X-Amz-Security-Token=[^&]*/, '') : r.target;
    const options = { service: r.service, region: r.region, method: r.method, host: r.h.host, path: target, headers, body: body.length ? body : undefined,
                      signQuery: !!r.presigned, extraHeadersToIgnore: { 'content-length': true, 'content-type': !signed || !signed[1].includes('content-type') } };
    aws4.sign(options, { accessKeyId: r.id, secretAccessKey: r.secret, sessionToken: r.sessionToken });
    if (r.presigned) same(r.target.split('X-Amz-Signature=')[1], options.path.split('X-Amz-Signature=')[1], 'signature');
    else same(r.h.authorization, options.headers.Authorization, 'Authorization');
    if (r.chunked) chunks(r, body);
  },
  async hawk(r, body) {
    const hawk = require('hawk');
    const request = { method: r.method, url: r.target, host: new URL(r.url).hostname, port: +(new URL(r.url).port || 80), authorization: r.h.authorization, contentType: r.h['content-type'] };
    const lookup = (id) => (id === r.id ? { id, key: r.secret, algorithm: r.algorithm || 'sha256', user: 'x' } : null);
    if (r.bewit) await hawk.uri.authenticate(request, lookup);
    else await hawk.server.authenticate(request, lookup, r.payload ? { payload: body.toString() } : {});
  },
  oauth1(r, body) {
    const OAuth = require('oauth-1.0a');
    const url = new URL(r.url);
    const source = r.place === 'query' ? [...url.searchParams] : r.place === 'body' ? [...new URLSearchParams(body.toString())]
      : [...r.h.authorization.replace(/^OAuth /, '').matchAll(/([^=,\s]+)="([^"]*)"/g)].map((m) => [m[1], decodeURIComponent(m[2])]);
    const sent = Object.fromEntries(source.filter(([n]) => n.startsWith('oauth_')));
    const form = /x-www-form-urlencoded/.test(r.h['content-type'] || '') ? Object.fromEntries([...new URLSearchParams(body.toString())].filter(([n]) => !n.startsWith('oauth_'))) : {};
    const hash = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256', 'HMAC-SHA512': 'sha512' }[sent.oauth_signature_method];
    const oauth = OAuth({ consumer: { key: r.id, secret: r.secret }, signature_method: sent.oauth_signature_method,
                          hash_function: (base, key) => (hash ? crypto.createHmac(hash, key).update(base).digest('base64') : key) });
    const { oauth_signature: signature, ...rest } = sent;
    // The library has no RSA: its base string, and Node's own verification.
    const rsa = { 'RSA-SHA1': 'RSA-SHA1', 'RSA-SHA256': 'RSA-SHA256', 'RSA-SHA512': 'RSA-SHA512' }[sent.oauth_signature_method];
    if (rsa) {
      const base = oauth.getBaseString({ url: r.url.replace(/&oauth_[^&]*/g, ''), method: r.method, data: form }, rest);
      if (!crypto.createVerify(rsa).update(base).verify(r.pem, signature, 'base64')) throw new Error('the signature is not right');
      return;
    }
    same(signature, oauth.getSignature({ url: r.url.replace(/&oauth_[^&]*/g, ''), method: r.method, data: form }, r.tokenSecret, rest), 'oauth_signature');
  },
  async jwt(r) {
    const jose = await import('jose');
    const token = r.h.authorization.replace(/^\S+ (t=)?/, '').replace(/,.*/, '');
    const key = r.pem ? await jose.importSPKI(r.pem, r.algorithm) : Buffer.from(r.secret);
    await jose.jwtVerify(token, key, { algorithms: [r.algorithm], audience: r.audience });
  },
  async 'http-signature'(r, body) {
    const { httpbis, createVerifier } = require('http-message-signatures');
    const key = r.pem ? crypto.createPublicKey(r.pem) : Buffer.from(r.secret);
    const ok = await httpbis.verifyMessage({ keyLookup: async (p) => (p.keyid === r.id ? { id: r.id, algs: [r.algorithm], verify: createVerifier(key, r.algorithm) } : null) },
                                           { method: r.method, url: r.url, headers: r.all });
    if (!ok) throw new Error('the signature is not right');
    if (r.label) same(/^[^=]*/.exec(r.h.signature)[0], r.label, 'label');
    const digest = /^sha-(256|512)=:([^:]+):$/.exec(r.h['content-digest'] || '');
    if (r.h['content-digest']) same(digest[2], crypto.createHash(`sha${digest[1]}`).update(body).digest('base64'), 'Content-Digest');
  },
  // draft-cavage-http-signatures-12, with (created) and (expires): the library makes the text that was signed.
  async cavage12(r) {
    const { cavage, createVerifier } = require('http-message-signatures');
    const value = r.h.authorization.replace(/^Signature /, '');
    const [, algorithm] = /algorithm="([^"]*)"/.exec(value);
    same(algorithm, r.says, 'algorithm');
    const key = r.pem ? crypto.createPublicKey(r.pem) : Buffer.from(r.secret);
    const ok = await cavage.verifyMessage({ keyLookup: async (p) => (p.keyid === r.id ? { id: r.id, verify: createVerifier(key, r.algorithm) } : null) },
                                          { method: r.method, url: r.url, headers: { ...r.h, signature: value } });
    if (!ok) throw new Error('the signature is not right');
  },
  cavage(r) {
    const signature = require('http-signature');
    const parsed = signature.parseRequest({ method: r.method, url: r.target, httpVersion: '1.1', headers: r.h }, { clockSkew: 1e9 });
    const ok = r.pem ? signature.verifySignature(parsed, r.pem) : signature.verifyHMAC(parsed, r.secret);
    if (!ok) throw new Error('the signature is not right');
  },
  edgegrid(r, body) {
    const auth = require(__dirname + '/node_modules/akamai-edgegrid/src/auth.js'); // not among the package's exports
    const sent = Object.fromEntries([...r.h.authorization.replace(/^\S+ /, '').matchAll(/([a-z_]+)=([^;]*);?/g)].map((m) => [m[1], m[2]]));
    const url = new URL(r.url);
    const headersToSign = Object.fromEntries((r.signed || []).map((name) => [name, r.h[name.toLowerCase()]]));
    const made = auth.generateAuth({ url: r.url, path: r.target, method: r.method, headers: {}, body: body.toString(), headersToSign }, sent.client_token, r.secret,
                                   sent.access_token, url.origin, 131072, sent.nonce, sent.timestamp);
    same(r.h.authorization, made.headers.Authorization, 'Authorization');
  },
  // Atlassian's own library: it fetches the key by the token's kid, as a service does.
  async asap(r) {
    const http = require('http');
    const server = http.createServer((q, a) => {
      const isKnown = q.url === '/' + r.id;
      a.writeHead(isKnown ? 200 : 404, { 'Content-Type': 'application/x-pem-file' }).end(isKnown ? r.pem : '');
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    try {
      const authenticator = require('jwt-authentication').server.create({ publicKeyBaseUrl: `http://127.0.0.1:${server.address().port}/`, resourceServerAudience: r.audience });
      await new Promise((done, failed) => authenticator.validate(r.h.authorization.replace(/^Bearer /, ''), [r.id.split('/')[0]], (e) => (e ? failed(e) : done())));
    } finally {
      server.close();
    }
  },
  // web-push makes the header of the same claims with the same key: all but the signature is equal, and that is verified.
  async vapid(r) {
    const jose = await import('jose');
    const { getVapidHeaders, validateSubject, validatePublicKey } = require(__dirname + '/node_modules/web-push/src/vapid-helper.js');
    const [, token, k] = /^vapid t=([^,]+), ?k=(.+)$/.exec(r.h.authorization);
    validatePublicKey(k);
    const jwk = crypto.createPublicKey(r.pem).export({ format: 'jwk' });
    const point = Buffer.from(k, 'base64url');
    same(point.toString('hex'), '04' + Buffer.from(jwk.x, 'base64url').toString('hex') + Buffer.from(jwk.y, 'base64url').toString('hex'), 'k');
    const audience = new URL(r.url).origin;
    const { payload, protectedHeader } = await jose.jwtVerify(token, await jose.importJWK({ ...jwk, alg: 'ES256' }), { audience, algorithms: ['ES256'] });
    validateSubject(payload.sub);
    const d = crypto.createPrivateKey(r.privatePem).export({ format: 'jwk' }).d;
    const made = getVapidHeaders(audience, r.id, k, d, 'aes128gcm', payload.exp).Authorization;
    const theirs = made.slice('vapid t='.length).split('.');
    same(JSON.stringify(protectedHeader, Object.keys(protectedHeader).sort()), JSON.stringify(JSON.parse(Buffer.from(theirs[0], 'base64url')), ['alg', 'typ']), 'header');
    const claims = JSON.parse(Buffer.from(theirs[1], 'base64url'));
    for (const name of Object.keys(claims)) same(payload[name], claims[name], name);
    same(k, /k=(.+)$/.exec(made)[1], 'k');
  },
  async wsse(r) {
    const { UsernameToken } = await import('wsse');
    const sent = Object.fromEntries([...r.h['x-wsse'].replace(/^UsernameToken /, '').matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    same(r.h.authorization, 'WSSE profile="UsernameToken"', 'Authorization');
    const token = (nonce) => new UsernameToken({ username: r.id, password: r.secret, created: sent.Created, nonce });
    if (r.bytes) { // the library takes a nonce of text alone, so the digest of bytes is Node's
      const digest = crypto.createHash('sha1').update(Buffer.from(sent.Nonce, 'base64')).update(sent.Created + r.secret).digest('base64');
      same(sent.PasswordDigest, digest, 'PasswordDigest');
      same(sent.Username, r.id, 'Username');
    } else if (r.decoded) same(r.h['x-wsse'], token(Buffer.from(sent.Nonce, 'base64').toString()).getWSSEHeader({ nonceBase64: true }), 'X-WSSE');
    else same(r.h['x-wsse'], token(sent.Nonce).getWSSEHeader(), 'X-WSSE');
    if (Math.abs(Date.now() - Date.parse(sent.Created)) > 300000) throw new Error('created too long ago');
  },
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const r = JSON.parse(line);
  r.h = Object.fromEntries(r.headers.map(([name, value]) => [name.toLowerCase(), value]));
  r.all = {}; // a header of several lines is an array
  for (const [name, value] of r.headers) (r.all[name.toLowerCase()] ??= []).push(value);
  try {
    await kinds[r.kind](r, Buffer.from(r.body, 'base64'));
    console.log('ok');
  } catch (e) {
    console.log('refused: ' + e.message);
  }
});
