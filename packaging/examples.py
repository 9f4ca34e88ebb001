#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/EXAMPLES.md out of real runs: `why` against rooms of the practice range.

  packaging/examples.py --cli PATH/TO/realmscope-cli            writes the page
  packaging/examples.py --cli PATH/TO/realmscope-cli --check    tells whether it is out of date, and how

Ports and times are other ones in each run; in the page they always are the same.
"""
import argparse, difflib, json, os, re, shlex, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, 'docs', 'EXAMPLES.md')

# A heading for each, and the room; or the words of `why` themselves.
EXAMPLES = [
    ('Nothing was sent', 'locked-door'),
    ('The wrong password', 'wrong-password'),
    ('A token that is too old', 'expired-token'),
    ('Basic where Digest is asked for', 'basic-at-digest'),
    ('A line end inside the password', 'newline-inside'),
    ('A variable that nobody filled in', 'forgotten-variable'),
    ('A redirect to another host', 'moved-house'),
    ('A token that may not do this', 'narrow-scope'),
    ('A header that never arrives', 'eaten-header'),
    ('An old cookie in the way', 'old-cookie'),
    ('Status 200, and refused all the same', 'graph-refusal'),
    ('A recording of a browser, without its credentials', ['--har', 'tests/interop/har/chrome-sanitized.har']),
]

INTRO = '''<!-- SPDX-FileCopyrightText: The Realmscope authors -->
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Written by packaging/examples.py; a change by hand is lost. -->
# What `why` says: twelve examples

Each is a real run against a room of the practice range (`realmscope-cli practice`), so you can repeat it. Put
`realmscope-cli why` before a curl command that gets refused. The first lines name the cause and say how sure it is: *proven*
when the bytes or an extra request leave no other explanation, *likely*, or *possible*. Then come what was sent and answered, what it means,
how this is known, what to do, and a checklist of nine steps.

'''


def environment(home):
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy') and not k.startswith('XDG_')}
    return dict(kept, HOME=home)


def page(cli):
    home = tempfile.mkdtemp()
    practice = subprocess.Popen([cli, 'practice', '--port', '0'], stdout=subprocess.PIPE, text=True, env=environment(home), cwd=ROOT)
    try:
        addresses = {'base': practice.stdout.readline().strip()}
        name, url = practice.stdout.readline().split()
        addresses[name] = url
        listed = json.loads(subprocess.run([cli, 'practice', '--list', '--json'], capture_output=True, text=True, check=True).stdout)
        rooms = {room['id']: room for room in listed['rooms']}
        return INTRO + ''.join(example(cli, home, number + 1, title, what, rooms, addresses)
                               for number, (title, what) in enumerate(EXAMPLES))
    finally:
        practice.terminate()
        practice.wait()


def example(cli, home, number, title, what, rooms, addresses):
    if isinstance(what, list):
        words, lesson = ['why', *what], ''
    else:
        room = rooms[what]
        words = ['why', 'curl'] + [filled(word, addresses) for word in room['curl']]
        lesson = room['lesson'] + '\n\n'
    done = subprocess.run([cli, *words], capture_output=True, text=True, env=environment(home), cwd=ROOT, timeout=60)
    if done.returncode not in (3, 4):
        sys.exit('%s: exit status %d: %s' % (title, done.returncode, done.stderr.strip()))
    command = '$ realmscope-cli ' + ' '.join(shown(word) for word in words)
    return '## %d. %s\n\n%s```text\n%s\n%s```\n\n' % (number, title, lesson, steady(command, addresses), steady(done.stdout, addresses))


def filled(word, addresses):
    for name, url in addresses.items():
        word = word.replace('{%s}' % name, url)
    return word


def shown(word):
    if len(word) > 100:  # a token: its beginning is enough
        head, _, token = word.rpartition(' ')
        word = (head + ' ' if head else '') + token[:16] + '…'
    return shlex.quote(word) if not re.fullmatch(r'[\w./:=@{}%+-]+', word) else word


# Of the same length, so that lines break at the same places.
def steady(text, addresses):
    for number, url in enumerate(addresses.values()):
        port = url.rsplit(':', 1)[1]
        text = re.sub(r'(?<=[:.\d])%s\b|\b%s\b' % (port, port), ('4000%d' % (number + 1))[:len(port)], text)
    text = re.sub(r'\d{4}-\d\d-\d\d(?= \d\d:\d\d:\d\d)', '2026-11-24', text)
    # Two moments of one day are shown without it; around midnight they are of two.
    text = re.sub(r'((?:exp|nbf|iat) is |Date is )2026-11-24 (\d\d:\d\d:\d\d) UTC', r'\1\2', text)
    text = re.sub(r'(?<=nonce=")[^"]+', lambda found: 'Nonce0123456789abcdefghij'[:len(found.group())], text)
    text = text.replace('good for another 1 h', 'good for another 59 min')
    return steady_times(text)


# The latest time of an example becomes 14:20:00, and the others keep their distance in minutes.
def steady_times(text):
    pattern = r'\b(\d\d):(\d\d):(\d\d)\b'
    seconds = [int(h) * 3600 + int(m) * 60 + int(s) for h, m, s in re.findall(pattern, text)]
    if not seconds:
        return text
    if max(seconds) - min(seconds) > 12 * 3600:  # around midnight
        seconds = [s + 24 * 3600 if s < 12 * 3600 else s for s in seconds]
    latest = max(seconds)

    def moved(found):
        h, m, s = map(int, found.groups())
        minutes = (14 * 60 + 20 - round((latest - h * 3600 - m * 60 - s) / 60) % (24 * 60)) % (24 * 60)
        return '%02d:%02d:00' % divmod(minutes, 60)
    return re.sub(pattern, moved, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--cli', required=True)
    parser.add_argument('--check', action='store_true')
    args = parser.parse_args()
    wanted = page(os.path.abspath(args.cli)).rstrip('\n') + '\n'
    if not args.check:
        with open(PAGE, 'w', encoding='utf-8') as file:
            file.write(wanted)
        return 0
    try:
        with open(PAGE, encoding='utf-8') as file:
            there = file.read()
    except FileNotFoundError:
        there = ''
    if there == wanted:
        return 0
    sys.stdout.writelines(difflib.unified_diff(there.splitlines(True), wanted.splitlines(True), 'docs/EXAMPLES.md', 'what why says now'))
    print('docs/EXAMPLES.md is out of date; write it again with: packaging/examples.py --cli PATH')
    return 1


sys.exit(main())
