"""Clients of the bench: keys in memory, and token requests signed beforehand, so that signing is not measured."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from auth.clients import ASSERTION_TYPE

SCOPE = "records"


@dataclass(frozen=True, slots=True)
class BenchClient:
    """A `fapi2` client: its id, the key of its assertions and the key that its tokens are bound to."""

    client_id: str
    key: ECKey
    dpop_key: ECKey

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key of its assertions, as a registration shows it."""
        return {**self.key.as_dict(private=False), "kid": self.key.thumbprint(), "alg": "ES256", "use": "sig"}


def make_clients(count: int) -> list[BenchClient]:
    """`count` clients with new keys."""
    new = ECKey.generate_key
    return [BenchClient(f"bench-{number}", new("P-256"), new("P-256")) for number in range(count)]


def token_requests(
    clients: list[BenchClient], count: int, *, issuer: str, path: str, nonce: str | None
) -> Iterator[bytes]:
    """`count` whole HTTP/1.1 requests for client-credentials tokens (RFC 6749 section 4.4), the clients in turn."""
    for number in range(count):
        yield _token_request(clients[number % len(clients)], issuer, path, nonce)


def _token_request(client: BenchClient, issuer: str, path: str, nonce: str | None) -> bytes:
    form = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_id": client.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": _assertion(client, issuer),
    }
    return http_request("POST", issuer, path, {"DPoP": proof(client, "POST", issuer + path, nonce)}, urlencode(form))


FORM = "application/x-www-form-urlencoded"


def http_request(
    method: str, issuer: str, path: str, headers: dict[str, str], body: str = "", kind: str = FORM
) -> bytes:
    """One HTTP/1.1 request as bytes, its body of this media type."""
    sent = {"Host": issuer.removeprefix("http://"), **headers}
    if body:
        sent |= {"Content-Type": kind, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode()


def _assertion(client: BenchClient, issuer: str) -> str:
    now = int(time.time())
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": issuer, "iat": now, "exp": now + 240}
    return _signed({"alg": "ES256", "kid": client.jwk["kid"]}, claims | {"jti": secrets.token_urlsafe(16)}, client.key)


def proof(client: BenchClient, method: str, url: str, nonce: str | None, ath: str | None = None) -> str:
    """A DPoP proof (RFC 9449 section 4.2) by the client's key."""
    claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": secrets.token_urlsafe(16)}
    optional = {"nonce": nonce, "ath": ath}
    claims |= {name: value for name, value in optional.items() if value is not None}
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": client.dpop_key.as_dict(private=False)}
    return _signed(header, claims, client.dpop_key)


def _signed(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """A compact JWS. By `cryptography` itself: thousands are made before each round."""
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
    private = cast(EllipticCurvePrivateKey, key.private_key)
    r, s = decode_dss_signature(private.sign(signed.encode(), ECDSA(SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{signed}.{_encoded(raw)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
