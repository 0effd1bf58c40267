"""What exchanging cards, the cards that one holds and those that one gave take and give."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.citizen.card_schemas import FaceSchema, Show, TermField
from app.domain import card
from app.services.card_holder import MATCHES, SOURCES
from app.web.api import Schema, Text, Time, page_of

NOTE_LENGTH = 200
STATES = ("shown", "withdrawn")


class ExchangeRequest(Schema):
    """Someone's exchange code, and what to give in return, for how long."""

    code = Text(most=40, required=True)
    show = ma.fields.Nested(Show)
    term = TermField()


class HeldCardSchema(Schema):
    """A card that one holds, as it was when it was given or last renewed; one that is withdrawn shows nothing."""

    id = ma.fields.String(required=True)
    received_at = Time(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATES))
    source = ma.fields.String(required=True, validate=validate.OneOf(SOURCES))
    card = ma.fields.Nested(FaceSchema, metadata={"description": "left out once its person withdrew it"})
    expires_at = Time(metadata={"description": "the first moment at which it is gone"})
    updated_at = Time(metadata={"description": "when its person last renewed it"})
    note = ma.fields.String(metadata={"description": "one's own; nobody else reads it"})


class ExchangeSchema(Schema):
    """What one got and what one gave."""

    received = ma.fields.Nested(HeldCardSchema, required=True)
    given = ma.fields.Nested(FaceSchema, required=True)
    given_until = Time(required=True)


class NoteRequest(Schema):
    """One's own note on a card; no `note` takes it away."""

    note = Text(most=NOTE_LENGTH)


class MatchRequest(Schema):
    """What to look for among the cards that one holds; what is left out is not asked for."""

    text = Text(most=40, metadata={"description": "in the name, the role or one's own note"})
    field = ma.fields.String(validate=validate.OneOf(card.FIELDS), metadata={"description": "that show this"})
    source = ma.fields.String(validate=validate.OneOf(SOURCES))


class MatchesSchema(Schema):
    """The cards found, newest first."""

    data = ma.fields.List(ma.fields.Nested(HeldCardSchema), required=True, validate=validate.Length(max=MATCHES))


class GivenCardSchema(Schema):
    """A card that one gave: to whom, as one knows them, and what it shows of oneself."""

    id = ma.fields.String(required=True)
    known_as = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATES))
    source = ma.fields.String(required=True, validate=validate.OneOf(SOURCES))
    given_at = Time(required=True)
    expires_at = Time(required=True)
    updated_at = Time()
    withdrawn_at = Time()
    show = ma.fields.Nested(Show, metadata={"description": "what was ticked for this receiver"})
    card = ma.fields.Nested(FaceSchema, metadata={"description": "what they see"})


class RenewRequest(Schema):
    """What a card shows from now on; without `show` what was ticked before, without `term` as long as it was."""

    show = ma.fields.Nested(Show)
    term = TermField()


HeldCardPage = page_of(HeldCardSchema)
GivenCardPage = page_of(GivenCardSchema)
