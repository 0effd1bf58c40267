"""Whom to call at a merchant: people of its staff, so their names, numbers and addresses are sealed at rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.services import partners
from app.store import partners as store
from app.store.partners import Partner
from app.store.pii import PiiBox


def contacts(pii: PiiBox, partner: Partner) -> list[dict[str, str]]:
    """The merchant's contacts, in the order in which they were given."""
    if partner.sealed_contacts is None:
        return []
    kept: list[dict[str, str]] = json.loads(
        pii.decrypt(partner.sealed_contacts, context=store.context(partner.merchant_id))
    )
    return kept


def put_contacts(session: Session, pii: PiiBox, partner_id: str, given: Sequence[Mapping[str, str]]) -> None:
    """Keep these contacts in place of those before. Raises Refusal `not-found`."""
    partner = partners.found(session, partner_id)
    text = json.dumps([dict(contact) for contact in given], ensure_ascii=False)
    partner.sealed_contacts = pii.encrypt(text, context=store.context(partner.merchant_id))
    session.flush()


def with_contacts(session: Session, pii: PiiBox, partner_id: str) -> dict[str, Any]:
    """The partner with its contacts, and the same merchant's partner of the other stage. Raises `not-found`."""
    partner = partners.found(session, partner_id)
    other = store.in_stage(session, partner.merchant_id, livemode=not partner.livemode)
    twin = {f"{other.stage}_partner_id": other.id} if other else {}
    return {**partners.view(partner), **twin, "contacts": contacts(pii, partner)}
