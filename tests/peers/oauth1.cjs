// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A server of OAuth 1.0a: passport-http-oauth looks at every signature of all three legs; what it is asked for, and the page
// where the user says yes, is ours.
//   node oauth1.cjs PORT
// Says "ready". Client "app" with the secret "K&y=1 2"; GET /authorize says yes at once (?oauth_token=…), /refuse no, and with
// the callback oob the page shows the code. Ends with its standard input.
'use strict';
const crypto = require('crypto');
const express = require('express');
const passport = require('passport');
const { ConsumerStrategy, TokenStrategy } = require('passport-http-oauth');

const client = { id: 'app', secret: 'K&y=1 2' };
const temporary = new Map(); // token → {secret, callback, verifier}
const tokens = new Map();    // token → {secret, user}
const unique = () => crypto.randomBytes(9).toString('base64') + '&+'; // has to survive every encoding

const byKey = (key, done) => (key === client.id ? done(null, client, client.secret) : done(null, false));
const isRecent = (timestamp, nonce, done) => done(null, Math.abs(timestamp - Date.now() / 1000) < 300);
passport.use('consumer', new ConsumerStrategy(byKey, (token, done) => done(null, temporary.get(token)?.secret), isRecent));
passport.use('token', new TokenStrategy(byKey, (token, done) => {
  const found = tokens.get(token);
  return found ? done(null, { name: found.user }, found.secret) : done(null, false);
}, isRecent));

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(passport.initialize());
const form = (res, values) => res.type('application/x-www-form-urlencoded').send(new URLSearchParams(values).toString());

app.post('/request', passport.authenticate('consumer', { session: false }), (req, res) => {
  const [token, secret] = [unique(), unique()];
  temporary.set(token, { secret, callback: req.authInfo.oauth.callbackURL, verifier: null });
  form(res, { oauth_token: token, oauth_token_secret: secret, ...(req.query.old ? {} : { oauth_callback_confirmed: 'true' }) });
});
app.get('/authorize', (req, res) => {
  const found = temporary.get(req.query.oauth_token);
  if (!found) return res.status(400).send('unknown');
  found.verifier = unique();
  if (found.callback === 'oob') return res.send(found.verifier);
  const to = new URL(found.callback);
  to.searchParams.set('oauth_token', req.query.oauth_token);
  to.searchParams.set('oauth_verifier', found.verifier);
  return res.redirect(to.href);
});
app.get('/refuse', (req, res) => {
  const to = new URL(temporary.get(req.query.oauth_token).callback);
  to.searchParams.set('oauth_problem', 'user_refused');
  return res.redirect(to.href);
});
app.post('/access', passport.authenticate('consumer', { session: false }), (req, res) => {
  const { token, verifier } = req.authInfo.oauth;
  if (!verifier || verifier !== temporary.get(token)?.verifier) return res.status(401).send('oauth_problem=verifier_invalid');
  temporary.delete(token);
  const [granted, secret] = [unique(), unique()];
  tokens.set(granted, { secret, user: 'alice' });
  return form(res, { oauth_token: granted, oauth_token_secret: secret });
});
app.get('/things', passport.authenticate('token', { session: false }), (req, res) => res.json({ user: req.user.name }));
app.use((err, req, res, next) => res.status(err.status || 500).send(String(err.message)));
app.listen(+process.argv[2], '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit(0));
