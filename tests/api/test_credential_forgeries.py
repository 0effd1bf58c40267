"""What only an issuer's own key could sign: a mistake of ours, or a swapped status list, must not become a hole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from app.domain import credential
from app.services import credential_check, disclosures, es256, status_lists
from app.services.credential_check import REASONS, CredentialInvalid
from app.services.disclosures import digest
from app.store import credentials as store
from app.web.kit import Kit
from tests.support.wallet import Wallet, checked, expected, forged, packed, signed


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


@pytest.fixture
def issued(kit: Kit, wallet: Wallet, session: Session) -> dict[str, Any]:
    """The claims of a credential, as we would sign them."""
    term = credential.term(kit.clock(), 7)
    list_id, idx = store.allot(session, term.expires_at)
    said = credential.envelope(kit.settings.base_url, term, list_id, idx)
    return {**said, "cnf": {"jwk": es256.point_of(wallet.jwk)}, "_sd": [], "_sd_alg": "sha-256", "honours": []}


@pytest.fixture
def made(kit: Kit, issued: dict[str, Any]) -> str:
    """A credential that discloses nothing, as good as any."""
    key = kit.keys.current("credential")
    return forged(key.private, issued, kid=key.kid)


@pytest.fixture
def refuses(client: FlaskClient, kit: Kit) -> Callable[..., None]:
    """Holds a presentation to be refused for a reason."""

    def refuse(presentation: str, reason: str, **changed: Any) -> None:
        with pytest.raises(CredentialInvalid) as invalid:
            checked(client, kit, presentation, **changed)
        assert invalid.value.reason == reason
        assert reason in REASONS

    return refuse


Refuses = Callable[..., None]


class TestForged:
    """What only the issuer's own key could sign, and we never would: a mistake of ours must not become a hole."""

    @pytest.fixture
    def reads(
        self, client: FlaskClient, kit: Kit, wallet: Wallet, issued: dict[str, Any]
    ) -> Callable[..., Mapping[str, Any]]:
        """What a presentation of a credential with these claims changed says."""

        def read(shown: list[Any], typ: str = "dc+sd-jwt", **changed: Any) -> Mapping[str, Any]:
            key = kit.keys.current("credential")
            said = {name: value for name, value in {**issued, **changed}.items() if value is not None}
            texts = [one if isinstance(one, str) else packed(one) for one in shown]
            presented = wallet.bind(forged(key.private, said, texts, kid=key.kid, typ=typ))
            return checked(client, kit, presented).claims

        return read

    def test_a_claim_of_a_later_version_is_passed_on(self, reads: Callable[..., Mapping[str, Any]]) -> None:
        new = packed(["salt", "title", {"a": 1}])
        assert reads([new], _sd=[digest(new)], honours=[]) == {"title": {"a": 1}, "honours": []}

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://elsewhere.example"},
            {"vct": "http://127.0.0.1:8000/credentials/passport"},
            {"vct": None},
            {"exp": None},
            {"exp": "never"},
            {"iat": None},
            {"nbf": "x"},
            {"cnf": None},
            {"cnf": {"jwk": {"kty": "oct", "k": "AA"}}},
            {"cnf": {"kid": "1"}},
            {"status": None},
            {"status": {}},
            {"status": {"status_list": {"idx": -1, "uri": "http://127.0.0.1:8000/status-lists/1"}}},
            {"status": {"status_list": {"idx": 1, "uri": "http://169.254.169.254/status-lists/1"}}},
            {"status": {"status_list": {"idx": 1, "uri": "1"}}},
            {"status": {"status_list": {"idx": 1, "uri": "http://127.0.0.1:8000/status-lists/../oauth/jwks"}}},
        ],
    )
    def test_an_envelope_that_is_not_ours(
        self, reads: Callable[..., Mapping[str, Any]], changed: dict[str, Any]
    ) -> None:
        with pytest.raises(CredentialInvalid, match="wrong_type"):
            reads([], **changed)

    def test_another_type_of_token(self, reads: Callable[..., Mapping[str, Any]]) -> None:
        for typ in ("JWT", "vc+sd-jwt", "decision+jwt"):
            with pytest.raises(CredentialInvalid, match="wrong_type"):
                reads([], typ=typ)

    @pytest.mark.parametrize(
        ("hidden", "shown"),
        [
            ([], [["salt", "city", "xiamen"]]),
            ([0], [["salt", "city", "xiamen"], ["salt", "score", 900]]),
            ([0, 0], [["salt", "city", "xiamen"]]),
            ([0], [["salt", "city", "xiamen"]] * 2),
            ([0], [["salt", "iss", "https://elsewhere.example"]]),
            ([0], [["salt", "exp", 9_999_999_999]]),
            ([0], [["salt", "cnf", {}]]),
            ([0], [["salt", "_sd", []]]),
            ([0], [["salt", "...", []]]),
            ([0], [["salt", "honours", []]]),
            ([0, 1], [["salt", "city", "xiamen"], ["pepper", "city", "hangzhou"]]),
            ([0], [["salt", 7, "xiamen"]]),
            ([0], [["salt", "an entry of a list"]]),
            ([0], [["salt"]]),
            ([0], [["salt", "city", "xiamen", "more"]]),
            ([0], [{"salt": "city"}]),
            ([0], [[1, "city", "xiamen"]]),
            ([0], ["not base64!"]),
            ([0], ["WyJzYWx0Il0="]),
            ([0], [["salt", "city", "x" * 2_048]]),
            ([0], [["salt", "city", {"_sd": "x"}]]),
            ([0], [["salt", "city", {"...": "x"}]]),
            ([0], [["salt", "city", [{"...": "x", "more": 1}]]]),
            (["x", 7], []),
            ({}, []),
        ],
    )
    def test_disclosures_that_do_not_fit(
        self, reads: Callable[..., Mapping[str, Any]], hidden: Any, shown: list[Any]
    ) -> None:
        texts = [one if isinstance(one, str) else packed(one) for one in shown]
        digests = hidden
        if isinstance(hidden, list):
            digests = [digest(texts[one]) if isinstance(one, int) and one < len(texts) else one for one in hidden]
        with pytest.raises(CredentialInvalid, match="disclosures_do_not_fit"):
            reads(texts, _sd=digests, honours=[])

    def test_another_hash_and_too_many(self, reads: Callable[..., Mapping[str, Any]]) -> None:
        with pytest.raises(CredentialInvalid, match="disclosures_do_not_fit"):
            reads([], _sd_alg="md5")
        many = [packed([str(number), f"claim{number}", number]) for number in range(disclosures.MOST + 1)]
        with pytest.raises(CredentialInvalid, match="disclosures_do_not_fit"):
            reads(many, _sd=[digest(one) for one in many])

    def test_a_disclosure_within_a_disclosure_is_found_in_its_place(
        self, reads: Callable[..., Mapping[str, Any]]
    ) -> None:
        inner, entry = packed(["s1", "town", "同安"]), packed(["s2", "north"])
        outer = packed(["s3", "place", {"_sd": [digest(inner)], "sides": [{"...": digest(entry)}, {"...": "decoy"}]}])
        told = reads([inner, outer, entry], _sd=[digest(outer)], honours=[])
        assert told["place"] == {"town": "同安", "sides": ["north"]}

    def test_a_member_that_comes_twice(self, wallet: Wallet, kit: Kit, refuses: Refuses) -> None:
        key = kit.keys.current("credential")
        token = signed(key.private, {"typ": "dc+sd-jwt", "kid": key.kid}, b'{"iss": "a", "iss": "b"}')
        refuses(wallet.bind(f"{token}~"), "tampered")


class TestStatus:
    """A list that does not hold is no list: whoever could swap it could bring a revoked credential back to life."""

    def claims(self, kit: Kit, **changed: Any) -> dict[str, Any]:
        now = int(kit.clock().timestamp())
        return {
            "sub": "http://127.0.0.1:8000/status-lists/1",
            "iat": now,
            "exp": now + 60,
            "status_list": {"bits": 1, "lst": status_lists.packed([])},
            **changed,
        }

    def check(self, kit: Kit, presentation: str, text: str) -> None:
        credential_check.check(presentation, expected(kit), lambda _: text)

    def test_a_list_that_holds(self, kit: Kit, wallet: Wallet, made: str) -> None:
        key = kit.keys.current("credential")
        text = signed(key.private, {"typ": "statuslist+jwt", "kid": key.kid}, self.claims(kit))
        self.check(kit, wallet.present(made), text)

    @pytest.mark.parametrize(
        ("header", "changed"),
        [
            ({"typ": "JWT"}, {}),
            ({"kid": "another"}, {}),
            ({}, {"sub": "http://127.0.0.1:8000/status-lists/2"}),
            ({}, {"exp": 1}),
            ({}, {"exp": None}),
            ({}, {"iat": 9_999_999_999}),
            ({}, {"status_list": None}),
            ({}, {"status_list": {"bits": 2, "lst": status_lists.packed([])}}),
            ({}, {"status_list": {"bits": 1, "lst": 7}}),
            ({}, {"status_list": {"bits": 1, "lst": "eNpjAA"}}),
            ({}, {"status_list": {"bits": 1, "lst": "eJwDAAAAAAE"}}),
            ({}, {"status_list": {"bits": 1, "lst": "名"}}),
        ],
    )
    def test_one_that_does_not(
        self, kit: Kit, wallet: Wallet, made: str, header: dict[str, Any], changed: dict[str, Any]
    ) -> None:
        key = kit.keys.current("credential")
        head = {"typ": "statuslist+jwt", "kid": key.kid, **header}
        with pytest.raises(CredentialInvalid, match="no_status"):
            self.check(kit, wallet.present(made), signed(key.private, head, self.claims(kit, **changed)))

    def test_one_that_another_signed(self, kit: Kit, wallet: Wallet, made: str) -> None:
        head = {"typ": "statuslist+jwt", "kid": kit.keys.current("credential").kid}
        with pytest.raises(CredentialInvalid, match="no_status"):
            self.check(kit, wallet.present(made), signed(ECKey.generate_key("P-256"), head, self.claims(kit)))

    def test_each_bit_is_one_credentials_alone(self, kit: Kit) -> None:
        key = kit.keys.current("credential")
        revoked = [0, 7, 8, 131_071]
        said = self.claims(kit, status_list={"bits": 1, "lst": status_lists.packed(revoked)})
        text = signed(key.private, {"typ": "statuslist+jwt", "kid": key.kid}, said)
        asked = {"uri": said["sub"], "jwks": kit.keys.jwks(), "now": kit.clock()}
        seen = [idx for idx in (0, 1, 6, 7, 8, 9, 131_070, 131_071) if status_lists.is_revoked(text, idx=idx, **asked)]
        assert seen == revoked
        with pytest.raises(status_lists.NoStatus):
            status_lists.is_revoked(text, idx=131_072, **asked)
