"""What is published in versions, packs and offers alike, before its publication: proposing, simulating, taking back.

A text never changes once it is proposed; another text is another version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.store import outbox
from app.store.base import new_id
from app.store.versions import PROPOSED, SCHEDULED, SIMULATED, WITHDRAWN, Row, VersionTable

TEXT_MOST = 262_144
"""The most characters of a version's text; the largest that ships is a tenth of it."""


@dataclass(frozen=True, slots=True)
class Series(Generic[Row]):
    """One kind of what is published in versions; `name` (pack, offer) begins its messages, events and problems."""

    name: str
    rows: VersionTable[Row]

    @property
    def topic(self) -> str:
        """Topic of the outbox: the worker simulates the version `version_id`."""
        return f"{self.name}.simulate"

    @property
    def kind(self) -> str:
        """The kind of approval that publishes a version."""
        return f"{self.name}s.publish"

    def refused(self, why: str, **params: Any) -> Refusal:
        """A refusal of this kind's own: `settled`, `not-simulated`, `scheduled`, `misfit`."""
        return Refusal(f"{self.name}-{why}", **params)

    def settled(self, row: Row) -> Refusal:
        """The refusal of a version that nothing can be done about any more."""
        return self.refused("settled", status=row.status, allowed_actions=[])

    def held(self, session: Session, code: str, version: int) -> Row:
        """This version, all of its kind held until the transaction ends; raises Refusal `not-found`."""
        self.rows.hold(session)
        row = self.rows.get(session, code, version)
        if row is None:
            raise Refusal("not-found")
        return row

    def held_by_id(self, session: Session, version_id: str) -> Row:
        """As `held`, by the id of the version."""
        self.rows.hold(session)
        row = self.rows.by_id(session, version_id)
        if row is None:
            raise Refusal("not-found")
        return row

    def problem(self, said: str) -> FieldError:
        """What is wrong with a text."""
        return _fault(f"{self.name}-problem", said)

    def propose(self, session: Session, values: Mapping[str, Any], known: Iterable[int], now: datetime) -> Row:
        """Keep a new version by its columns and let the worker simulate it; `known`: numbers that are taken besides.

        Raises Refusal `validation` where its version is not the next one.
        """
        self.rows.hold(session)
        kept = (row.version for row in self.rows.of_code(session, values["code"]))
        following = max([0, *known, *kept]) + 1
        if values["version"] != following:
            detail = f"version: must be {following}, the next one; a version is never overwritten"
            raise Refusal("validation", errors=[_fault("version-not-next", detail)])
        (row,) = self.rows.add(session, dict(values))
        outbox.put(session, self.topic, {"version_id": row.id}, now=now)
        return row

    def simulate_again(self, session: Session, code: str, version: int, *, now: datetime) -> Row:
        """Let the worker simulate it on the members of today; raises Refusal `not-found` or `…-settled`."""
        row = self.held(session, code, version)
        if row.status not in (PROPOSED, SIMULATED):
            raise self.settled(row)
        row.status, row.simulation, row.simulated_at = PROPOSED, None, None
        session.flush()
        outbox.put(session, self.topic, {"version_id": row.id}, now=now)
        return row

    def simulate(
        self, session: Session, version_id: str, measured: Callable[[Row], dict[str, Any] | None], now: datetime
    ) -> None:
        """Keep the figures of a version that waits for them; nothing where it was published or taken back meanwhile.

        `measured` gives the figures, or None where there can be none.
        """
        row = self.rows.by_id(session, version_id)
        if row is None or row.status != PROPOSED:
            return
        figures = measured(row)
        row = self.held(session, row.code, row.version)
        if figures is not None and row.status == PROPOSED:
            row.status, row.simulation, row.simulated_at = SIMULATED, figures, now
            session.flush()

    def withdraw(self, session: Session, code: str, version: int, *, operator_id: str, now: datetime) -> Row:
        """Take a version back before it takes effect; those who were told of it are told.

        Raises Refusal `not-found`, and `…-settled` for one that is in force, was, or was withdrawn.
        """
        row = self.held(session, code, version)
        scheduled = row.status == SCHEDULED
        if row.status == WITHDRAWN or (scheduled and row.effective_on and row.effective_on <= day_of(now)):
            raise self.settled(row)
        row.status, row.withdrawn_by, row.withdrawn_at = WITHDRAWN, operator_id, now
        if scheduled:
            row.told = 0
            row.event_id = new_id("evt")
        session.flush()
        return row


def digest(text: str) -> str:
    """The SHA-256 of a version's text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _fault(code: str, problem: str) -> FieldError:
    return FieldError("/text", code, problem[:500])
