"""My score: today's, its past, every item behind it, and what if."""

from __future__ import annotations

from typing import Any

from app.citizen.score_moves import past_view, supposed_view
from app.citizen.score_schemas import (
    ExplanationSchema,
    PastScore,
    ScoreSchema,
    SimulationRequest,
    SimulationSchema,
    SnapshotSchema,
)
from app.citizen.score_views import explanation_view, today_view
from app.services import score_history, white_box
from app.services.white_box import Supposed
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("score", __name__, url_prefix="/citizen/v1/score", description=__doc__)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, ScoreSchema())
def get_score() -> dict[str, Any]:
    """My score today"""
    with transaction() as session:
        return today_view(white_box.today(session, kit().packs, caller().citizen_id, now()))


@blueprint.route("/history", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(SnapshotSchema)())
def list_history(query: dict[str, Any]) -> dict[str, Any]:
    """The days on which my score changed, newest first, with what moved it"""
    limit, cursor = query["limit"], query["cursor"]
    with transaction() as session:
        past = score_history.history(session, kit().packs, caller().citizen_id, before=cursor, limit=limit + 1)
        return page([past_view(each) for each in past], limit, key=lambda row: str(row["id"]))


@blueprint.route("/history/<snapshot_id>", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, PastScore())
def get_past(snapshot_id: str) -> dict[str, Any]:
    """A past score, calculated again from the records as they were"""
    with transaction() as session:
        past, explained = score_history.past(session, kit().packs, caller().citizen_id, snapshot_id)
        explanation = explanation_view(explained) if explained else None
        return {"snapshot": past_view(past), "proven": explained is not None, "explanation": explanation}


@blueprint.route("/explanation", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, ExplanationSchema())
def get_explanation() -> dict[str, Any]:
    """Every item behind my score; they add up to it exactly"""
    with transaction() as session:
        return explanation_view(white_box.explanation(session, kit().packs, caller().citizen_id, now()))


@blueprint.route("/simulations", methods=["POST"])
@needs("citizen")
@limited("score-read")
@blueprint.arguments(SimulationRequest())
@blueprint.response(200, SimulationSchema())
def simulate(wish: dict[str, Any]) -> dict[str, Any]:
    """What my score would be, with these facts more, those records less or settled otherwise, on another day"""
    wishes = {
        "add": [Supposed(**fact) for fact in wish["add"]],
        "remove": wish["remove"],
        "settle": [(each["record_id"], each["outcome"]) for each in wish["settle"]],
        "on": wish.get("on"),
    }
    with transaction() as session:
        simulated = white_box.simulate(session, kit().packs, caller().citizen_id, now(), **wishes)
        return {
            "score_today": simulated.today.score,
            "difference": simulated.explained.explanation.score - simulated.today.score,
            "moved": supposed_view(simulated.explained, simulated.moves),
            "explanation": explanation_view(simulated.explained),
        }
