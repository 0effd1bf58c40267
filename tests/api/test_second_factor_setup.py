"""A second factor is set up by one invitation, in one browser, by the operator whom it names, and shown once."""

from __future__ import annotations

import base64
import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services import factors, qr
from app.services.operators import add_operator
from app.store.factors import OperatorFactor, OperatorInvitation
from app.store.operators import Operator
from tests.support.desk import at_the_code, code, type_in
from tests.support.oauth import answer_of, redeem, token
from tests.support.people import id_number


def operator_id(session: Session) -> str:
    return session.scalars(select(Operator.id)).one()


def invitation(city, session) -> str:
    made = factors.invite(session, operator_id(session), city.kit.clock())
    session.commit()
    return made.code


def set_up(city, session):
    """An operator without a factor, before a browser that opened their invitation; the secret it was shown."""
    given = invitation(city, session)
    client, here, page = at_the_code(city)
    page = type_in(here, page, invitation=given)
    return client, here, page, page.html.split("data-secret>")[1].split("<")[0]


def test_an_invitation_sets_up_a_factor_once(city, session):
    client, here, page, secret = set_up(city, session)
    uri = parse_qs(urlsplit(factors.provisioning_uri(secret, "x")).query)
    assert (uri["secret"], uri["issuer"]) == ([secret], ["XinYi+"])
    picture = page.html.split("data:image/svg+xml;base64,")[1].split('"')[0]
    assert base64.b64decode(picture) == qr.svg(factors.provisioning_uri(secret, "赵经办"))
    answer = answer_of(type_in(here, page, otp=code(city, secret=secret)))
    assert redeem(client, answer["code"]).status_code == 200
    assert session.scalars(select(OperatorInvitation)).all() == []
    _, other, second = at_the_code(city)
    assert type_in(other, second, otp=code(city, secret=secret)).status == 400, "the code that confirmed is taken"


def test_the_secret_is_shown_once_and_kept_sealed(city, session):
    _, here, page, secret = set_up(city, session)
    again = here.get(page.url.removesuffix("/second-factor"))
    assert secret not in again.html
    assert again.form_with("otp")
    assert secret not in page.url
    type_in(here, page, otp=code(city, secret=secret))
    assert secret.encode() not in session.scalars(select(OperatorFactor.sealed_secret)).one()


def test_no_log_at_any_level_holds_secret_invitation_or_code(city, session, caplog):
    caplog.set_level(logging.DEBUG)
    given = invitation(city, session)
    _, here, page = at_the_code(city)
    page = type_in(here, page, invitation=given)
    secret = page.html.split("data-secret>")[1].split("<")[0]
    typed = code(city, secret=secret)
    assert type_in(here, page, otp=typed).stopped
    ours = [record for record in caplog.records if record.name.startswith(("xinyi", "auth", "app"))]
    said = " ".join(record.getMessage() for record in ours)
    assert not [word for word in (given, given.replace("-", ""), secret, f"otp={typed}") if word in said]


def test_an_invitation_is_opened_by_one_browser_and_confirmed_by_that_one(city, session):
    given = invitation(city, session)
    _, here, page = at_the_code(city)
    shown = type_in(here, page, invitation=given.lower().replace("-", " "))
    secret = shown.html.split("data-secret>")[1].split("<")[0]
    _, other, second = at_the_code(city)
    assert second.form_with("invitation"), "another browser of the same person is not let in on it"
    assert type_in(other, second, invitation=given).status == 400
    assert other.submit(second, second.form_with("invitation"), otp=code(city, secret=secret)).status == 400


@pytest.mark.parametrize("typed", ["", "AAAA-BBBB", "x" * 5000, "\0", "' or 1=1 --", "邀请"])
def test_what_is_no_invitation_is_refused_in_words(city, session, typed):
    invitation(city, session)
    _, here, page = at_the_code(city)
    refused = type_in(here, page, invitation=typed)
    assert refused.status == 400
    assert "邀请码不对" in refused.html


def test_an_invitation_is_over_after_a_day(city, session, at):
    given = invitation(city, session)
    at(hours=24)
    _, here, page = at_the_code(city)
    assert type_in(here, page, invitation=given).status == 400


def test_an_opened_invitation_is_over_after_a_day_too(city, session, at):
    _, here, page, secret = set_up(city, session)
    session.scalars(select(OperatorInvitation)).one().expires_at = city.kit.clock()
    session.commit()
    assert type_in(here, page, otp=code(city, secret=secret)).status == 400


def test_a_newer_invitation_ends_the_older(city, session):
    older = invitation(city, session)
    newer = invitation(city, session)
    _, here, page = at_the_code(city)
    assert type_in(here, page, invitation=older).status == 400
    assert "data-secret" in type_in(here, page, invitation=newer).html


def test_someone_elses_invitation_is_nothing(city, session):
    given = invitation(city, session)
    other = add_operator(
        session, city.kit.pii, id_number=id_number(1), name="林", roles=["office"], now=city.kit.clock()
    )
    session.commit()
    _, here, page = at_the_code(city, "lin")
    assert type_in(here, page, invitation=given).status == 400
    assert not factors.has_factor(session, other)


def test_an_invitation_ends_the_old_factor_and_every_session_at_once(city, session):
    desk = city.operator()
    invitation(city, session)
    assert desk.request("GET", "/operator/v1/partners").status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": desk.tokens.refresh_token}
    assert token(desk, form).json()["error"] == "invalid_grant"
    _, here, page = at_the_code(city)
    assert here.submit(page, page.form_with("invitation"), otp=code(city)).status == 400
