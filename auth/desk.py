"""What every OAuth endpoint does first: read the form, know the client, know its key, open the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple, cast

from flask import request
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import partners
from app.store.admission import Admission
from app.store.oauth import OAuthClient, Use
from app.web import limits
from app.web.kit import kit, now, transaction
from auth import clients, dpop, nonces
from auth.answers import InvalidDpopProof, form_of_request
from auth.clients import Assertion
from auth.scopes import ConsentAsked
from auth.server import Context, FormRequest


def endpoint_url() -> str:
    """The address of this endpoint as clients know it, whatever host a proxy or an attacker put into the request."""
    return kit().settings.base_url + request.path


class Admitted(NamedTuple):
    """The client of a form, the thumbprint of the key that its proof shows (`` without a proof), and the `kid` of the
    key that signed its assertion (`` without one)."""

    client: OAuthClient
    jkt: str
    kid: str


def admitted(form: Mapping[str, str], *, key_required: bool) -> Admitted:
    """Who sends this form.

    Assertion and proof are used up together, by the statement that tells how the client stands, and stay used whatever
    becomes of the request; where only our nonce is wanting neither is, so that a client may repeat with the same
    assertion. Raises ClientRefused, InvalidDpopProof, and Refusal `use-dpop-nonce`.
    """
    known, assertion = _authenticated(form)
    proof, wrong = _proof(required=key_required)
    if proof and not proof.has_nonce and known.profile == "fapi2":
        raise Refusal("use-dpop-nonce")
    client, used = _admit(known.client_id, [use for use in (assertion and assertion.use, proof and proof.use) if use])
    if client is not known:
        assertion = _assertion(form, client)
    if assertion and assertion.use.digest in used:
        raise clients.ClientRefused("The client assertion was used before.")
    if wrong or used:
        raise InvalidDpopProof
    return Admitted(client or known, proof.thumbprint if proof else "", assertion.kid if assertion else "")


def _authenticated(form: Mapping[str, str]) -> tuple[OAuthClient, Assertion | None]:
    """The client and its assertion, by what is remembered of the client; where that will not do, by how it stands."""
    name = clients.named_in(form)
    known = kit().clients.last_seen(name)
    if known is not None:
        with suppress(clients.ClientRefused):
            return known, _assertion(form, known)
    client = _admit(name).client
    assertion = _assertion(form, client)
    return cast(OAuthClient, client), assertion


def _assertion(form: Mapping[str, str], client: OAuthClient | None) -> Assertion | None:
    return clients.authenticate(form, client, issuer=kit().settings.base_url, now=now())


def _admit(client_id: str, uses: Sequence[Use] = ()) -> Admission:
    with kit().statements() as connection:
        return kit().clients.admit(connection, client_id, now(), uses)


def _proof(*, required: bool) -> tuple[dpop.Proof | None, bool]:
    """The proof of this request, if any, and whether it is wrong; raises Refusal `use-dpop-nonce`."""
    proofs = request.headers.getlist("DPoP")
    if len(proofs) != 1:
        return None, required or bool(proofs)
    try:
        return dpop.check(proofs[0], method=request.method, url=endpoint_url(), now=now(), is_nonce=_is_nonce), False
    except Refusal as refusal:
        if refusal.code == "use-dpop-nonce":
            raise
        return None, True


def _is_nonce(nonce: object) -> bool:
    return nonces.is_good(kit().pii, nonce, now())


@contextmanager
def form_request(room: str, *, key_required: bool) -> Iterator[FormRequest]:
    """This request with its client and key, inside a transaction that commits unless something breaks.

    Counted in the room's limits: by address; by client where it has authenticated itself, and by key where it is
    public, as then all citizens share its name. Raises TooManyRequests.
    """
    with limits.counted(room) as keys:
        form = form_of_request()
        client, jkt, kid = admitted(form, key_required=key_required)
        keys.client, keys.subject = ("", jkt) if client.profile == "app" else (client.client_id, "")
    with transaction() as session:
        yield FormRequest(form, endpoint_url(), context_of(session, client, jkt, now(), kid))


def context_of(session: Session, client: OAuthClient, jkt: str, moment: datetime, kid: str) -> Context:
    """What the grants need, in this transaction."""

    def serves(asked: ConsentAsked) -> bool:
        partner = partners.get(session, client.partner_id or "")
        if partner is None or asked.scenario is None:
            return partner is not None and partner.active
        if not partner.serves(asked.scenario) or asked.scenario not in kit().registry:
            return False
        return not asked.standing or kit().registry.offer(asked.scenario).limits.standing is not None

    here = kit()
    return Context(session, client, jkt, moment, here.settings.base_url, here.keys, here.pii, serves, kid)
