"""A phone's wallet: a key of its own, proofs for the issuer, presentations for verifiers."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import credential_check
from app.services.credential_check import Expected, Presented
from app.web.kit import Kit
from tests.support.callers import TestCaller

NONCES = "/citizen/v1/name-card/credential-nonces"
CREDENTIALS = "/citizen/v1/name-card/credentials"
SHOP = "https://shop.example"
NONCE = "n-0S6_WzA2Mj"
RICH = {"name_kind": "masked", "fields": ["verified", "city", "volunteer_stars", "blood_donor", "honours"]}


def rows(session: Session) -> int:
    """How many credentials any status list has a place for."""
    return int(session.execute(text("select count(*) from status_entries")).scalar() or 0)


def signed(key: ECKey, header: Mapping[str, Any], claims: Any) -> str:
    """A compact JWS of ES256."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return jws.serialize_compact({"alg": "ES256", **header}, payload, key, algorithms=["ES256"])


def unpacked(part: str) -> Any:
    """The JSON in a base64url text."""
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def packed(value: Any) -> str:
    """JSON in base64url."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def names_of(disclosure: str) -> str:
    """The claim that a disclosure discloses; an entry of the list is an honour."""
    parts = unpacked(disclosure)
    return str(parts[1]) if len(parts) == 3 else "honours"


@dataclass
class Wallet:
    """One key and what it takes to use it; `clock` tells the time of the phone."""

    issuer: str
    clock: Callable[[], datetime]
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    @property
    def jwk(self) -> dict[str, Any]:
        return dict(self.key.as_dict(private=False))

    def seconds(self) -> int:
        return int(self.clock().timestamp())

    def proof(
        self, nonce: str, *, header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None
    ) -> str:
        """A key proof for the issuer, with a header and claims changed as asked."""
        head = {"typ": "openid4vci-proof+jwt", "jwk": self.jwk, **(header or {})}
        said = {"aud": self.issuer, "iat": self.seconds(), "nonce": nonce, **(claims or {})}
        return signed(self.key, head, {name: value for name, value in said.items() if value is not None})

    def ask(self, caller: TestCaller, **body: Any) -> Any:
        """The answer to asking for a credential with a fresh proof."""
        nonce = caller.post(NONCES).json["nonce"]
        return caller.post(CREDENTIALS, json={"proof": self.proof(nonce), **body})

    def take(self, caller: TestCaller, **body: Any) -> dict[str, Any]:
        """A credential for this key."""
        answer = self.ask(caller, **body)
        assert answer.status_code == 201, answer.json
        told: dict[str, Any] = answer.json
        return told

    def present(
        self,
        credential: str,
        names: Iterable[str] | None = None,
        *,
        nonce: str = NONCE,
        audience: str = SHOP,
        header: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> str:
        """A presentation that discloses these claims (None: all), made now."""
        first, *rest = credential.split("~")[:-1]
        chosen = None if names is None else set(names)
        shown = [one for one in rest if chosen is None or names_of(one) in chosen]
        return self.bind("~".join((first, *shown, "")), nonce=nonce, audience=audience, header=header, claims=claims)

    def bind(
        self,
        presented: str,
        *,
        nonce: str = NONCE,
        audience: str = SHOP,
        header: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> str:
        """Whatever is presented, with this key's KB-JWT behind it."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(presented.encode()).digest()).rstrip(b"=").decode()
        said = {"iat": self.seconds(), "aud": audience, "nonce": nonce, "sd_hash": digest, **(claims or {})}
        said = {name: value for name, value in said.items() if value is not None}
        return presented + signed(self.key, {"typ": "kb+jwt", **(header or {})}, said)


def forged(key: ECKey, claims: Mapping[str, Any], disclosures: Sequence[str] = (), **header: Any) -> str:
    """A credential of any content, as only its issuer's key could sign it."""
    return "~".join((signed(key, {"typ": "dc+sd-jwt", **header}, claims), *disclosures, ""))


def expected(kit: Kit, **changed: Any) -> Expected:
    """What a shop expects that gave NONCE and has our keys."""
    facts: dict[str, Any] = {
        "issuer": kit.settings.base_url,
        "jwks": kit.keys.jwks(),
        "audience": SHOP,
        "nonce": NONCE,
        "now": kit.clock(),
    }
    return Expected(**{**facts, **changed})


def checked(client: Any, kit: Kit, presentation: str, **changed: Any) -> Presented:
    """The presentation as our own check reads it, with the status list of the running city."""

    def status_of(uri: str) -> str:
        text: str = client.get(uri.removeprefix(kit.settings.base_url)).text
        return text

    return credential_check.check(presentation, expected(kit, **changed), status_of)
