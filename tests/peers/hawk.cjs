// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A server of Hawk: npm's hawk looks at each request, proves its answers, and says its time where the client's is off.
//   node hawk.cjs PORT
// Says "ready". Keys "h1" (SHA-256) and "h2" (SHA-1). /link takes a bewit. The first word of another path says what happens to
// the answer on its way: /body, /mac, /none (no proof), /key (the proof of somebody else), /time (another time than the one that was
// proven). A right request gets {"app", "dlg", "ext"} back as the server understood them. Ends with its standard input.
'use strict';
const http = require('http');
const hawk = require('hawk');

const keys = { h1: { id: 'h1', key: 'Quartz-58-lantern', algorithm: 'sha256' }, h2: { id: 'h2', key: 'Quartz-58-lantern', algorithm: 'sha1' } };
const lookup = (id) => keys[id] || null;
const seen = new Set();
const once = (key, nonce, ts) => {
  if (seen.has(key + nonce + ts)) throw new Error('seen before');
  seen.add(key + nonce + ts);
};
const other = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

http.createServer((req, res) => {
  let payload = '';
  req.setEncoding('utf8').on('data', (part) => { payload += part; }).on('end', async () => {
    const what = /^\/(\w*)/.exec(req.url)[1];
    const type = 'application/json';
    try {
      if (what === 'link') {
        const { attributes } = await hawk.uri.authenticate(req, lookup);
        return res.writeHead(200, { 'Content-Type': type }).end(JSON.stringify({ ext: attributes.ext }));
      }
      const { credentials, artifacts } = await hawk.server.authenticate(req, lookup, { nonceFunc: once, ...(payload ? { payload } : {}) });
      const { app, dlg, ext } = artifacts;
      const body = JSON.stringify({ app, dlg, ext });
      const by = what === 'key' ? { ...credentials, key: 'of-somebody-else' } : credentials;
      let proof = hawk.server.header(by, artifacts, { ext: 'from the server', ...(what === 'short' ? {} : { payload: body, contentType: type }) });
      if (what === 'mac') proof = other(proof, proof.indexOf('mac="') + 8);
      res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, ...(what === 'none' ? {} : { 'Server-Authorization': proof }) });
      return res.end(what === 'body' ? body.replace('{', '{ ') : body);
    } catch (error) {
      const headers = { ...error.output?.headers };
      if (what === 'time' && headers['WWW-Authenticate']) headers['WWW-Authenticate'] = headers['WWW-Authenticate'].replace(/ts="\d+"/, 'ts="1000000000"');
      return res.writeHead(error.output?.statusCode || 500, headers).end(error.message);
    }
  });
}).listen(+process.argv[2], '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit(0));
