"""A passkey in software: answers the browser's questions as a phone with a fingerprint would."""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG
ORIGIN = "http://localhost"


class Passkey:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user = b""

    def create(self, options: dict) -> str:
        wanted = options["publicKey"]
        self.user = wanted["user"]["id"].encode()
        public = ES256.from_cryptography_key(self.key.public_key())
        known = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = self._data(wanted["rp"]["id"], FLAG.UP | FLAG.UV | FLAG.AT, known)
        statement = AttestationObject.create("none", data, {})
        return self._answer(
            "webauthn.create",
            wanted["challenge"],
            lambda client: {"attestationObject": websafe_encode(statement)},
            {"credProps": {"rk": True}},
        )

    def get(self, options: dict, *, verified: bool = True) -> str:
        wanted = options["publicKey"]
        data = self._data(wanted["rpId"], FLAG.UP | (FLAG.UV if verified else 0))

        def sign(client):
            signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
            return {
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signed),
                "userHandle": self.user.decode(),
            }

        return self._answer("webauthn.get", wanted["challenge"], sign, {})

    def _data(self, rp: str, flags, known=b"") -> AuthenticatorData:
        return AuthenticatorData.create(hashlib.sha256(rp.encode()).digest(), flags, 1, known)

    def _answer(self, kind, challenge, respond, extensions) -> str:
        client = json.dumps({"type": kind, "challenge": challenge, "origin": ORIGIN}).encode()
        return json.dumps(
            {
                "type": "public-key",
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "response": {"clientDataJSON": websafe_encode(client), **respond(client)},
                "clientExtensionResults": extensions,
            }
        )
