"""/citizen/v1/name-card/credentials: the name card as a credential in the phone's wallet."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.citizen import credential_schemas as schemas
from app.citizen.card_words import asked_ticks, face_json, warnings_json
from app.domain import credential
from app.services import credential_proof, credentials
from app.services.credentials import Held
from app.web.api import ApiBlueprint, ListQuery, page
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("credentials", __name__, url_prefix="/citizen/v1", description="Wallet credentials")


@blueprint.route("/name-card/credential-nonces", methods=["POST"])
@needs("citizen")
@limited("credential")
@blueprint.response(201, schemas.NonceSchema())
def make_credential_nonce() -> dict[str, Any]:
    """A nonce of one use and five minutes, for the proof that the phone holds a key."""
    with transaction() as session:
        nonce, expires_at = credentials.make_nonce(session, caller().citizen_id, now())
    return {"nonce": nonce, "expires_at": expires_at}


@blueprint.route("/name-card/credentials")
class Credentials(MethodView):
    """My credentials."""

    @needs("citizen")
    @blueprint.arguments(ListQuery(), location="query")
    @blueprint.response(200, schemas.CredentialPage())
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """My credentials that are not over; what they show is on my phone only."""
        limit = query["limit"]
        with transaction() as session:
            rows = credentials.listed(session, caller().citizen_id, before=query["cursor"], limit=limit + 1)
            answer = page(rows, limit)
            return answer | {"data": [_credential(row) for row in answer["data"]]}

    @needs("citizen", fresh=True)
    @limited("credential")
    @blueprint.arguments(schemas.CredentialRequest())
    @blueprint.response(201, schemas.IssuedSchema())
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Take my card into a wallet: bound to the phone's key, shown field by field, good for days."""
        issuer = kit().settings.base_url
        proven = credential_proof.check(body["proof"], issuer=issuer, now=now())
        with transaction() as session:
            made = credentials.issue(
                session,
                kit().pii,
                caller().citizen_id,
                ticks=asked_ticks(body.get("show")),
                days=body["days"],
                proven=proven,
                issuer=issuer,
                key=kit().keys.current("credential"),
                now=now(),
            )
            answer = {"credential": made.text, "vct": credential.type_of(issuer), "preview": face_json(made.face)}
            return answer | {"warnings": warnings_json(made.warnings), **_credential(made.held)}


@blueprint.route("/name-card/credentials/<credential_id>", methods=["DELETE"])
@needs("citizen")
@blueprint.response(204)
def revoke_credential(credential_id: str) -> Response:
    """Revoke one of my credentials for good: whoever asks the status list learns it within minutes."""
    with transaction() as session:
        credentials.revoke(session, caller().citizen_id, credential_id, now())
    return no_content()


def _credential(held: Held) -> dict[str, Any]:
    times = {"issued_at": held.issued_at, "expires_at": held.expires_at, "revoked_at": held.revoked_at}
    return {"id": held.id, "fields_": held.fields, **times}
