"""What every OAuth endpoint does first: read the form, know the client, know its key, open the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.store import partners
from app.store.oauth import OAuthClient
from app.web import limits
from app.web.kit import kit, now, transaction
from auth import clients, dpop
from auth.answers import InvalidDpopProof, form_of_request
from auth.server import Context, FormRequest


def endpoint_url() -> str:
    """The address of this endpoint as clients know it, whatever host a proxy or an attacker put into the request."""
    return kit().settings.base_url + request.path


def authenticated(form: Mapping[str, str]) -> OAuthClient:
    """The client of this form, in a transaction of its own, so that its assertion stays used; raises ClientRefused."""
    with transaction() as session:
        return clients.authenticate(session, form, issuer=kit().settings.base_url, now=now())


def proven_key(*, required: bool) -> str:
    """The thumbprint of the key that this request proves to hold, `` where it shows none and need not.

    In a transaction of its own, so that the proof stays used. Raises InvalidDpopProof and Refusal `invalid-dpop-proof`.
    """
    proofs = request.headers.getlist("DPoP")
    if not proofs and not required:
        return ""
    if len(proofs) != 1:
        raise InvalidDpopProof
    with transaction() as session:
        return dpop.verify(session, proofs[0], method=request.method, url=endpoint_url(), now=now())


@contextmanager
def form_request(room: str, *, key_required: bool) -> Iterator[FormRequest]:
    """This request with its client and key, inside a transaction that commits unless something breaks.

    Counted in the room's limits: by address; by client where it has authenticated itself, and by key where it is
    public, as then all citizens share its name. Raises TooManyRequests.
    """
    with limits.counted(room) as keys:
        form = form_of_request()
        client = authenticated(form)
        jkt = proven_key(required=key_required)
        keys.client, keys.subject = ("", jkt) if client.profile == "app" else (client.client_id, "")
    with transaction() as session:
        yield FormRequest(form, endpoint_url(), context_of(session, client, jkt, now()))


def context_of(session: Session, client: OAuthClient, jkt: str, moment: datetime) -> Context:
    """What the grants need, in this transaction."""

    def serves(scenario: str) -> bool:
        partner = partners.get(session, client.partner_id or "")
        return partner is not None and partner.serves(scenario) and scenario in kit().registry

    here = kit()
    return Context(session, client, jkt, moment, here.settings.base_url, here.keys, here.pii, serves)
