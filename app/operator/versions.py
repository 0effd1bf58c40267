"""The routes of what is published in versions: every version, one of them, simulating, publishing, taking back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.operator.approvals import ApprovalView
from app.operator.desk import changing, proposing, reading
from app.operator.version_schemas import NewPublication
from app.services import approvals
from app.services.version_publishing import Publishing
from app.web.api import ApiBlueprint, NoFields, Schema
from app.web.kit import now
from auth.guard import caller, needs

_VERSION = "/<code>/versions/<version>"
View = TypeVar("View", bound=Callable[..., Any])


class Views(Protocol):
    """How versions are told of (app/services/pack_views.py, offer_views.py)."""

    def listed(self, session: Session, present: Any, code: str, now: datetime) -> list[dict[str, Any]]:
        """Every version under a code."""

    def one(self, session: Session, present: Any, code: str, version: int, now: datetime) -> dict[str, Any]:
        """One version, whole."""

    def view(self, session: Session, present: Any, row: Any, now: datetime) -> dict[str, Any]:
        """How a version stands."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """What the routes of one kind work with.

    `mark` stands in the names of its operations. `views` tell of versions beside what is `present`, that is in force;
    `whole` is the schema of one, `brief` of how it stands, `every` of a list of them.
    """

    publishing: Publishing[Any]
    mark: str
    views: Views
    present: Callable[[], Any]
    whole: type[Schema]
    brief: type[Schema]
    every: type[Schema]

    @property
    def words(self) -> str:
        """What its deeds begin with in the trail."""
        return f"{self.publishing.series.name}s"

    def operation(self, verb: str, *, many: bool = False) -> Callable[[View], View]:
        """Name a view after what it does to which kind of versions."""

        def named(view: View) -> View:
            view.__name__ = f"{verb}_{self.mark}version{'s' if many else ''}"
            return view

        return named


def _target(code: str, version: str) -> str:
    """What the trail says of a path, whatever stands in it."""
    return f"{code} {version}"[:200]


def _number(version: str) -> int:
    """A version in a path; raises Refusal `not-found` for what is none."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", version):
        raise Refusal("not-found")
    return int(version)


def add_version_routes(blueprint: ApiBlueprint, kind: Versioned) -> None:
    """Give a blueprint the routes of its versions."""
    _add_reading(blueprint, kind)
    _add_simulate(blueprint, kind)
    _add_publish(blueprint, kind)
    _add_withdraw(blueprint, kind)


def _add_reading(blueprint: ApiBlueprint, kind: Versioned) -> None:
    @blueprint.route("/<code>/versions", methods=["GET"])
    @needs("operator")
    @blueprint.response(200, kind.every())
    @kind.operation("list", many=True)
    def list_versions(code: str) -> dict[str, Any]:
        """Every version, newest first"""
        with reading(f"{kind.words}.versions", code[:200]) as session:
            return {"data": kind.views.listed(session, kind.present(), code, now())}

    @blueprint.route(_VERSION, methods=["GET"])
    @needs("operator")
    @blueprint.response(200, kind.whole())
    @kind.operation("get")
    def get_version(code: str, version: str) -> dict[str, Any]:
        """One version: its text, what it changes, its simulation"""
        with reading(f"{kind.words}.version", _target(code, version)) as session:
            return kind.views.one(session, kind.present(), code, _number(version), now())


def _add_simulate(blueprint: ApiBlueprint, kind: Versioned) -> None:
    @blueprint.route(_VERSION + "/simulate", methods=["POST"])
    @needs("operator")
    @blueprint.arguments(NoFields())
    @blueprint.response(202, kind.brief())
    @kind.operation("simulate")
    def simulate_version(_: dict[str, Any], code: str, version: str) -> dict[str, Any]:
        """Let it be simulated again, on the members of today"""
        moment = now()
        with changing(f"{kind.words}.simulate", _target(code, version)) as session:
            row = kind.publishing.series.simulate_again(session, code, _number(version), now=moment)
            return kind.views.view(session, kind.present(), row, moment)


def _add_publish(blueprint: ApiBlueprint, kind: Versioned) -> None:
    @blueprint.route(_VERSION + "/publish", methods=["POST"])
    @needs("operator")
    @blueprint.arguments(NewPublication())
    @blueprint.response(202, ApprovalView())
    @kind.operation("publish")
    def publish_version(asked: dict[str, Any], code: str, version: str) -> dict[str, Any]:
        """Propose to publish it; a second operator, who proposed neither, approves, and the members are told at once"""
        moment, reason = now(), asked.pop("reason", "")
        publishing, name = kind.publishing, kind.publishing.series.kind
        with proposing(name, _target(code, version)) as session:
            target, data = publishing.proposal(session, code, _number(version), **asked, now=moment)
            said = {"kind": name, "target": target, "data": data, "reason": reason}
            return approvals.propose(session, **said, operator_id=caller().operator_id, now=moment)


def _add_withdraw(blueprint: ApiBlueprint, kind: Versioned) -> None:
    @blueprint.route(_VERSION + "/withdraw", methods=["POST"])
    @needs("operator")
    @blueprint.arguments(NoFields())
    @blueprint.response(200, kind.brief())
    @kind.operation("withdraw")
    def withdraw_version(_: dict[str, Any], code: str, version: str) -> dict[str, Any]:
        """Take it back before it takes effect; what is in force stays, so this needs no second person"""
        moment, who = now(), caller().operator_id
        with changing(f"{kind.words}.withdraw", _target(code, version)) as session:
            row = kind.publishing.series.withdraw(session, code, _number(version), operator_id=who, now=moment)
            return kind.views.view(session, kind.present(), row, moment)
