#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets stay where they belong.

Every secret field of every scheme gets a canary of its own, kept in a real keychain (with-keyring.sh). The real
programs then use them: profile add, show, list, export, test; send and why as text, as JSON and with a report (Markdown,
HTML), from a recording, beside a server's log, each a process of its own, so that the secret comes back after a restart; the window (Xvfb, keys) with the troubleshooter open,
once ended in order and once by SIGABRT, with what it keeps in its history (unpacked, and read by history list and show). The server sends everything that it gets back to the sender, in its body and in
a header. At the end no file below HOME, no report, no standard output or error and no log holds a canary in any of its
forms; and the server that each was meant for has got it.
"""
import argparse, base64, glob, gzip, hashlib, http.server, json, os, re, secrets, shutil, signal, subprocess, sys, tempfile
import threading, time, urllib.parse, zlib

SKIP = 'REALMSCOPE-TEST-SKIPPED, because '

parser = argparse.ArgumentParser()
parser.add_argument('--cli', required=True)
parser.add_argument('--window', default='')
args = parser.parse_args()
if not os.environ.get('REALMSCOPE_KEYRING'):
    print(SKIP + 'gnome-keyring-daemon or dbus-run-session is not installed')
    sys.exit(0)

home = os.environ['HOME']
outputs = os.path.join(tempfile.mkdtemp(), 'outputs')  # outside HOME: what a terminal would have shown
os.makedirs(outputs)
os.environ['TMPDIR'] = os.path.join(home, 'tmp')
os.makedirs(os.environ['TMPDIR'])
failures = []


def fail(text):
    failures.append(text)
    print('FAIL', text)


# ---------------------------------------------------------------------------------------------- the server
class Handler(http.server.BaseHTTPRequestHandler):
    """Refuses what it does not know, and tells the sender what it got."""
    protocol_version = 'HTTP/1.1'
    seen = []          # (path, head and body as bytes)

    def log_message(self, *unused): pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        head = self.requestline.encode('latin-1') + b'\n' + str(self.headers).encode('latin-1', 'replace')
        Handler.seen.append((self.path, head + b'\n' + body))
        echo = {'error': 'invalid_token', 'you_sent': {k: v for k, v in self.headers.items()}, 'line': self.requestline}
        text = json.dumps(echo).encode()
        if self.path.startswith('/digest') and 'response=' not in self.headers.get('Authorization', ''):
            challenge = 'Digest realm="canaries", qop="auth", algorithm=SHA-256, nonce="%s"' % secrets.token_hex(8)
        elif self.path.startswith('/digest'):
            challenge = 'Digest realm="canaries", qop="auth", algorithm=SHA-256, nonce="%s"' % secrets.token_hex(8)
        elif self.path.startswith(('/basic', '/any')):
            challenge = 'Basic realm="canaries"'
        else:
            challenge = 'Bearer realm="canaries", error="invalid_token"'
        self.send_response(401)
        self.send_header('WWW-Authenticate', challenge)
        self.send_header('X-You-Sent', self.headers.get('Authorization', 'nothing'))
        self.send_header('Content-Type', 'application/json')
        chunked = self.path.startswith('/chunked')
        if self.path.startswith('/packed'):  # where nobody can see it without unpacking
            text = gzip.compress(text)
            self.send_header('Content-Encoding', 'gzip')
        if chunked:  # cuts what it sends back into pieces
            self.send_header('Transfer-Encoding', 'chunked')
        else:
            self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        if self.command != 'HEAD':
            pieces = [text[i:i + 7] for i in range(0, len(text), 7)] if chunked else []
            self.wfile.write(b''.join(b'%x\r\n%s\r\n' % (len(piece), piece) for piece in pieces) + b'0\r\n\r\n' if chunked else text)

    do_GET = do_POST = do_HEAD = do_OPTIONS = answer


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = 'http://127.0.0.1:%d' % server.server_address[1]

# ---------------------------------------------------------------------------------------------- running
environment = dict(os.environ, QT_LOGGING_RULES='*=true;qt.*=false;default=true', QT_LINUX_ACCESSIBILITY_ALWAYS_ON='0')
count = 0


def run(*words, stdin='', program=None, expect=None):
    global count
    count += 1
    done = subprocess.run([program or args.cli, *words], input=stdin.encode(), env=environment, capture_output=True, timeout=60)
    name = '%03d-%s' % (count, re.sub(r'[^a-z0-9]+', '-', ' '.join(words).lower())[:60])
    for kind, data in (('out', done.stdout), ('err', done.stderr)):
        with open(os.path.join(outputs, name + '.' + kind), 'wb') as file:
            file.write(data)
    if expect is not None and done.returncode not in expect:
        fail('%s: exit status %d: %s' % (' '.join(words), done.returncode, done.stderr.decode(errors='replace').strip()))
    return done


schemes = json.loads(run('schemes', '--json').stdout)['schemes']
canaries = {}   # (scheme, field) -> value


def canary(scheme, field):
    value = 'Kanari-%s/%s+%s' % (scheme, field, secrets.token_hex(9))
    canaries[(scheme, field)] = value
    return value


# The passphrase of the vault is a secret as well; its file is outside of HOME, which is searched.
passphrase = 'Kanari-vault+' + secrets.token_hex(9)
canaries[('vault', 'passphrase')] = passphrase
passphrase_file = os.path.join(tempfile.mkdtemp(), 'passphrase')
with open(passphrase_file, 'w') as file:
    file.write(passphrase + '\n')
VAULT = ['--vault-passphrase-file', passphrase_file]


def profile_for(scheme, store='keychain'):
    """Adds a profile; None where the scheme keeps no secret."""
    secret_fields = [f for f in scheme['fields'] if f['kind'] == 'secret']
    if not secret_fields:
        return None
    label = scheme['id'] if store == 'keychain' else scheme['id'] + '-in-the-' + store
    name = 'p-' + label
    words = ['profile', 'add', name, '--scheme', scheme['id'], '--origin', base, '--store', store, *VAULT]
    values = {f['id']: f['default'] for f in scheme['fields']} | MORE.get(scheme['id'], {})
    # A field that counts only with another value of another field can't be given.
    secret_fields = [f for f in secret_fields if not f.get('onlyWhen') or any(values[c['field']] in c['values'] for c in f['onlyWhen'])]
    for field, value in MORE.get(scheme['id'], {}).items():
        words += ['--field', field + '=' + value.replace('BASE', base)]
    for field in scheme['fields']:
        if field['kind'] in ('text', 'multi-line', 'file') and field['required'] and not field['default']:
            words += ['--field', field['id'] + '=' + FIELDS.get((scheme['id'], field['id']), 'alice')]
    first = secret_fields[0]['id']
    done = run(*words, '--secret-field', first, '--secret-stdin', stdin=canary(label, first) + '\n', expect=(0,))
    if done.returncode != 0:
        return None
    for field in secret_fields[1:]:
        run('profile', 'set', name, '--secret-field', field['id'], '--secret-stdin', *VAULT,
            stdin=canary(label, field['id']) + '\n', expect=(0,))
    return name


# Fields that take no free text.
FIELDS = {('apikey', 'name'): 'X-Api-Key', ('client-certificate', 'certificate-file'): os.devnull}
# What a scheme needs besides, to send all the secrets that go together.
MORE = {'oauth2': {'grant': 'password', 'client-id': 'app', 'username': 'alice', 'token-url': 'BASE/token'}}

profiles = {}
for scheme in schemes:
    name = profile_for(scheme)
    if name:
        profiles[scheme['id']] = name
if not profiles:
    fail('no scheme has a secret field')
run('vault', 'create', *VAULT, expect=(0,))
for scheme in schemes:
    if scheme['id'] in ('basic', 'bearer', 'oauth2'):
        profiles[scheme['id'] + '-in-the-vault'] = profile_for(scheme, 'vault')
run('vault', 'check', *VAULT, expect=(0,))
run('vault', 'status', expect=(0,))

# These send what they keep, or a hash of it, to any server. The others sign, and some take no made-up key: there nothing
# has to arrive, but nothing may be left behind either, whatever came of it.
SENT = ('any', 'apikey', 'basic', 'bearer', 'digest', 'basic-in-the-vault', 'bearer-in-the-vault')

for scheme_id, name in profiles.items():
    refused = (3, 4) if scheme_id in SENT else (0, 1, 3, 4)
    path = '%s/%s' % (base, scheme_id)
    report = os.path.join(home, 'report-' + scheme_id)
    run('profile', 'show', name, expect=(0,))
    run('profile', 'show', name, '--json', expect=(0,))
    vault = VAULT if scheme_id.endswith('-in-the-vault') else []
    run('profile', 'test', name, path, *vault, expect=refused)
    run('send', '--profile', name, path, *vault, expect=refused)
    run('send', '--json', '--save-har', report + '.sent.har', '--profile', name, path, *vault, expect=refused)
    run('why', '--report', report + '.har', '--profile', name, path, *vault, expect=refused)
    run('why', '--json', '--garbage', '--report', report + '.md', '--profile', name, path, *vault, expect=refused)
    run('why', '--probe', 'none', '--report', report + '.html', '--profile', name, path, *vault, expect=refused)
    if scheme_id in SENT and not all(os.path.exists(report + kind) for kind in ('.md', '.html')):
        fail('no report was written for ' + scheme_id)
# With a wrong passphrase, and with another one; then out of the vault and back into it.
wrong = os.path.join(os.path.dirname(passphrase_file), 'wrong')
with open(wrong, 'w') as file:
    file.write(canary('vault', 'wrong'))
run('send', '--profile', profiles['bearer-in-the-vault'], base + '/bearer', '--vault-passphrase-file', wrong, expect=(1,))
for store in ('keychain', 'vault'):
    run('profile', 'move', profiles['basic-in-the-vault'], '--store', store, *VAULT, expect=(0,))
run('profile', 'list', expect=(0,))
run('profile', 'list', '--json', expect=(0,))
run('profile', 'export', expect=(0,))
# A credential in a curl command, and in the URL.
typed = 'Kanari-typed+' + secrets.token_hex(9)
canaries[('curl', 'typed')] = typed
for words in (['-u', 'alice:' + typed, base + '/basic'], ['-H', 'Authorization: Bearer ' + typed, base + '/bearer'],
              [base.replace('//', '//alice:%s@' % urllib.parse.quote(typed, safe='')) + '/basic'],
              ['-H', 'X-Api-Key: ' + typed, base + '/key'], [base + '/key?access_token=' + urllib.parse.quote(typed, safe='')],
              ['-b', 'session=' + typed, base + '/cookie'],
              ['-d', 'grant_type=password&username=alice&password=' + urllib.parse.quote(typed, safe=''), base + '/token']):
    run('send', 'curl', *words, expect=(3, 4))
    run('why', '--json', 'curl', *words, expect=(3, 4))
    run('why', 'curl', *words, expect=(3, 4))
# In a recording of another program, and in a server's log that holds what was sent: neither is among the files searched.
inputs = tempfile.mkdtemp()
now = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
basic = 'Basic ' + base64.b64encode(b'alice:' + typed.encode()).decode()
recorded = {'startedDateTime': now, 'time': 5, 'timings': {'send': 1, 'wait': 3, 'receive': 1},
            'request': {'method': 'POST', 'url': base + '/har?api_key=' + urllib.parse.quote(typed, safe=''), 'httpVersion': 'HTTP/1.1',
                        'headers': [{'name': 'Authorization', 'value': basic}, {'name': 'Cookie', 'value': 'session=' + typed}],
                        'postData': {'mimeType': 'application/x-www-form-urlencoded', 'text': 'password=' + urllib.parse.quote(typed, safe='')}},
            'response': {'status': 401, 'headers': [{'name': 'WWW-Authenticate', 'value': 'Basic realm="canaries"'}],
                         'content': {'text': 'you sent ' + basic + ' and ' + typed}}}
har = os.path.join(inputs, 'session.har')
with open(har, 'w') as file:
    json.dump({'log': {'creator': {'name': 'Firefox', 'version': '132.0'}, 'entries': [recorded]}}, file)
log = os.path.join(inputs, 'server.log')
for words in (['--har', har], ['--json', '--har', har], ['--report', os.path.join(home, 'report-har.html'), '--har', har]):
    run('why', *words, expect=(3, 4))
for words in ([], ['--json'], ['--report', os.path.join(home, 'report-log.html')]):
    with open(log, 'w') as file:
        stamp = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        file.write('%s GET /log refused: %s, api_key=%s, {"password":"%s"}\n' % (stamp, basic, urllib.parse.quote(typed, safe=''), typed))
    done = run('why', *words, '--probe', 'none', '--log', log, 'curl', '-u', 'alice:' + typed, base + '/log', expect=(3, 4))
    if words == [] and b'line 1' not in done.stdout:
        fail('the entry of the log was not found')


# ---------------------------------------------------------------------------------------------- the window
def wait_for(condition, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def window(workspace, name, how_to_end):
    """Opens the workspace, sends its request, opens the troubleshooter; ends by key or by SIGABRT."""
    with open(os.path.join(outputs, 'window-%s.out' % how_to_end), 'wb') as out, \
            open(os.path.join(outputs, 'window-%s.err' % how_to_end), 'wb') as err:
        before = len(Handler.seen)
        program = subprocess.Popen([args.window, '--workspace', workspace], env=environment, stdout=out, stderr=err)
        try:
            ids = lambda: subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(program.pid), '--name', 'Realmscope'],
                                         capture_output=True, text=True, env=environment).stdout.split()
            if not wait_for(lambda: ids() and program.poll() is None, 90):
                return fail('the window did not open')
            key = lambda *keys: subprocess.run(['xdotool', 'key', '--clearmodifiers', *keys], env=environment, check=True)
            subprocess.run(['xdotool', 'windowactivate', '--sync', ids()[0]], env=environment, check=True)
            time.sleep(1)  # the tab is built by the event loop; there is nothing to wait for from outside
            if how_to_end == 'abort':
                pass  # the tab of the last run is restored
            else:
                key('ctrl+k')
                time.sleep(0.5)
                subprocess.run(['xdotool', 'type', 'canary'], env=environment, check=True)
                time.sleep(0.5)
                key('Return')
                time.sleep(0.5)
            key('ctrl+Return')
            if not wait_for(lambda: len(Handler.seen) > before, 40):
                return fail('the window sent nothing (%s)' % how_to_end)
            time.sleep(1)
            if how_to_end != 'abort':  # more for the history: answers that are packed or in pieces, a secret typed into the URL
                for words in ('packed', 'chunked'):
                    before = len(Handler.seen)
                    key('ctrl+k')
                    time.sleep(0.5)
                    subprocess.run(['xdotool', 'type', 'GET ' + words], env=environment, check=True)
                    time.sleep(0.5)
                    key('Return')
                    time.sleep(0.5)
                    key('ctrl+Return')
                    if not wait_for(lambda: len(Handler.seen) > before, 40):
                        return fail('the window did not send ' + words)
                    time.sleep(1)
                before = len(Handler.seen)
                key('ctrl+n')
                time.sleep(0.5)
                subprocess.run(['xdotool', 'type', '--delay', '20', base + '/typed?access_token=' + urllib.parse.quote(typed, safe='')], env=environment, check=True)
                key('ctrl+Return')
                if not wait_for(lambda: len(Handler.seen) > before, 40):
                    return fail('the window did not send what was typed')
                time.sleep(1)
                key('ctrl+1')  # back to the first, which the troubleshooter is for
                time.sleep(0.5)
            key('ctrl+shift+d')
            time.sleep(1.5)
            if how_to_end == 'abort':
                program.send_signal(signal.SIGABRT)
            else:
                key('ctrl+q')
            program.wait(20)
        finally:
            if program.poll() is None:
                program.kill()
                fail('the window did not end (%s)' % how_to_end)
                program.wait()


def window_manager():
    """openbox, when it is in charge: it gives up where the X server does not answer at once, and is started anew then."""
    for _ in range(5):
        manager = subprocess.Popen(['openbox'], env=environment, stderr=subprocess.DEVNULL)
        in_charge = lambda: b'window id' in subprocess.run(['xprop', '-root', '_NET_SUPPORTING_WM_CHECK'], env=environment,
                                                            capture_output=True).stdout
        wait_for(lambda: manager.poll() is not None or in_charge(), 30)
        if manager.poll() is None and in_charge():
            return manager
        manager.kill()
        manager.wait()
    sys.exit('FAIL openbox did not start')


if args.window:
    missing = [p for p in ('Xvfb', 'openbox', 'xdotool', 'xprop') if not shutil.which(p)]
    if missing:
        print('without the window, because %s is not installed' % ', '.join(missing))
    else:
        read, write = os.pipe()
        xvfb = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', '1440x900x24', '-nolisten', 'tcp'],
                                pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        environment['DISPLAY'] = ':' + os.read(read, 16).decode().strip()
        environment.pop('WAYLAND_DISPLAY', None)
        environment['QT_QPA_PLATFORM'] = 'xcb'
        openbox = None
        try:
            openbox = window_manager()
            workspace = os.path.join(home, 'workspace')
            os.makedirs(workspace)
            folder = json.loads(run('profile', 'export').stdout)  # references only
            with open(os.path.join(workspace, 'profiles.json'), 'w') as file:
                json.dump(folder, file)
            with open(os.path.join(workspace, 'canary.http'), 'w') as file:
                file.write('### canary\n# @name canary\n# @realmscope-profile %s\nGET %s/bearer\n' % (profiles['bearer'], base))
                for name in ('packed', 'chunked'):
                    file.write('\n### %s\n# @name %s\n# @realmscope-profile %s\nGET %s/%s\n' % (name, name, profiles['bearer'], base, name))
            # Copied by another program: used only once somebody here has approved it.
            run('profile', 'approve', profiles['bearer'], '--workspace', workspace, expect=(0,))
            window(workspace, 'canary', 'quit')
            window(workspace, 'canary', 'abort')
            from_window = [s for p, s in Handler.seen if p == '/bearer' and canaries[('bearer', 'token')].encode() in s
                           and b'Realmscope' in s]
            if len(from_window) < 2:
                fail('the window did not send the canary of the keychain twice')
            # What the window has kept of it, as the command line gives it out.
            kept = json.loads(run('history', 'list', '--json', '--workspace', workspace, expect=(0,)).stdout)['entries']
            for path in ('/bearer', '/packed', '/chunked', '/typed'):
                if not any(path in entry['url'] for entry in kept):
                    fail('the history has nothing of ' + path)
            for entry in kept:
                for words in ([], ['--json'], ['--why'], ['--why', '--json'], ['--body'], ['--save-har', os.path.join(home, entry['id'] + '.har')]):
                    run('history', 'show', entry['id'], *words, '--workspace', workspace, expect=(0,))
            expect_traces = len(kept)
        finally:
            for process in (openbox, xvfb):
                if process:
                    process.terminate()
                    process.wait()


# ---------------------------------------------------------------------------------------------- the search
def forms(value):
    raw = value.encode()
    found = {'plain': raw, 'percent': urllib.parse.quote(value, safe='').encode(), 'form': urllib.parse.quote_plus(value).encode(),
             'JSON': json.dumps(value)[1:-1].encode(), 'JSON slashes': json.dumps(value)[1:-1].replace('/', '\\/').encode(),
             'hex': raw.hex().encode(), 'UTF-16': value.encode('utf-16-le'), 'reversed': raw[::-1],
             'MD5': hashlib.md5(raw).hexdigest().encode(), 'half': raw[len(raw) // 2:]}
    for lead in range(3):  # Base64 at each of the three places that it can start at in a longer text
        text = base64.b64encode(b'x' * lead + raw)
        core = text[(0, 2, 3)[lead]:len(text) - 4]
        found['Base64+%d' % lead] = core
        found['Base64url+%d' % lead] = core.replace(b'+', b'-').replace(b'/', b'_')
    return found


expect_traces = globals().get('expect_traces', 0)
unpacked = []  # entries of the history, readable


def inside(data):
    """What is packed within the data: entries of the history, and gzip in them."""
    if data.startswith(b'realmscope.history/1\n'):
        packed = data.split(b'\n', 2)[2]
        data = zlib.decompress(packed[4:])  # qCompress: four bytes of length, then zlib
        unpacked.append(data)
        yield data
    for match in re.finditer(b'\x1f\x8b\x08', data):
        try:
            yield zlib.decompressobj(31).decompress(data[match.start():])
        except zlib.error:
            pass


def search(folder):
    for directory, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(directory, name)
            if not os.path.isfile(path) or os.path.islink(path):
                continue
            with open(path, 'rb') as file:
                data = file.read()
            yield path, data
            for part in inside(data):
                yield path, part


# The search finds what it looks for: what --reveal prints, in the places where the server echoes it.
shown = subprocess.run([args.cli, 'send', '--reveal', '--profile', profiles['bearer'], base + '/bearer'], env=environment,
                       capture_output=True, timeout=60).stdout
shown += base64.b64encode(b'alice:' + canaries[('bearer', 'token')].encode())
wanted = forms(canaries[('bearer', 'token')])
if wanted['plain'] not in shown or not any(wanted['Base64+%d' % i] in shown for i in range(3)):
    fail('the search itself does not find a secret that is shown')
server.shutdown()

files = 0
for folder in (home, outputs):
    for path, data in search(folder):
        files += 1
        for where, value in canaries.items():
            for form, needle in forms(value).items():
                if needle in data:
                    fail('%s of %s stands as %s in %s' % (where[1], where[0], form, os.path.relpath(path, folder)))
if len(unpacked) != expect_traces or not all(b'/1.1 401 ' in text and b'Bearer' in text for text in unpacked):
    fail('%d of %d entries of the history were searched' % (len(unpacked), expect_traces))
for pattern in ('core', 'core.*'):
    for path in glob.glob(os.path.join(home, '**', pattern), recursive=True) + glob.glob(pattern):
        if os.path.isfile(path):
            fail('a core file: ' + path)

# And each has reached the server that it was meant for, in one of its forms (a Digest password only as a hash).
everything = b'\n'.join(text for _, text in Handler.seen)
for (scheme_id, field), value in canaries.items():
    if scheme_id not in SENT + ('curl',):
        continue
    if scheme_id == 'digest':
        if not re.search(rb'Digest [^\n]*response="?[0-9a-f]{64}', everything):
            fail('no Digest answer reached the server')
        continue
    if not any(needle in everything for form, needle in forms(value).items() if form != 'half'):
        fail('%s of %s never reached the server' % (field, scheme_id))

print('%d canaries, %d runs, %d files searched, %d requests at the server' % (len(canaries), count, files, len(Handler.seen)))
if failures:
    print('outputs are in', outputs)
else:
    shutil.rmtree(os.path.dirname(outputs), ignore_errors=True)
sys.exit(1 if failures else 0)
