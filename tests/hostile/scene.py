"""Where the attacks happen: one city with a database of its own, people logged in, and an attacker's keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, OKPKey, RSAKey
from werkzeug.test import TestResponse

from app.cli.client import XinyiClient
from auth import dpop, nonces
from tests.hostile.forge import DEEP, LONG, fill, forge, unpacked
from tests.support import ledger
from tests.support.identity import City
from tests.support.oauth import code_for, redeem

Headers = list[tuple[str, str]]


@dataclass
class Scene:
    """A city, its clock, and everyone whom attacks need. What is costly is made once and lasts."""

    city: City
    clock: Any
    strangers: dict[str, Any] = field(default_factory=lambda: dict(_strangers()))

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    @cached_property
    def partner(self) -> XinyiClient:
        """The partner `shop`, with a token of its own."""
        client = self.city.partner()
        client.client_credentials("partner")
        return client

    @cached_property
    def citizen(self) -> XinyiClient:
        """The citizens' app with a citizen logged in, who does not end the login."""
        return self.city.citizen("lin")

    @cached_property
    def other_citizen(self) -> XinyiClient:
        return self.city.citizen("wang")

    @cached_property
    def visitor(self) -> XinyiClient:
        """The partner's client in a citizen's browser that stays logged in."""
        client = self.city.partner()
        code_for(client)
        return client

    @cached_property
    def app_visitor(self) -> XinyiClient:
        """The app's client in a citizen's browser that stays logged in."""
        client = self.city.client()
        code_for(client)
        return client

    @cached_property
    def id_token(self) -> str:
        """An ID token of ours, still good."""
        client = self.city.client()
        return str(redeem(client, code_for(client)).json()["id_token"])

    def keys(self, own: Any) -> dict[str, Any]:
        """The keys that an attack may sign with."""
        public = json.dumps(own.as_dict(private=False)).encode()
        others = {"own": own.private_key, "own public text": public}
        others["other"] = self.city.keys["cafe"].private_key
        others["partner"] = self.city.keys["shop"].private_key
        ours = {use: self.city.kit.keys.current(use).private.private_key for use in ("decision", "card")}
        return others | ours | {name: key.private_key for name, key in self.strangers.items()}

    def words(self, own: Any, right: Callable[[], str]) -> Mapping[str, Any]:
        """What attacks name in braces; `right` makes a right token of the kind that is bent."""
        jwks = {f"{name} jwk": key.as_dict(private=False) for name, key in self.strangers.items()}
        token = right()
        return {
            **jwks,
            "own private jwk": own.as_dict(private=True),
            "own kid": own.thumbprint(),
            "stranger jkt": self.strangers["stranger"].thumbprint(),
            "issuer": self.city.base_url,
            "platform": self.city.kit.settings.upstream_issuer,
            "us": self.city.kit.settings.upstream_client_id,
            "other client": "cafe",
            "decision kid": self.city.kit.keys.current("decision").kid,
            "card kid": self.city.kit.keys.current("card").kid,
            "right": token,
            "another right": right(),
            "right cut": token[:-6],
            "right unsigned": token.rpartition(".")[0],
            "proof": self.partner.proof("GET", self.city.base_url + "/partner/v1/me"),
            **self._nonces(),
            "deep": DEEP,
            "long": LONG,
        }

    def _nonces(self) -> dict[str, str]:
        """Our DPoP nonces of other times and of now."""
        pii, now = self.city.kit.pii, self.clock()
        times = {"old": now - timedelta(hours=1), "our": now, "coming": now + timedelta(hours=1)}
        return {f"{name} nonce": nonces.current(pii, moment) for name, moment in times.items()}

    def forged(
        self,
        said: Mapping[str, Any],
        own: Any,
        right: Callable[[], str],
        *,
        secret: bytes = b"secret" * 4,
        words: Mapping[str, Any] | None = None,
    ) -> str:
        """The token of an attack, bent from a right one that `own` signs; `words` are further ones that it may use."""
        header, claims = unpacked(right())
        known = {**self.words(own, right), **(words or {})}
        keys = {**self.keys(own), "secret": secret}
        return forge(said, claims=claims, header=header, keys=keys, words=known, now=self.now)

    def filled(self, value: Any, own: Any, right: Callable[[], str]) -> Any:
        return fill(value, self.words(own, right))

    def proof(self, client: XinyiClient, method: str, path: str, access_token: str | None = None) -> str:
        """A right proof of a client."""
        return client.proof(method, self.city.base_url + path, access_token)

    def send(self, method: str, path: str, headers: Headers, **options: Any) -> TestResponse:
        """A request as it is written, two headers of one name included; every answer is held to the API document."""
        client = self.city.app.test_client(use_cookies=False)
        return client.open(path, base_url=self.city.base_url, method=method, headers=headers, **options)

    @contextmanager
    def nothing_changes(self, *but: str) -> Iterator[None]:
        """Fails where a row comes or goes, in tables other than `but`."""
        before = self.rows()
        yield
        after = self.rows()
        assert {table for table in after if after[table] != before[table]} <= set(but)

    def rows(self) -> dict[str, int]:
        with self.city.kit.sessions() as session:
            return ledger.rows(session)

    @contextmanager
    def later(self, **amount: float) -> Iterator[None]:
        """For a while it is later."""
        moment = self.clock.moment
        self.clock.advance(**amount)
        yield
        self.clock.moment = moment


def token_words(access_token: str, other: str) -> dict[str, Any]:
    """Further words, of access tokens."""
    raw = hashlib.sha256(access_token.encode())
    return {"access token": access_token, "ath of another token": dpop.hash_of(other), "hex ath": raw.hexdigest()}


def _strangers() -> Iterator[tuple[str, Any]]:
    """Keys that no one registered; an RSA key is costly to make, so there is one."""
    yield "stranger", ECKey.generate_key("P-256")
    yield "edwards", OKPKey.generate_key("Ed25519")
    yield "rsa", RSAKey.generate_key(2048)
    yield "p384", ECKey.import_key(ec.generate_private_key(ec.SECP384R1()))
