"""An offline card holds for anyone who has the published key, and stops holding when one byte changes."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import base45
import cbor2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cwt import CWT, COSEKey, DecodeError, VerifyError
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey
from PIL import Image

from app.domain import card
from app.domain.card import Face, Grade, Holder, NameKind, Ticks
from app.domain.errors import Refusal
from app.services import card_tokens, qr
from app.services.card_tokens import CardInvalid

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOLDER = Holder(
    full_name="张小三",
    nickname="小鱼",
    assurance_level="high",
    city="xiamen",
    grade=Grade("egret", "excellent"),
    score=712,
    volunteer_stars=4,
    blood_donor=True,
    honours=("honour-city", "honour-province"),
)
FACE = card.face(HOLDER, Ticks(fields=frozenset({"verified", "city", "grade"})))


def new_key() -> dict[str, Any]:
    return dict(ECKey.generate_key("P-256").as_dict(private=True))


def jwks_of(*keys: dict[str, Any]) -> dict[str, Any]:
    return {"keys": [{name: value for name, value in key.items() if name != "d"} for key in keys]}


KEY = new_key()
JWKS = jwks_of(KEY)
CARD = card_tokens.sign(FACE, "credit", key=KEY, now=NOW)
GOLDEN = json.loads((Path(__file__).parent / "golden_card.json").read_text())
GOLDEN_CARDS = json.loads((Path(__file__).parent / "golden_cards.json").read_text("utf-8"))
"""Cards that hold and cards that do not; tests/e2e/test_browser_offline_check.py has a browser judge the same."""


def reason(text: str, jwks: dict[str, Any] = JWKS, now: datetime = NOW) -> str:
    with pytest.raises(CardInvalid) as invalid:
        card_tokens.verify(text, jwks, now)
    return invalid.value.reason


def resigned(token: list[Any]) -> str:
    return card_tokens.PREFIX + base45.b45encode(cbor2.dumps(cbor2.CBORTag(18, token))).decode()


def parts(text: str) -> list[Any]:
    return list(cbor2.loads(base45.b45decode(text.removeprefix(card_tokens.PREFIX))).value)


def test_a_card_holds_with_nothing_but_the_published_keys() -> None:
    read = card_tokens.verify(CARD, jwks_of(new_key(), KEY), NOW)
    assert read == card_tokens.OfflineCard(FACE, "credit", NOW, NOW + timedelta(hours=1))


def test_a_card_made_long_ago_still_reads() -> None:
    read = card_tokens.verify(GOLDEN["card"], GOLDEN["jwks"], datetime.fromisoformat(GOLDEN["at"]))
    assert (card.as_json(read.face), read.purpose) == (GOLDEN["face"], GOLDEN["purpose"])


@pytest.mark.parametrize("case", GOLDEN_CARDS["cases"], ids=lambda case: case["what"])
def test_every_golden_card_is_judged_as_it_says(case: dict[str, Any]) -> None:
    at = datetime.fromisoformat(case["at"])
    if "reason" in case:
        assert reason(case["card"], GOLDEN_CARDS, at) == case["reason"]
    else:
        read = card_tokens.verify(case["card"], GOLDEN_CARDS, at).as_json()
        assert {"purpose": read["purpose"], "card": read["card"]} == case["says"]


def test_an_independent_reader_reads_it() -> None:
    """RFC 9052 section 4.4 by hand, RFC 8392 claim keys, RFC 7638 key id: no code of ours."""
    protected, unprotected, payload, signature = parts(CARD)
    thumbprint = base64.urlsafe_b64decode(ECKey.import_key(KEY).thumbprint() + "=")
    assert cbor2.loads(protected) == {1: -7, 4: thumbprint[:8]}
    assert unprotected == {}
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    public = ECKey.import_key(KEY).public_key
    public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    issued = int(NOW.timestamp())
    ours = {0: 1, 1: "张*三", 2: 0, 3: "high", 4: "xiamen", 5: ["egret", "excellent"]}
    assert cbor2.loads(payload) == {4: issued + 3600, 6: issued, -65537: ours}


def by_the_cwt_library(text: str, key: dict[str, Any]) -> Any:
    """The claims, by the library's own reading of CWTs with a key of the JWKS; it judges the times too."""
    published = COSEKey.from_jwk({**jwks_of(key)["keys"][0], "alg": "ES256", "key_ops": ["verify"]})
    known = COSEKey.new({**published.to_dict(), 2: card_tokens.key_id(key)})
    return CWT.new(leeway=1).decode(base45.b45decode(text.removeprefix("XY1:")), known)


def test_the_cwt_library_reads_it_and_refuses_what_we_refuse() -> None:
    now = datetime.now(UTC)
    fresh = card_tokens.sign(FACE, "credit", key=KEY, now=now)
    assert by_the_cwt_library(fresh, KEY)[-65537][1] == "张*三"
    with pytest.raises(VerifyError, match="expired"):
        by_the_cwt_library(card_tokens.sign(FACE, "credit", key=KEY, now=now - timedelta(hours=2)), KEY)
    with pytest.raises(ValueError, match="key is not found"):
        by_the_cwt_library(fresh, new_key())
    for changed in (fresh[:-3] + "000", fresh[:80] + ("0" if fresh[80] != "0" else "1") + fresh[81:]):
        with pytest.raises((VerifyError, DecodeError, ValueError)):
            by_the_cwt_library(changed, KEY)


def test_a_card_dies_at_its_hour() -> None:
    short = card_tokens.sign(FACE, "credit", key=KEY, now=NOW, lifetime=timedelta(minutes=5))
    card_tokens.verify(short, JWKS, NOW + timedelta(seconds=299))
    assert reason(short, now=NOW + timedelta(seconds=300)) == "expired"


def test_a_card_from_the_future_does_not_hold() -> None:
    card_tokens.verify(CARD, JWKS, NOW - timedelta(minutes=1))
    assert reason(CARD, now=NOW - timedelta(minutes=3)) == "not_yet_valid"


def test_another_key_is_unknown() -> None:
    assert reason(CARD, jwks_of(new_key())) == "unknown_key"
    assert reason(CARD, {"keys": []}) == "unknown_key"


def test_a_published_key_of_another_kind_is_passed_over() -> None:
    others = [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "RSA"}, {}, None, {"kty": "EC", "crv": "P-256"}]
    card_tokens.verify(CARD, {"keys": [*others, *JWKS["keys"]]}, NOW)


def test_a_published_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    broken = {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}
    token = bytearray(base45.b45decode(CARD.removeprefix("XY1:")))
    token[8:16] = card_tokens.key_id(broken)
    assert reason("XY1:" + base45.b45encode(bytes(token)).decode(), {"keys": [broken]}) == "unknown_key"


def test_a_forger_who_names_our_key_is_found_out() -> None:
    forger = new_key()
    protected, unprotected, _, _ = parts(CARD)
    _, _, payload, signature = parts(card_tokens.sign(FACE, "credit", key=forger, now=NOW))
    assert reason(resigned([protected, unprotected, payload, signature])) == "tampered"


def test_a_changed_claim_is_found_out() -> None:
    protected, unprotected, payload, signature = parts(CARD)
    assert reason(resigned([protected, unprotected, payload.replace(b"egret", b"zizai"), signature])) == "tampered"


@pytest.mark.parametrize("algorithm", [-8, -35, -257, 5, 0])
def test_no_algorithm_but_es256_is_heard(algorithm: int) -> None:
    _, unprotected, payload, signature = parts(CARD)
    header = cbor2.dumps({1: algorithm, 4: card_tokens.key_id(KEY)})
    assert reason(resigned([header, unprotected, payload, signature])) == "not_a_card"


def test_every_changed_bit_of_the_largest_card_is_found_out() -> None:
    largest = max((case["card"] for case in GOLDEN_CARDS["cases"] if "says" in case), key=len)
    whole = base45.b45decode(largest.removeprefix("XY1:"))
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        text = "XY1:" + base45.b45encode(bytes(changed)).decode()
        assert reason(text, GOLDEN_CARDS) in {"tampered", "not_a_card", "unknown_key"}, bit


def test_every_changed_character_is_found_out() -> None:
    for at in range(len(CARD)):
        other = "A" if CARD[at] != "A" else "B"
        assert reason(CARD[:at] + other + CARD[at + 1 :]) in {"tampered", "not_a_card", "unknown_key"}, at


@pytest.mark.parametrize(
    "text",
    ["", "XY1:", "XY1", "hello", "XY2:" + CARD[4:], CARD[4:], CARD.lower(), CARD + "0", CARD[:-1], "XY1:" + "9" * 4000],
)
def test_what_is_no_card_is_called_so(text: str) -> None:
    assert reason(text) == "not_a_card"


@given(st.binary(max_size=260))
def test_no_bytes_ever_do_more_than_not_hold(token: bytes) -> None:
    assert reason("XY1:" + base45.b45encode(token).decode()) == "not_a_card"


@given(st.text(max_size=400))
def test_no_text_ever_does_more_than_not_hold(text: str) -> None:
    assert reason(text) == "not_a_card"


def test_too_many_ticks_are_refused_by_the_name_of_the_one_too_many() -> None:
    honours = tuple(f"an-honour-with-a-long-code-{n}" for n in range(5))
    shown = Face(name="张*三", name_kind=NameKind.MASKED, city="xiamen", volunteer_stars=5, honours=honours)
    with pytest.raises(Refusal) as refused:
        card_tokens.sign(shown, "introduction", key=KEY, now=NOW)
    assert (refused.value.code, refused.value.field) == ("card-too-large", "/show/fields")
    assert refused.value.params == {"name": "honours", "limit": 156}


@settings(deadline=None)
@given(st.integers(1, 60))
def test_a_card_that_is_signed_fits_version_11(length: int) -> None:
    shown = Face(name="名" * length, name_kind=NameKind.FULL, grade=Grade("qianjiang", "excellent"))
    try:
        text = card_tokens.sign(shown, "credit", key=KEY, now=NOW)
    except Refusal:
        assert length > 30
    else:
        assert len(text) <= 366
        assert qr.version(text) <= 11


def test_the_largest_card_fills_version_11_exactly() -> None:
    room = 156 - len(cbor2.dumps({4: 1 << 30, 6: 1 << 30, -65537: {0: 0, 1: "n" * 24, 2: 0}})) + 24
    text = card_tokens.sign(Face("n" * room, NameKind.FULL), "introduction", key=KEY, now=NOW)
    assert (len(text), qr.version(text)) == (366, 11)
    with pytest.raises(Refusal):
        card_tokens.sign(Face("n" * (room + 1), NameKind.FULL), "introduction", key=KEY, now=NOW)
    assert zxingcpp.read_barcode(Image.open(BytesIO(qr.png(text)))).text == text
