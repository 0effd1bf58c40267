"""What a thief of the database, a reader of logs or someone behind a shoulder learns about the people: nothing.

The four journeys, and all that there is of cards, reports and entities, run over HTTP in a demo city that lives in this
process; then everything is looked through.
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import base45
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.cli.demo_data.people import PASSWORD, Person, people
from app.config import DEVELOPMENT_SECRET
from app.store import embedded
from app.store.embedded_place import place_of
from tests.conftest import SERVER_FOLDER
from tests.e2e import test_journeys_http as journeys
from tests.support.card_travels import FRIEND, REPORTS, stumble_with_cards, travel_with_cards
from tests.support.databases import own_name
from tests.support.towns import PEOPLE, SEED, Exchange, Town, running
from tests.support.wallet import CREDENTIALS, NONCES

EVERYONE = tuple(people(SEED, PEOPLE))
SHOWN_AS_QR = ("code", "code of a card", "code of a citizen")
SHOWN = "陆遥"
"""Who ticked their full name for a card that strangers read (journey 4)."""
TABLES = ("citizens", "records", "outbox", "orders", "held_cards", "reports", "entity_representatives", "credentials")
PARTNER = "杭州图书馆"
TOKENS = ("access_token", "refresh_token", "id_token")
TOLD_ONCE = {REPORTS: "code", CREDENTIALS: "credential", NONCES: "nonce"}
"""What answers these paths and is told to nobody else."""
SENT_SECRETS = ("code", "code_verifier", "client_assertion", "refresh_token", "password", "xinyi_login")


@pytest.fixture(scope="module")
def town(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A city in which every journey was made, and some mistakes."""
    engine = create_engine(embedded.create_database(server, own_name("leaks"), template), poolclass=NullPool)
    with running(engine, tmp_path_factory.mktemp("town")) as town:
        travel(town, tmp_path_factory.mktemp("cards"))
        stumble(town)
        yield town
    embedded.drop_database(server, own_name("leaks"))


def travel(town: Town, folder: Path) -> None:
    """The four journeys of mission.md."""
    city = town.city
    journeys.test_journey_1_a_citizen_opts_in_sees_everything_and_leaves(city)
    journeys.test_journey_2_a_merchant_scans_and_asks_and_the_citizen_sees_it_at_once(city, "hz-high", "credit")
    journeys.test_journey_2_a_standing_consent_answers_until_the_citizen_ends_it(city)
    journeys.test_journey_3_a_pay_later_order_is_confirmed_used_completed_and_paid(city)
    journeys.test_journey_3_the_ordinary_way_is_open_to_anyone(city)
    journeys.test_journey_4_two_citizens_exchange_cards_and_either_can_take_it_back(city)
    journeys.test_journey_4_a_stranger_verifies_a_card_with_nothing_but_the_published_keys(city, folder)
    travel_with_cards(city, next(person for person in EVERYONE if person.login == FRIEND))


def stumble(town: Town) -> None:
    """Requests that go wrong while they carry what must not come back."""
    one = EVERYONE[0]
    token = town.city.caller("hz-high").client.tokens
    assert token is not None
    for path, body in (
        ("/citizen/v1/name-card/exchanges", {"code": one.id_number}),
        ("/citizen/v1/enrolment", {"notice_version": one.name}),
        ("/citizen/v1/name-card/codes", {"purpose": token.access_token}),
    ):
        assert not town.city.call("hz-high", "POST", path, json=body).ok
    row = {"item": "returned_book", "name": one.name, "id_number": one.id_number[:-1] + "?", "event_on": one.id_number}
    assert not town.city.call("library", "PUT", "/department/v1/records/B-1", json=row).ok
    http = town.city.caller("hz-high").client.http
    for data in ({"grant_type": "refresh_token", "refresh_token": token.refresh_token}, {"code": one.id_number}):
        assert not http.post(f"{town.city.base_url}/oauth/token", data=data, timeout=10).ok
    for header in (f"Bearer {token.access_token}", f"DPoP {one.id_number}"):
        answer = http.get(f"{town.city.base_url}/citizen/v1/home", headers={"Authorization": header}, timeout=10)
        assert answer.status_code == 401
    stumble_with_cards(town.city, one)


@dataclass(frozen=True)
class Secret:
    """Something that must not be found, and what it is, for the message."""

    what: str
    text: str


def personal(but: str = "") -> list[Secret]:
    """Every name and number of the city."""
    found = [(person, kind, text) for person in EVERYONE for kind, text in _facts(person) if text != but]
    return [Secret(f"{kind} of {person.login}", text) for person, kind, text in found]


def _facts(person: Person) -> tuple[tuple[str, str], ...]:
    return ("name", person.name), ("number", person.id_number)


def passed(town: Town) -> list[Secret]:
    """Tokens, codes, cookies and passwords that went over the wire, and the secrets of the city itself."""
    secrets = {DEVELOPMENT_SECRET: "secret of the city", PASSWORD: "password"}
    for seen in town.exchanges:
        secrets |= {value: name for name, value in seen.sent.items() if name in SENT_SECRETS}
        secrets |= dict.fromkeys(re.findall(r"[?&]code=([\w-]+)", seen.headers), "code")
        secrets |= dict.fromkeys(re.findall(r"(?:xinyi_login)=([\w-]+)", seen.headers), "cookie")
        if "/oauth/token" in seen.url and seen.status == 200:
            answer = json.loads(seen.body)
            secrets |= {answer[name]: name for name in TOKENS if name in answer}
        if seen.url.endswith("/name-card/codes") and seen.status < 300:
            secrets[json.loads(seen.body)["code"]] = "code of a card"
        if seen.method == "POST" and (told := TOLD_ONCE.get(urlsplit(seen.url).path)) and seen.status < 300:
            secrets[json.loads(seen.body)[told]] = f"{told} of a citizen"
    return [Secret(what, text) for text, what in secrets.items() if len(text) >= 6]


def found(secrets: list[Secret], *places: str) -> list[str]:
    """Which secrets stand in these places, as they are or as JSON or an address would write them."""
    text = "\n".join(places)
    return [
        secret.what
        for secret in secrets
        if any(form in text for form in (secret.text, quote(secret.text), json.dumps(secret.text)[1:-1]))
    ]


def in_bytes(text: str) -> Iterator[str]:
    """How a dump might show `text`: as it is, in hex, in base64 at any offset, in JSON's escapes."""
    raw = text.encode()
    yield from (text, raw.hex(), raw.hex().upper(), json.dumps(text)[1:-1])
    for offset in range(3):
        middle = base64.b64encode(bytes(offset) + raw).decode().rstrip("=")[-(-offset * 8 // 6) : -1]
        if len(middle) >= 8:
            yield middle


@pytest.fixture(scope="module")
def dump(town: Town) -> str:
    """The database as `pg_dump` writes it."""
    url = town.kit.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    program = place_of(SERVER_FOLDER).programs / "pg_dump"
    return subprocess.run([program, "--dbname", url], capture_output=True, check=True).stdout.decode()


def test_a_dump_of_the_city_shows_no_name_and_no_number_of_anyone(dump: str) -> None:
    assert all(f"COPY public.{table} " in dump for table in TABLES)
    assert PARTNER in dump, "what is public is there"
    seen = {secret.what for secret in personal() for form in in_bytes(secret.text) if form in dump}
    assert not seen


def test_the_search_would_find_what_is_hidden_in_hex_or_base64() -> None:
    number = EVERYONE[0].id_number
    for offset in range(3):
        hidden = base64.b64encode(b"x" * offset + number.encode() + b"yz").decode()
        assert any(form in hidden for form in in_bytes(number))
    assert number.encode().hex() in list(in_bytes(number))


def test_a_dump_shows_no_token_code_or_secret(town: Town, dump: str) -> None:
    secrets = [secret for secret in passed(town) if secret.what not in ("client_assertion",)]
    expected = {*SHOWN_AS_QR, "access_token", "refresh_token", "xinyi_login", "credential of a citizen"}
    assert expected <= {one.what for one in secrets}
    assert not found(secrets, dump)


def test_what_the_city_says_at_debug_names_no_person_and_no_secret(town: Town) -> None:
    loggers = {line.split(" ", 1)[0].split(".")[0] for line in town.said}
    assert {"sqlalchemy", "urllib3"} <= loggers, "we listened"
    assert any("INSERT INTO citizens" in line for line in town.said)
    assert not found([*personal(), *passed(town)], *town.said)


def test_no_address_names_a_person_or_carries_a_token(town: Town) -> None:
    tokens = [secret for secret in passed(town) if secret.what in (*TOKENS, "secret of the city", "password")]
    addresses = [seen.url for seen in town.exchanges] + [
        line for seen in town.exchanges for line in seen.headers.splitlines() if line.startswith("Location:")
    ]
    assert any("/oauth/authorize" in address for address in addresses)
    assert not found([*personal(), *tokens], *addresses)


def test_what_goes_wrong_is_told_without_a_person_or_a_secret(town: Town) -> None:
    wrong = [seen for seen in town.exchanges if seen.status >= 400]
    assert {400, 401, 404, 409, 422} <= {seen.status for seen in wrong}
    assert not found([*personal(), *passed(town)], *(f"{seen.headers}\n{seen.body}" for seen in wrong))


def test_a_query_carries_what_oauth_puts_there_and_nothing_else_of_worth(town: Town) -> None:
    names = {name for seen in town.exchanges for name in parse_qs(urlsplit(seen.url).query)}
    assert names <= {"client_id", "request_uri", "code", "state", "iss", "cursor", "limit", "agreed"}


def test_qr_codes_tell_nothing_but_what_their_holder_ticked(town: Town) -> None:
    pictures = [picture for seen in town.exchanges for picture in pictures_in(seen)]
    assert len(pictures) > 3
    texts = [read.text for picture in pictures if (read := zxingcpp.read_barcode(picture))]
    assert len(texts) == len(pictures)
    inside = [base45.b45decode(text[4:]).decode("utf-8", "replace") for text in texts if text.startswith("XY1:")]
    assert inside
    tokens = [secret for secret in passed(town) if secret.what not in SHOWN_AS_QR]
    assert not found([*personal(but=SHOWN), *tokens], *texts, *inside)


def pictures_in(seen: Exchange) -> Iterator[Image.Image]:
    """The QR codes of an answer, drawn."""
    for data in re.findall(r'"data:image/svg\+xml;base64,([\w+/=]+)"', seen.body):
        yield _drawn(base64.b64decode(data).decode())
    for data in re.findall(r'"data:image/png;base64,([\w+/=]+)"', seen.body):
        yield Image.open(io.BytesIO(base64.b64decode(data)))


def _drawn(svg: str, pixels: int = 6) -> Image.Image:
    """One path of squares `Mx,yHx2Vy2Hxz`, as app/services/qr.py writes it."""
    side = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    picture = Image.new("L", (side * pixels, side * pixels), 255)
    pen = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+),(\d+)H", svg):
        left, top = int(x) * pixels, int(y) * pixels
        pen.rectangle((left, top, left + pixels - 1, top + pixels - 1), fill=0)
    return picture
