"""Decisions, kept with their reasons for the citizen. Their reviews stand in reviews.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Boolean, Integer, String, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.decision import Decision, Via
from app.domain.offer import benefit_as_json, benefit_from_json
from app.domain.scenario import Path, Reason
from app.store import outer_ids
from app.store.base import Base, Id, JsonList, Moment
from app.store.direct import Prepared


class DecisionRow(Base):
    """One decision; see app/domain/decision.py."""

    __tablename__ = "decisions"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    scenario: Mapped[Id]
    path: Mapped[Id]
    benefit: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reasons: Mapped[JsonList]
    rule: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    score: Mapped[int | None] = mapped_column(Integer)
    pack: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    via: Mapped[Id]
    ref: Mapped[str | None] = mapped_column(String(64))
    partner_id: Mapped[str | None] = mapped_column(String(64))
    partner_name: Mapped[str] = mapped_column(String(120))
    citizen_ref: Mapped[str | None] = mapped_column(String(64))
    livemode: Mapped[bool] = mapped_column(Boolean)
    decided_at: Mapped[Moment]
    valid_until: Mapped[Moment]

    @property
    def decision(self) -> Decision:
        """The row as a value."""
        return Decision(
            decision_id=self.id,
            citizen_id=self.citizen_id,
            scenario=self.scenario,
            path=Path(self.path),
            benefit=None if self.benefit is None else benefit_from_json(self.benefit),
            reasons=tuple(Reason(kept["code"], kept["params"]) for kept in self.reasons),
            rule=self.rule,
            as_of=self.as_of,
            score=self.score,
            pack=self.pack,
            digest=self.digest,
            via=Via(self.via),
            ref=self.ref,
            partner_id=self.partner_id,
            partner_name=self.partner_name,
            citizen_ref=self.citizen_ref,
            livemode=self.livemode,
            decided_at=self.decided_at,
            valid_until=self.valid_until,
        )


_COLUMNS = tuple(field.name for field in fields(Decision) if field.name != "decision_id")
_ADD = Prepared(f"""
    with known as (
        insert into outer_ids (outer_id, kind, citizen_id) values (%(decision_id)s, 'decision', %(citizen_id)s)
    )
    insert into decisions (id, {", ".join(_COLUMNS)})
    values (%(decision_id)s, {", ".join(f"%({name})s" for name in _COLUMNS)})
""")  # noqa: S608 - names of our own fields


def add(session: Session, decision: Decision) -> None:
    """Keep a new decision; its id leads to its citizen."""
    said = {name: getattr(decision, name) for name in _COLUMNS}
    reasons = [{"code": reason.code, "params": dict(reason.params)} for reason in decision.reasons]
    kept = {
        "benefit": decision.benefit and Jsonb(benefit_as_json(decision.benefit)),
        "reasons": Jsonb(reasons),
        "path": decision.path.value,
        "via": decision.via.value,
    }
    _ADD.ask(session, {"decision_id": decision.decision_id, **said, **kept})


def of_partner(session: Session, partner_id: str, livemode: bool, decision_id: str) -> Decision | None:
    """The decision that was given to this partner, or None."""
    citizen_id = outer_ids.citizen_of(session, decision_id, "decision")
    found = of_citizen(session, citizen_id, decision_id) if citizen_id else None
    return found if found and (found.partner_id, found.livemode) == (partner_id, livemode) else None


def of_citizen(session: Session, citizen_id: str, decision_id: str) -> Decision | None:
    """The citizen's own decision of this id, or None."""
    query = select(DecisionRow).where(DecisionRow.citizen_id == citizen_id, DecisionRow.id == decision_id)
    row = session.scalar(query)
    return row.decision if row else None


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Decision]:
    """A citizen's decisions, newest first, older than the id `before`."""
    query = select(DecisionRow).where(DecisionRow.citizen_id == citizen_id)
    if before:
        query = query.where(DecisionRow.id < before)
    return [row.decision for row in session.scalars(query.order_by(DecisionRow.id.desc()).limit(limit))]
