#!/usr/bin/python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# OpenStack Swift with its s3api, which verifies AWS Signature V4: s3_swift.py PORT FOLDER PORT PORT PORT PORT.
# The first port is that of the proxy, the others are for its memcached and its account, container and object server; objects
# stay in memory. Says "ready" once it answers, and ends with its standard input.
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
import traceback

HOST = '127.0.0.1'
proxy, folder, memcached, account, container, objects = sys.argv[1:7]

RING = '[DEFAULT]\nbind_ip = {host}\nbind_port = {port}\nworkers = 0\nuser = {user}\nswift_dir = {folder}\ndevices = {folder}/devices\nmount_check = false\nlog_address = {folder}/no-syslog\n' \
       '[pipeline:main]\npipeline = server\n[app:server]\nuse = egg:swift#{app}\n'
PROXY = '[DEFAULT]\nbind_ip = {host}\nbind_port = {port}\nworkers = 0\nuser = {user}\nswift_dir = {folder}\nlog_address = {folder}/no-syslog\n' \
        '[pipeline:main]\npipeline = catch_errors cache s3api tempauth proxy-server\n' \
        '[filter:catch_errors]\nuse = egg:swift#catch_errors\n' \
        '[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = {host}:{memcached}\n' \
        '[filter:s3api]\nuse = egg:swift#s3api\nlocation = eu-west-1\n' \
        '[filter:tempauth]\nuse = egg:swift#tempauth\nuser_peer_alice = Opal-73-river .admin\nuser_peer_bob = Copper-31-gate\n' \
        '[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n'


def write(name, text):
    with open(os.path.join(folder, name), 'w') as out:
        out.write(text)
    return os.path.join(folder, name)


def serve(config):
    import swift.common.utils as utils
    utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')  # not /etc/swift
    import swift.common.storage_policy as policy
    policy.reload_storage_policies()
    utils.validate_hash_conf()
    from swift.common.wsgi import run_wsgi
    run_wsgi(config, 'proxy-server' if config.endswith('proxy.conf') else 'server')


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def answers(port):
    with socket.socket() as s:
        return s.connect_ex((HOST, int(port))) == 0


user = pwd.getpwuid(os.getuid()).pw_name
os.makedirs(os.path.join(folder, 'devices', 'disk'), exist_ok=True)
write('swift.conf', '[swift-hash]\nswift_hash_path_suffix = peer\nswift_hash_path_prefix = peer\n[storage-policy:0]\nname = Policy-0\ndefault = yes\n')
children = []
servers = []
for name, port, app in (('account', account, 'account'), ('container', container, 'container'), ('object', objects, 'mem_object')):
    builder = os.path.join(folder, name + '.builder')
    for words in (['create', '4', '1', '1'], ['add', f'r1z1-{HOST}:{port}/disk', '1'], ['rebalance']):
        subprocess.run(['swift-ring-builder', builder] + words, stdout=subprocess.DEVNULL, check=False)
    servers.append(write(name + '.conf', RING.format(host=HOST, port=port, user=user, folder=folder, app=app)))
servers.append(write('proxy.conf', PROXY.format(host=HOST, port=proxy, user=user, folder=folder, memcached=memcached)))
children.append(subprocess.Popen(['memcached', '-l', HOST, '-p', memcached, '-U', '0', '-m', '16'] + (['-u', 'nobody'] if os.getuid() == 0 else []),
                                 preexec_fn=end_with_parent).pid)
for config in servers:
    child = os.fork()
    if child == 0:
        end_with_parent()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        try:
            serve(config)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    children.append(child)

try:
    deadline = time.monotonic() + 60
    while not all(answers(port) for port in (proxy, memcached, account, container, objects)):
        if time.monotonic() > deadline:
            sys.exit('the servers of Swift did not start')
        time.sleep(0.1)
    print('ready', flush=True)
    sys.stdin.read()
finally:
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
