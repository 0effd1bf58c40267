"""What any verifier of our credentials reads without an account: whose keys, what the claims mean, what was revoked."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request

from app.domain import credential
from app.services import status_lists
from app.web.api import ApiBlueprint
from app.web.kit import kit, now, transaction
from app.web.limits import documented, hit
from app.web.texts import say
from auth.answers import public_json
from auth.guard import public

blueprint = ApiBlueprint("credential_facts", __name__, description="What verifiers of credentials read")

LOCALES = {"zh-CN": "zh", "en": "en"}
PARTS = {"name": ("text", "kind"), "grade": ("pack", "code"), "role": ("name", "uscc", "role")}
"""Claims that are disclosed whole and whose parts have words of their own."""


class IssuerMetadataSchema(ma.Schema):
    """Who issues, and where its keys are (draft-ietf-oauth-sd-jwt-vc section 5)."""

    issuer = ma.fields.String(required=True)
    jwks_uri = ma.fields.String(required=True)


class TypeMetadataSchema(ma.Schema):
    """What a credential of this type says, in words (draft-ietf-oauth-sd-jwt-vc section 6)."""

    vct = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    display = ma.fields.List(ma.fields.Dict(), required=True)
    claims = ma.fields.List(ma.fields.Dict(), required=True)


@blueprint.route("/.well-known/jwt-vc-issuer")
@blueprint.response(200, IssuerMetadataSchema)
@public("who issues credentials is no secret")
def jwt_vc_issuer() -> Response:
    """Issuer metadata; credentials are signed by the keys of `jwks_uri` whose `kid` they name."""
    issuer = kit().settings.base_url
    return public_json({"issuer": issuer, "jwks_uri": f"{issuer}/oauth/jwks"})


@blueprint.route(credential.TYPE_PATH)
@blueprint.response(200, TypeMetadataSchema)
@public("what a credential can say is no secret")
def name_card_type() -> Response:
    """Type metadata of the name card: its claims, with words in Chinese and English."""
    return public_json(type_metadata(kit().settings.base_url))


@blueprint.route(credential.LISTS_PATH + "<list_id>")
@documented("status-list")
@blueprint.response(200, {"type": "string"}, content_type="application/statuslist+jwt")
@public("a list of bits that names nobody")
def status_list(list_id: str) -> Response:
    """Which credentials were revoked: a status list token, good for a day and worth asking again after `ttl`."""
    hit("status-list")
    with transaction() as session:
        token = status_lists.token(
            session,
            list_id,
            issuer=kit().settings.base_url,
            key=kit().keys.current("credential"),
            now=now(),
        )
    answer = Response(token.text, content_type="application/statuslist+jwt")
    answer.headers["Cache-Control"] = f"public, max-age={int(status_lists.TTL.total_seconds())}"
    answer.set_etag(token.tag, weak=True)
    answer.make_conditional(request)
    return answer


def type_metadata(issuer: str) -> dict[str, Any]:
    """The document behind `vct`."""
    display = [
        {"locale": locale, "name": say("credential.type.name", lang), "description": _about(lang), "rendering": _LOOK}
        for locale, lang in LOCALES.items()
    ]
    whole = [_claim([name], name, "always") for name in credential.CLAIMS]
    parts = [_claim([name, part], f"{name}_{part}", "never") for name, of in PARTS.items() for part in of]
    honours = [_claim(["honours"], "honours", "never"), _claim(["honours", None], "honours", "always")]
    return {
        "vct": credential.type_of(issuer),
        "name": say("credential.type.name", "en"),
        "description": _about("en"),
        "display": display,
        "claims": [*whole, *parts, *honours],
    }


_LOOK = {"simple": {"background_color": "#0e6655", "text_color": "#ffffff"}}


def _about(lang: str) -> str:
    return say("credential.type.description", lang)


def _claim(path: list[str | None], word: str, sd: str) -> dict[str, Any]:
    labels = [{"locale": locale, "label": say(f"credential.claim.{word}", lang)} for locale, lang in LOCALES.items()]
    return {"path": path, "display": labels, "sd": sd}
