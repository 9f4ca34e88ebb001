#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""Our transport beside a libcurl program, against one nginx on loopback.

  bench.py [--smoke] [--rounds N] [--only WORD] FOLDER-WITH-THE-PROGRAMS

Each task is run by both in turn, several rounds; the table shows medians and their ratio. --smoke: tiny counts, one
round; it fails only where an answer is missing or short, never for a time.
"""
import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

NGINX = """daemon off;
worker_processes 1;
pid {dir}/pid;
error_log {dir}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 10000000;
  client_max_body_size 0;
  sendfile on;
  tcp_nodelay on;
  client_body_temp_path {dir}/put-tmp;
  proxy_temp_path {dir}/tmp-proxy; fastcgi_temp_path {dir}/tmp-fastcgi; uwsgi_temp_path {dir}/tmp-uwsgi; scgi_temp_path {dir}/tmp-scgi;
  ssl_certificate {dir}/cert.pem;
  ssl_certificate_key {dir}/key.pem;
  ssl_session_cache shared:bench:1m;
  server {{
    listen 127.0.0.1:{plain};
    listen 127.0.0.1:{tls} ssl;
    listen 127.0.0.1:{h2} ssl http2;
    root {dir}/www;
    location /put/ {{ dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, big, upload):
        self.dir = tempfile.mkdtemp(prefix="realmscope-bench-")
        os.chmod(self.dir, 0o755)
        for name in ("www", "www/put", "put-tmp"):
            os.makedirs(f"{self.dir}/{name}", exist_ok=True)
            os.chmod(f"{self.dir}/{name}", 0o777)
        with open(f"{self.dir}/www/small", "wb") as f:
            f.write(b'{"message": "hello, realm", "padding": "' + b"x" * 200 + b'"}\n')
        with open(f"{self.dir}/www/big", "wb") as f:
            f.truncate(big)
        with open(f"{self.dir}/upload", "wb") as f:
            f.truncate(upload)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", f"{self.dir}/key.pem", "-out", f"{self.dir}/cert.pem"], check=True, capture_output=True)
        self.plain, self.tls, self.h2 = free_port(), free_port(), free_port()
        with open(f"{self.dir}/nginx.conf", "w") as f:
            f.write(NGINX.format(dir=self.dir, plain=self.plain, tls=self.tls, h2=self.h2, user="user root;" if os.geteuid() == 0 else ""))
        self.process = subprocess.Popen([program("nginx"), "-e", f"{self.dir}/early.log", "-c", f"{self.dir}/nginx.conf"])
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.plain), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit("nginx did not start: " + open(f"{self.dir}/early.log").read())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        shutil.rmtree(self.dir)


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--only", default="")
    options.add_argument("folder")
    chosen = options.parse_args()
    missing = [name for name in ("nginx", "openssl", "curl") if not program(name)]
    if missing:
        print("REALMSCOPE-TEST-SKIPPED, because there is no " + " and no ".join(missing))
        return 0
    many, few, times = (30, 10, 1) if chosen.smoke else (2000, 500, 1)
    big, upload = (3_000_000, 2_000_000) if chosen.smoke else (1 << 30, 200 << 20)
    rounds = 1 if chosen.smoke else chosen.rounds
    folder = os.path.abspath(chosen.folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nginx is stopped too
    server = Server(big, upload)
    try:
        plain, tls, h2 = (f"{scheme}://127.0.0.1:{port}" for scheme, port in (("http", server.plain), ("https", server.tls), ("https", server.h2)))
        ca = f"{server.dir}/cert.pem"
        small = os.path.getsize(f"{server.dir}/www/small")
        # task, its words, how many answers, bytes of each, aim of time, aim of memory in MB
        tasks = [
            (f"{many} GET on one connection", ["one", f"{plain}/small"], many, small, 1.2, None),
            (f"{many} GET, 64 at a time", ["parallel", f"{plain}/small"], many, small, 1.3, None),
            (f"{few} GET, each on a new connection", ["fresh", f"{plain}/small"], few, small, 1.2, None),
            (f"TLS: {many} GET on one connection", ["one", f"{tls}/small"], many, small, 1.2, None),
            (f"TLS: {many} GET, 64 at a time", ["parallel", f"{tls}/small"], many, small, 1.3, None),
            (f"TLS: {few} GET, each on a new connection", ["fresh", f"{tls}/small"], few, small, 1.2, None),
            (f"HTTP/2: {many} GET on one connection", ["h2-one", f"{h2}/small"], many, small, 1.3, None),
            (f"HTTP/2: {many} GET, 64 at a time", ["h2-parallel", f"{h2}/small"], many, small, 1.3, None),
            (f"download of {big >> 20} MB", ["download", f"{plain}/big"], times, big, 1.2, 40),
            (f"TLS: download of {big >> 20} MB", ["download", f"{tls}/big"], times, big, 1.2, 40),
            (f"upload of {upload >> 20} MB", ["upload", f"{plain}/put/file"], times, 0, None, 40),
        ]
        rows = []
        for name, words, count, size, aim, memory in tasks:
            if chosen.only not in name:
                continue
            print(name, file=sys.stderr)
            seen = {"bench_libcurl": [], "bench_transport": []}
            for _ in range(rounds):
                for one in seen:
                    result = run([f"{folder}/{one}", *words, str(count), ca if words[1].startswith("https") or words[0] == "upload" else "",
                                  *([f"{server.dir}/upload"] if words[0] == "upload" else [])])
                    if result["responses"] != count or result["bytes"] != count * size:
                        sys.exit(f"{one}: {name}: {result}, expected {count} answers and {count * size} bytes")
                    seen[one].append(result)
            rows.append((name, "libcurl", seen["bench_libcurl"], seen["bench_transport"], aim, memory))
        name = "one request as a whole process"
        if chosen.only in name:
            theirs, ours = [], []
            for _ in range(1 if chosen.smoke else rounds * 5):
                theirs.append(run([f"{folder}/bench_process", "curl", "-s", "-i", f"{plain}/small"]))
                ours.append(run([f"{folder}/bench_process", f"{folder}/realmscope-cli", "send", "curl", "-s", "-i", f"{plain}/small"]))
            rows.append((name, "curl", theirs, ours, 2.5, 30))
    finally:
        server.stop()
    if chosen.smoke:
        print(f"{len(rows)} tasks: every answer is there")
        return 0
    print("| task | libcurl | Realmscope | ratio of time (aim) | ratio of CPU time | peak memory libcurl / Realmscope (aim) |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, _, theirs, ours, aim, memory in rows:
        a, b = (statistics.median(r["ms"] for r in side) for side in (theirs, ours))
        ratio = statistics.median(y["ms"] / x["ms"] for x, y in zip(theirs, ours))
        cpu = statistics.median(y["cpuMs"] / x["cpuMs"] for x, y in zip(theirs, ours))
        m, n = (statistics.median(r["peakKib"] for r in side) / 1024 for side in (theirs, ours))
        print(f"| {name} | {a:.0f} ms | {b:.0f} ms | **{ratio:.2f}**{f' (≤ {aim})' if aim else ''} | {cpu:.2f} "
              f"| {m:.0f} / {n:.0f} MB{f' (≤ {memory})' if memory else ''} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
