// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// An authorization server (oidc-provider), an API (express-oauth2-jwt-bearer), and a user with a browser.
//   node oauth2.mjs PORT_OF_SERVER PORT_OF_API PUBLIC_JWK_OF_A_CLIENT PORT_WITH_TLS FOLDER_OF_CERTIFICATES
// Says "ready", then reads one command a line and answers each with one line:
//   browse URL     logs in as alice, consents, follows the redirects to the end
//   refuse URL     the same, and says no
//   forge URL      as browse, and on the way back the state becomes that of somebody else
//   device CODE    enters the code of a device
import { Provider, errors } from 'oidc-provider';
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import http from 'node:http';
import https from 'node:https';
import fs from 'node:fs';
import crypto from 'node:crypto';
import { once } from 'node:events';
import readline from 'node:readline';
import vm from 'node:vm';

const [serverPort, apiPort, clientKey] = [+process.argv[2], +process.argv[3], JSON.parse(process.argv[4])];
const [tlsPort, certificates] = [+process.argv[5], process.argv[6]];
const certificate = (name) => fs.readFileSync(`${certificates}/${name}`, 'utf8');
const issuer = `http://127.0.0.1:${serverPort}`;
const api = `http://127.0.0.1:${apiPort}`;
const secret = 'p%s+ w&r=d/?:qz-0123456789abcdef';
const scopes = 'openid offline_access read:things';
const machine = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'], scope: 'read:things' };
const keyPair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const clients = [
  { client_id: 'basic', client_secret: secret, ...machine, token_endpoint_auth_method: 'client_secret_basic' },
  { client_id: 'post', client_secret: secret, ...machine, token_endpoint_auth_method: 'client_secret_post' },
  { client_id: 'secretjwt', client_secret: secret, ...machine, token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'HS256' },
  { client_id: 'secretjwt512', client_secret: secret + secret, ...machine, token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'HS512' },
  { client_id: 'keyjwt', ...machine, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [clientKey] } },
  { client_id: 'tls', ...machine, token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=alice' },
  { client_id: 'selfsigned', ...machine, token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: { keys: [{ ...crypto.createPublicKey(certificate('selfsigned.pem')).export({ format: 'jwk' }),
                     x5c: [certificate('selfsigned.pem').replace(/-----[A-Z ]+-----|\s/g, '')] }] } },
  { client_id: 'native', redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native', token_endpoint_auth_method: 'none', scope: scopes,
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] },
  { client_id: 'pushed', client_secret: secret, redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native', scope: scopes,
    grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_basic', require_pushed_authorization_requests: true },
  { client_id: 'implicit', redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native', token_endpoint_auth_method: 'none', scope: scopes,
    grant_types: ['implicit'], response_types: ['id_token token'] },
  { client_id: 'exchange', client_secret: secret, redirect_uris: [], response_types: [], grant_types: ['client_credentials', exchangeGrant, bearerGrant],
    scope: 'read:things', token_endpoint_auth_method: 'client_secret_basic', jwks: { keys: [clientKey] } },
];

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [{ ...keyPair.privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] },
  scopes: ['openid', 'offline_access', 'read:things'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'],
  discovery: { mtls_endpoint_aliases: { token_endpoint: `https://127.0.0.1:${tlsPort}/token` } },
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'HS512', 'ES256'], dPoPSigningAlgValues: ['ES256', 'EdDSA', 'RS256', 'PS256'] },
  responseTypes: ['code', 'id_token token'],
  cookies: { keys: ['a key of the test'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  pkce: { required: () => true },
  ttl: { AccessToken: () => 10, ClientCredentials: () => 600, RefreshToken: 600, DeviceCode: 60, AuthorizationCode: 60, Interaction: 60, Session: 600, Grant: 600, IdToken: 60 },
  features: {
    devInteractions: { enabled: true }, clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, introspection: { enabled: true },
    mTLS: { enabled: true, selfSignedTlsClientAuth: true, tlsClientAuth: true,
      getCertificate: (ctx) => { const der = ctx.socket.getPeerCertificate?.().raw; return der && new crypto.X509Certificate(der).toString(); },
      certificateAuthorized: (ctx) => ctx.socket.authorized,
      certificateSubjectMatches: (ctx, property, expected) => property === 'tls_client_auth_subject_dn' && `CN=${ctx.socket.getPeerCertificate().subject.CN}` === expected },
    revocation: { enabled: true }, pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true, nonceSecret: crypto.createHash('sha256').update('a nonce of the test').digest(), requireNonce: () => true },
    resourceIndicators: { enabled: true, defaultResource: () => undefined, useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => {
        if (resource !== api) throw new errors.InvalidTarget();
        return { scope: 'read:things', audience: api, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      } },
  },
});
// oidc-provider leaves these two grants to its user. What makes them is ours; who checks the request and makes the token is not.
const issueFor = async (ctx, accountId) => {
  const { ClientCredentials } = ctx.oidc.provider;
  const token = new ClientCredentials({ client: ctx.oidc.client, scope: ctx.oidc.params.scope });
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: 600, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', subject: accountId };
};
provider.registerGrantType(exchangeGrant, async (ctx) => {
  const subject = await ctx.oidc.provider.ClientCredentials.find(ctx.oidc.params.subject_token);
  if (!subject || ctx.oidc.params.subject_token_type !== 'urn:ietf:params:oauth:token-type:access_token') throw new errors.InvalidGrant('the subject token is not known');
  await issueFor(ctx, subject.clientId);
}, ['subject_token', 'subject_token_type', 'scope', 'resource'], ['resource']);
provider.registerGrantType(bearerGrant, async (ctx) => {
  const { jwtVerify, importJWK } = await import('jose');
  let claims;
  try {
    ({ payload: claims } = await jwtVerify(ctx.oidc.params.assertion, await importJWK(clientKey, 'ES256'), { audience: `${issuer}/token`, issuer: 'exchange' }));
  } catch (e) {
    throw new errors.InvalidGrant(e.message);
  }
  await issueFor(ctx, claims.sub);
}, ['assertion', 'scope', 'resource'], ['resource']);
// It has no response type "token" (OpenID Connect needs none): that of the client "implicit" is asked for with an ID token beside it.
const server = http.createServer((req, res) => {
  if (/^\/auth\?.*client_id=implicit/.test(req.url)) req.url = req.url.replace(/(\?|&)response_type=token(&|$)/, '$1response_type=id_token%20token$2');
  provider.callback()(req, res);
}).listen(serverPort, '127.0.0.1');
const tlsServer = https.createServer({ cert: certificate('server.pem'), key: certificate('server.key'), ca: certificate('ca.pem'), requestCert: true, rejectUnauthorized: false },
                                     provider.callback()).listen(tlsPort, '127.0.0.1');

const app = express();
const check = (dpop) => auth({ issuer, jwksUri: `${issuer}/jwks`, audience: api, tokenSigningAlg: 'RS256', clockTolerance: 0, dpop });
const ok = (req, res) => res.json({ sub: req.auth.payload.sub, scope: req.auth.payload.scope });
app.get('/things', check({ enabled: false }), requiredScopes('read:things'), ok);
app.get('/bound', check({ enabled: true, required: true }), requiredScopes('read:things'), ok);
// The token endpoint behind a proxy: /behind/token under another address than the client knows, /broken/token with a proof that was
// changed on its way.
app.post('/:how(behind|broken)/token', express.text({ type: () => true }), async (req, res) => {
  const headers = { authorization: req.get('authorization'), 'content-type': req.get('content-type') };
  if (req.get('dpop')) headers.dpop = req.params.how === 'broken' ? req.get('dpop').replace(/.{8}$/, (end) => [...end].reverse().join('')) : req.get('dpop');
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body: req.body });
  for (const name of ['content-type', 'dpop-nonce', 'www-authenticate']) if (answer.headers.get(name)) res.set(name, answer.headers.get(name));
  res.status(answer.status).send(await answer.text());
});
app.get('/.well-known/oauth-protected-resource', (req, res) => res.json({ resource: api, authorization_servers: [issuer] }));
app.use((err, req, res, next) => { res.set(err.headers || {}); res.status(err.status || 500).json({ error: err.code || err.name, message: err.message }); });
const apiServer = app.listen(apiPort, '127.0.0.1');

// A browser as simple as can be: cookies, redirects, forms.
async function browse(start, answers) {
  const cookies = new Map();
  let url = start, body;
  for (let i = 0; i < 20; ++i) {
    const response = await fetch(url, { method: body ? 'POST' : 'GET', body, redirect: 'manual',
                                        headers: { cookie: [...cookies].map(([n, v]) => `${n}=${v}`).join('; ') } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    body = undefined;
    const to = response.headers.get('location');
    if (to) {
      url = new URL(to, url).href;
      if (answers.forge && /[?#&]state=/.test(to)) url = url.replace(/([?#&]state=)[^&]*/, '$1c29tZWJvZHkgZWxzZQ');
      continue;
    }
    const page = await response.text();
    const script = /<script>(.*?)<\/script>/.exec(page);
    if (script && new URL(url).hash) { // what the redirection brought in the fragment is for the page's own script
      const { hash, pathname, search } = new URL(url);
      let next;
      vm.runInNewContext(script[1], { location: { hash, pathname, search, replace: (there) => { next = there; } } });
      if (next) { url = new URL(next, url).href; continue; }
    }
    const unescape = (text) => text.replaceAll('&amp;', '&');
    const abort = /href="([^"]*\/abort)"/.exec(page);
    const form = /<form[^>]*action="([^"]+)"/.exec(page);
    const prompt = /name="prompt" value="(\w+)"/.exec(page);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page);
    if (response.status === 200 && answers.refuse && abort) { url = new URL(unescape(abort[1]), url).href; continue; }
    if (response.status === 200 && form && prompt) {
      url = new URL(unescape(form[1]), url).href;
      body = new URLSearchParams({ prompt: prompt[1], login: 'alice', password: 'x' });
      continue;
    }
    if (response.status === 200 && form && xsrf && !answers.entered) {
      answers.entered = /name="confirm"/.test(page);
      url = new URL(unescape(form[1]), url).href;
      body = new URLSearchParams({ xsrf: xsrf[1], user_code: answers.code, ...(answers.entered ? { confirm: 'yes' } : {}) });
      continue;
    }
    return `${response.status} ${page.replace(/<(style|script)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 200)}`;
  }
  return 'no end of redirects';
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [command, argument] = line.split(' ');
  const answers = { refuse: command === 'refuse', forge: command === 'forge', code: command === 'device' ? argument : undefined };
  try {
    console.log(await browse(command === 'device' ? `${issuer}/device` : argument, answers));
  } catch (e) {
    console.log(`failed: ${e.cause?.message || e.message}`);
  }
}).on('close', () => process.exit(0));
await Promise.all([server, tlsServer, apiServer].map((each) => each.listening || once(each, 'listening')));
console.log('ready');
