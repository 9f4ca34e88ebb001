#!/usr/bin/python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
# Reads one request a line as JSON: method, url, headers ([[name, value]…]), body (Base64), id, secret, tokenId, tokenSecret and pem.
# Says "ok", followed by the parameters it saw that are not of OAuth, sorted, or "refused: " and why. It is oauthlib that looks, as the
# server of a protected resource does.
import base64
import json
import sys

from oauthlib.common import Request
from oauthlib.oauth1 import Client, RequestValidator, ResourceEndpoint
from oauthlib.oauth1.rfc5849 import (SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_HMAC_SHA512, SIGNATURE_PLAINTEXT, SIGNATURE_RSA_SHA1,
                                     SIGNATURE_RSA_SHA256, SIGNATURE_RSA_SHA512)


class Server(RequestValidator):
    enforce_ssl = False
    allowed_signature_methods = (SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_HMAC_SHA512, SIGNATURE_PLAINTEXT, SIGNATURE_RSA_SHA1,
                                 SIGNATURE_RSA_SHA256, SIGNATURE_RSA_SHA512)
    dummy_client = 'nobody'
    dummy_access_token = 'nothing'

    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted

    def check_client_key(self, key):
        return bool(key)

    def check_access_token(self, token):
        return bool(token)

    def check_nonce(self, nonce):
        return len(nonce) >= 8

    def validate_timestamp_and_nonce(self, *words, **more):
        return True

    def validate_client_key(self, key, request):
        return key == self.wanted['id']

    def validate_access_token(self, key, token, request):
        return token == self.wanted['tokenId']

    def validate_realms(self, *words, **more):
        return True

    def get_client_secret(self, key, request):
        return self.wanted['secret']

    def get_access_token_secret(self, key, token, request):
        return self.wanted['tokenSecret']

    def get_rsa_key(self, key, request):
        return self.wanted.get('pem', '')


def look(wanted):
    body = base64.b64decode(wanted['body']).decode()
    headers = dict(wanted['headers'])
    valid, request = ResourceEndpoint(Server(wanted)).validate_protected_resource_request(wanted['url'], wanted['method'], body, headers)
    if not valid:
        return 'refused: ' + (','.join(name for name, good in request.validator_log.items() if not good) if request is not None else 'not readable')
    sent = request.oauth_params.get('oauth_body_hash')
    if wanted.get('bodyHash'):
        made = dict(Client(wanted['id']).get_oauth_params(Request(wanted['url'], wanted['method'], body, headers))).get('oauth_body_hash')
        if sent != made:
            return f'refused: body hash {sent}, and of the body it is {made}'
    elif sent:
        return 'refused: a body hash that nobody asked for'
    return 'ok ' + json.dumps(sorted(pair for pair in request.params if not pair[0].startswith('oauth_')), ensure_ascii=False)


for line in sys.stdin:
    print(look(json.loads(line)), flush=True)
