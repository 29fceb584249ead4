"""A small OpenID Connect provider on loopback, which vouches for whatever ``claims`` say."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT_ID = "portal"


class Provider(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.claims: dict = {}
        self.asked: dict = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self):
        if self.path.startswith("/authorize"):
            self.server.asked = asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            back = urlencode({"code": "a-code", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            return self.end_headers()
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": self.server.url,
                "authorization_endpoint": f"{self.server.url}/authorize",
                "token_endpoint": f"{self.server.url}/token",
                "userinfo_endpoint": f"{self.server.url}/userinfo",
                "jwks_uri": f"{self.server.url}/keys",
            },
            "/userinfo": self.server.claims,
        }
        return self._json(answers[self.path])

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert sent["code"] == ["a-code"] and "code_verifier" in sent
        now = int(time.time())
        token = {"iss": self.server.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **self.server.claims}
        signed = jwt.encode(token, "k" * 32, algorithm="HS256", headers={"kid": "1"})
        self._json({"access_token": "t", "token_type": "Bearer", "id_token": signed})

    def _json(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Quiet."""
