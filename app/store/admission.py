"""One statement at the door: how a client stands now, and what it brought used up, so that it comes no second time.

A process remembers the clients it has seen, to check a signature before it asks; what the statement says counts.
What was used is in an unlogged table, which a crash or a failover of PostgreSQL leaves empty: what was made before is
then refused for a moment (503), for nobody knows whether it came already.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy.exc import OperationalError

from app.store.base import new_id
from app.store.direct import Statements, ask
from app.store.oauth import OAuthClient, Use

REMEMBERED = 4_096
AHEAD = timedelta(seconds=10)
"""How far in the future something may have been made, by a clock that is fast."""

_COLUMNS = tuple(OAuthClient.__table__.columns.keys())
_CLIENT = """
with used as ({use}) select (select array_agg(digest) from used), {since}, {columns}
from oauth_clients c where c.client_id = %(client_id)s
"""
_PRESENT = """
with used as ({use}) select (select array_agg(digest) from used), {since}, {columns}, g.citizen_id, g.operator_id
from oauth_clients c left join oauth_grants g
  on g.id = %(grant_id)s and g.client_id = c.client_id and g.ended_at is null and g.expires_at > %(now)s
where c.client_id = %(client_id)s and c.active
  and not exists (select 1 from revoked_tokens r where r.jti = %(jti)s)
"""
_SINCE = "(select since from used_tokens_since)"
_BEGIN = "insert into used_tokens_since (id, since) values (1, %(since)s) on conflict do nothing returning since"


@cache
def _statement(form: str, uses: int) -> str:
    rows = ", ".join(f"(%(digest{n})s, %(expires{n})s)" for n in range(uses))
    use = f"insert into used_tokens (digest, expires_at) values {rows} on conflict do nothing returning digest"  # noqa: S608 - our own words
    nothing = "select null::text as digest where false"
    return form.format(use=use if uses else nothing, since=_SINCE, columns=", ".join(f"c.{name}" for name in _COLUMNS))


def token_id(kid: str) -> str:
    """A new `jti` of an access token, in which the client's key that it was asked for with is marked, if any."""
    return f"{new_id('jti')}.{_mark(kid)}" if kid else new_id("jti")


def key_stands(client: OAuthClient, jti: str) -> bool:
    """Whether the key that this token was asked for with is still the client's: a revoked one takes its tokens along.

    The door reads the client with each request, so that this holds in every process from the revocation's commit on.
    """
    mark = jti.partition(".")[2]
    return not mark or any(_mark(named(key)) == mark for key in client.jwks["keys"])


def named(jwk: Mapping[str, Any]) -> str:
    """The `kid` of a client's public key, or its thumbprint (RFC 7638), which partner_keys.py names it by later."""
    return str(jwk.get("kid") or "") or _thumbprint(*(jwk.get(name) for name in _MEMBERS))


_MEMBERS = ("crv", "e", "kty", "n", "x", "y")


@lru_cache(maxsize=4_096)
def _thumbprint(*members: str | None) -> str:
    said = {name: value for name, value in zip(_MEMBERS, members, strict=True) if value is not None}
    digest = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@lru_cache(maxsize=4_096)
def _mark(kid: str) -> str:
    return hashlib.sha256(kid.encode()).hexdigest()[:16]


class Admission(NamedTuple):
    """A client as it stands, None where there is no such one, and the digests of what had been used before."""

    client: OAuthClient | None
    used: frozenset[str]


class Presence(NamedTuple):
    """How an access token stands: its client, the people of its live grant, and what had been used before."""

    client: OAuthClient
    citizen_id: str | None
    operator_id: str | None
    used: frozenset[str]


class UsedTokensLost(OperationalError):
    """PostgreSQL came back without what had been used: nobody can tell whether what was made before came already."""

    def __init__(self) -> None:
        super().__init__(None, None, Exception("used tokens lost"))


class KnownClients:
    """The clients that a process has seen, as they stood when last seen. Their rows are shared: nobody changes one."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[tuple[Any, ...], OAuthClient]] = {}

    def last_seen(self, client_id: str) -> OAuthClient | None:
        """The client as it once stood; only `admit` knows whether it still does."""
        seen = self._seen.get(client_id)
        return seen[1] if seen else None

    def admit(self, connection: Statements, client_id: str, now: datetime, uses: Sequence[Use] = ()) -> Admission:
        """Use `uses` up and tell how the client stands, active or not; the same object as last time if unchanged.

        `connection` commits each statement by itself. What is used is taken in one order by everyone, so that two who
        bring the same never wait for each other in a circle. Raises UsedTokensLost.
        """
        rows = ask(connection, _statement(_CLIENT, len(uses)), {"client_id": client_id, **_values(uses)})
        if not rows:
            return Admission(None, frozenset())
        fresh, since, *client = rows[0]
        _require_memory(connection, since, uses, now)
        return Admission(self._of(tuple(client)), _used(uses, fresh))

    def present(
        self, connection: Statements, client_id: str, grant_id: str, jti: str, now: datetime, use: Use
    ) -> Presence | None:
        """Use a proof up and tell how its access token stands; None where client or token is no longer good.

        Raises UsedTokensLost.
        """
        values = {"client_id": client_id, "grant_id": grant_id, "jti": jti, "now": now, **_values((use,))}
        for row in ask(connection, _statement(_PRESENT, 1), values):
            _require_memory(connection, row[1], (use,), now)
            client = self._of(row[2:-2])
            return Presence(client, row[-2], row[-1], _used((use,), row[0])) if key_stands(client, jti) else None
        return None

    def _of(self, values: tuple[Any, ...]) -> OAuthClient:
        seen = self._seen.get(values[0])
        if seen is not None and seen[0] == values:
            return seen[1]
        if len(self._seen) >= REMEMBERED:
            self._seen = {}
        client = OAuthClient(**dict(zip(_COLUMNS, values, strict=True)))
        self._seen[client.client_id] = (values, client)
        return client


def _values(uses: Sequence[Use]) -> dict[str, object]:
    values: dict[str, object] = {}
    for number, use in enumerate(sorted(uses)):
        values[f"digest{number}"], values[f"expires{number}"], _ = use
    return values


def _require_memory(connection: Statements, since: datetime | None, uses: Sequence[Use], now: datetime) -> None:
    if since is None:
        ask(connection, _BEGIN, {"since": now + AHEAD})
        raise UsedTokensLost
    if any(use.issued_at < since for use in uses):
        raise UsedTokensLost


def _used(uses: Sequence[Use], fresh: Sequence[str] | None) -> frozenset[str]:
    return frozenset(use.digest for use in uses).difference(fresh or ())
