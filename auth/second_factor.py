"""The desk's second step (RFC 6238): an operator's one-time code, and the invitation that sets it up.

A login of the desk is answered within the request that brings the code, so that no browser is remembered as proven:
whoever sits down at it next has a real name to log in with, and needs a code of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from flask import Response

from app.services import factors, operators, qr
from app.store.operators import Operator
from app.web.kit import kit, now
from auth import flow, pages
from auth.browser import form_token
from auth.flow import Flow

WRONG_MOST = 5
"""Wrong codes after which the login begins anew."""


def ask(found: Flow) -> Response:
    """The page for the code, or for the invitation of one who has no factor yet; no operator gets `access_denied`."""
    operator = _operator(found)
    return _page(found, operator) if operator else pages.go(flow.refuse(found, "access_denied"))


def answer(found: Flow, form: Mapping[str, str]) -> Response:
    """Take what was typed: on to the desk where it proves the operator; after WRONG_MOST faults log in again."""
    operator = _operator(found)
    if found.browser.citizen_id is None:
        return _begin_anew(found)
    if operator is None:
        return pages.go(flow.refuse(found, "access_denied"))
    if "invitation" in form and (shown := _opened(found, operator, form["invitation"])):
        return _page(found, operator, secret=shown)
    if "otp" in form and _proven(found, operator, form["otp"]):
        return pages.go(flow.allow(found, granted=found.scopes))
    found.browser.wrong_codes += 1
    if found.browser.wrong_codes >= WRONG_MOST:
        return _begin_anew(found)
    return _page(found, operator, fault="invitation" if "invitation" in form else "otp")


def _operator(found: Flow) -> Operator | None:
    """Who logged in, as an operator; their browser is held, so that codes sent at once are counted one by one."""
    found.session.refresh(found.browser, with_for_update=True)
    citizen_id = found.browser.citizen_id
    return operators.operator_of(found.session, kit().pii, citizen_id) if citizen_id else None


def _opened(found: Flow, operator: Operator, code: str) -> str | None:
    return factors.open_invitation(found.session, kit().pii, operator.id, code, session_id=found.browser.id, now=now())


def _proven(found: Flow, operator: Operator, otp: str) -> bool:
    session, pii = found.session, kit().pii
    if factors.invited(session, operator.id, found.browser.id, now()):
        return factors.confirm(session, pii, operator.id, otp, session_id=found.browser.id, now=now())
    return factors.take(session, pii, operator.id, otp, now())


def _begin_anew(found: Flow) -> Response:
    found.browser.citizen_id = None
    return pages.trouble_page("codes-over", 400, request_id=found.request.id)


def _page(found: Flow, operator: Operator, *, secret: str = "", fault: str = "") -> Response:
    pages.allow_form_to(found.request.params["redirect_uri"])
    waiting = factors.invited(found.session, operator.id, found.browser.id, now())
    known = waiting or factors.has_factor(found.session, operator.id)
    answered = pages.render(
        "second_factor",
        pages.language_of(found),
        flow=found,
        form_token=form_token(found.request.id),
        field="otp" if known else "invitation",
        fault=fault,
        secret=secret,
        picture=_picture(secret, operator.name) if secret else "",
    )
    answered.status_code = 400 if fault else 200
    return answered


def _picture(secret: str, name: str) -> str:
    """The secret as a QR code within the page, so that no address and no cache ever holds it."""
    drawn = qr.svg(factors.provisioning_uri(secret, name))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
