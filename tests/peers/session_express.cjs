// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Session logins of Express: express-session keeps them, csurf wants its token with every POST.
//   node session_express.cjs PORT
// Says "ready". alice, Opal-73-river. /form…: the token is a hidden field; /api…: JSON, and the token comes as a cookie, anew
// after the login. A session is over after three seconds. Ends with its standard input.
'use strict';
const express = require('express');
const session = require('express-session');
const csurf = require('csurf');

const app = express();
app.use(express.urlencoded({ extended: false }), express.json());
app.use(session({ secret: 'a secret of the test', resave: false, saveUninitialized: true, name: 'sid', cookie: { maxAge: 3000 } }));
app.use(csurf());
const isRight = (body) => body.user === 'alice' && body.pass === 'Opal-73-river';
const inside = (to) => (req, res, next) => (req.session.user ? next() : to ? res.redirect(to) : res.status(401).json({ error: 'log in first' }));

app.get('/form/login', (req, res) => res.send(`<form method=post action="/form/login"><input type="hidden" name="_csrf" value="${req.csrfToken()}"><input name=user><input type=password name=pass></form>`));
app.post('/form/login', (req, res) => {
  if (!isRight(req.body)) return res.status(401).send('no');
  req.session.user = req.body.user;
  return res.redirect('/form/things');
});
app.all('/form/things', inside('/form/login'), (req, res) => res.send(`${req.method} by ${req.session.user}`));

app.use('/api', (req, res, next) => { res.cookie('XSRF-TOKEN', req.csrfToken()); next(); });
app.get('/api/hello', (req, res) => res.json({}));
app.post('/api/login', (req, res) => {
  if (!isRight(req.body)) return res.status(401).json({ error: 'no' });
  return req.session.regenerate(() => {
    req.session.user = req.body.user; // the next answer brings a token of the new session
    res.clearCookie('XSRF-TOKEN').json({ ok: true });
  });
});
app.all('/api/things', inside(), (req, res) => res.send(`${req.method} by ${req.session.user}`));
app.use((err, req, res, next) => res.status(err.status || 500).send(err.code || err.message));
app.listen(+process.argv[2], '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit(0));
