"""The words behind the codes on offline cards, so that a counter can say them without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import marshmallow as ma

from app.domain.entity import ROLES, EntityKind
from app.domain.pack import catalogue_of
from app.domain.wording import Words
from app.services.holders import HONOURS
from app.web.api import ApiBlueprint, Schema
from app.web.kit import kit
from app.web.texts import LANGUAGES, say
from auth.guard import public

blueprint = ApiBlueprint("card_words", __name__, url_prefix="/partner/v1", description=__doc__)


class BothLanguages(Schema):
    """One text in Chinese and in English."""

    zh = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class CardWordsSchema(Schema):
    """Texts by their codes: `city.xiamen`, `pack.egret`, `grade.egret.excellent`, `honour.bravery`, `kind.company`."""

    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(BothLanguages), required=True)


@blueprint.route("/card-words", methods=["GET"])
@public("names of cities, grades, honours and kinds of entities; nobody's data")
@blueprint.response(200, CardWordsSchema())
def list_card_words() -> dict[str, Any]:
    """What the codes on a name card mean, in both languages"""
    return {"words": {code: {"zh": words.zh, "en": words.en} for code, words in _words()}}


def _words() -> Iterator[tuple[str, Words]]:
    packs, catalogue = kit().packs, catalogue_of(kit().packs)
    for pack in packs.values():
        yield f"city.{pack.city}", pack.city_name
        yield f"pack.{pack.code}", pack.name
        yield from ((f"grade.{pack.code}.{grade.code}", grade.name) for grade in pack.grades)
    yield from ((f"honour.{code}", catalogue[code].name) for code in HONOURS if code in catalogue)
    for code in (*(f"kind.{kind}" for kind in EntityKind), *(f"role.{role}" for role in dict.fromkeys(ROLES.values()))):
        yield code, Words(*(say(f"entity.{code}", lang) for lang in LANGUAGES))
