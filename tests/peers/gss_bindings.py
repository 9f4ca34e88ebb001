#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""An HTTPS server whose GSS-API (MIT Kerberos, gss-ntlmssp) insists on channel binding (RFC 5929, tls-server-end-point).

    gss_bindings.py PORT CERTIFICATE KEY OTHER_CERTIFICATE

/krb/ and /ntlm/ bind to its own certificate. /krb/other and /ntlm/other bind to OTHER_CERTIFICATE, as a server behind a
machine in the middle would: its client saw another certificate than it has. /open/ asks for nothing. The answer says who
came, and whether the context is bound to the channel.
"""
import base64
import hashlib
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gssapi
from gssapi.raw import ChannelBindings

SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
NTLM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
CHANNEL_BOUND = 0x800  # GSS_C_CHANNEL_BOUND_FLAG: the client sent bindings, and they are ours


def bindings(path):
    der = ssl.PEM_cert_to_DER_cert(open(path, encoding="ascii").read())
    return ChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None  # of this connection, while it is being made

    def answer(self, status, text, *headers):
        body = (text + "\n").encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        place = self.path.strip("/").split("/")
        if place[0] not in ("krb", "ntlm"):
            return self.answer(200, "open")
        scheme = "NTLM" if place[0] == "ntlm" else "Negotiate"
        word, _, text = self.headers.get("Authorization", "").partition(" ")
        if word != scheme or not text:
            self.context = None
            return self.answer(401, "who are you?", ("WWW-Authenticate", scheme))
        try:
            if self.context is None:
                mechs = [NTLM if scheme == "NTLM" else SPNEGO]
                creds = gssapi.Credentials(usage="accept", mechs=mechs)
                self.context = gssapi.SecurityContext(
                    creds=creds, usage="accept", channel_bindings=self.server.other if place[-1] == "other" else self.server.own)
            token = self.context.step(base64.b64decode(text))
            reply = scheme + (" " + base64.b64encode(token).decode() if token else "")
            complete = self.context.complete  # says what was wrong when there is a token that says so too
        except gssapi.exceptions.GSSError as error:
            self.context = None
            return self.answer(401, f"{type(error).__name__}: {error.gen_message()}", ("WWW-Authenticate", scheme))
        if not complete:
            return self.answer(401, "go on", ("WWW-Authenticate", reply))
        bound = bool(int(self.context.actual_flags) & CHANNEL_BOUND)
        text = f"{self.context.initiator_name} bound={bound}"
        self.context = None
        return self.answer(200, text, *([("WWW-Authenticate", reply)] if token else []))

    def log_message(self, *words):
        pass


def main():
    port, certificate, key, other = sys.argv[1:5]
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    server.own, server.other = bindings(certificate), bindings(other)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


main()
