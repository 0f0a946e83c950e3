"""An identity provider, small and real: OpenID Connect's code flow over HTTP, with PKCE and signed tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT: Final = "the ward"
SECRET: Final = "known to both"


class Provider:
    """Whoever comes to its sign-in page is the one whom `claims` describe. They signed in there an hour ago, and it
    asks again only where it is told to."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self.claims = dict(claims)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.asked_at = int(time.time()) - 3600
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(url.query).items()}
                if url.path == "/.well-known/openid-configuration":
                    self._say(provider.configuration)
                elif url.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()
                elif url.path == "/userinfo":
                    token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                    self._say(provider.claims if token in provider.tokens else None)
                else:
                    self._say(None)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(provider.token({name: values[0] for name, values in parse_qs(body).items()}))

            def _say(self, document: Mapping[str, Any] | None) -> None:
                body = json.dumps(document or {"error": "invalid_grant"}).encode()
                self.send_response(200 if document is not None else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def configuration(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | {k: f"{self.url}/{v}" for k, v in ends.items()}

    def authorize(self, asked: dict[str, str]) -> str:
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        if asked.get("prompt") == "login" and asked.get("max_age") == "0":
            self.asked_at = int(time.time())
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code: once, to the client that has the secret, the address and the proof."""
        asked = self.codes.pop(said.get("code", ""), None)
        if asked is None or (said["client_id"], said["client_secret"]) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(said["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (proof, said["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        now = int(time.time())
        claims = (
            {"auth_time": self.asked_at} | self.claims | {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60}
        )
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": signed}
