"""One statement at the door: how a client stands now, and what it brought used up, so that it comes no second time.

A process remembers the clients it has seen, to check a signature before it asks; what the statement says counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, DateTime, String, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.oauth import OAuthClient, Use

REMEMBERED = 4_096

_COLUMNS = tuple(OAuthClient.__table__.columns.keys())
_USED = """
  with used as (
    insert into used_tokens (digest, expires_at) select * from unnest(:digests, :expiries)
    on conflict do nothing returning digest
  )
"""
_NEW = ", ".join(["(select array_agg(digest) from used)", *(f"c.{name}" for name in _COLUMNS)])
_USES = (bindparam("digests", type_=ARRAY(String)), bindparam("expiries", type_=ARRAY(DateTime(timezone=True))))
_CLIENT = text(f"{_USED} select {_NEW} from oauth_clients c where c.client_id = :client_id").bindparams(*_USES)  # noqa: S608 - our own words
_TOKEN = text(
    f"""{_USED} select {_NEW}, g.citizen_id, g.operator_id from oauth_clients c
    left join oauth_grants g
      on g.id = :grant_id and g.client_id = c.client_id and g.ended_at is null and g.expires_at > :now
    where c.client_id = :client_id and c.active and not exists (select 1 from revoked_tokens r where r.jti = :jti)"""  # noqa: S608 - our own words
).bindparams(*_USES, bindparam("now", type_=DateTime(timezone=True)))


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


class KnownClients:
    """The clients that a process has seen, as they stood when last seen. Their rows are shared: nobody changes one."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[tuple[Any, ...], OAuthClient]] = {}

    def last_seen(self, client_id: str) -> OAuthClient | None:
        """The client as it once stood; only `admit` knows whether it still does."""
        seen = self._seen.get(client_id)
        return seen[1] if seen else None

    def admit(self, connection: Connection, client_id: str, uses: Sequence[Use] = ()) -> Admission:
        """Use `uses` up and tell how the client stands, active or not; the same object as last time if unchanged.

        `connection` commits each statement by itself. What is used is taken in one order by everyone, so that two who
        bring the same never wait for each other in a circle.
        """
        row = connection.execute(_CLIENT, {"client_id": client_id, **_arrays(uses)}).one_or_none()
        return Admission(None, frozenset()) if row is None else Admission(self._of(row[1:]), _used(uses, row[0]))

    def present(
        self, connection: Connection, client_id: str, grant_id: str, jti: str, now: datetime, use: Use
    ) -> Presence | None:
        """Use a proof up and tell how its access token stands; None where client or token is no longer good."""
        values = {"client_id": client_id, "grant_id": grant_id, "jti": jti, "now": now, **_arrays((use,))}
        row = connection.execute(_TOKEN, values).one_or_none()
        return None if row is None else Presence(self._of(row[1:-2]), row[-2], row[-1], _used((use,), row[0]))

    def _of(self, row: Sequence[Any]) -> OAuthClient:
        values = tuple(row)
        seen = self._seen.get(values[0])
        if seen is not None and seen[0] == values:
            return seen[1]
        if len(self._seen) >= REMEMBERED:
            self._seen = {}
        client = OAuthClient(**dict(zip(_COLUMNS, values, strict=True)))
        self._seen[client.client_id] = (values, client)
        return client


def _arrays(uses: Sequence[Use]) -> Mapping[str, Sequence[Any]]:
    ordered = sorted(uses)
    return {"digests": [use.digest for use in ordered], "expiries": [use.expires_at for use in ordered]}


def _used(uses: Sequence[Use], fresh: Sequence[str] | None) -> frozenset[str]:
    return frozenset(use.digest for use in uses).difference(fresh or ())
