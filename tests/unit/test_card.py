"""A card shows what its holder ticked, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import card, card_claims
from app.domain.card import Face, Grade, Holder, NameKind, Ticks
from app.domain.card_presets import PRESETS
from app.domain.entity import ROLES, Role
from app.domain.errors import Refusal
from app.domain.report import ReportLink

TEA = Role("ent_tea", "厦门鹭岛茶业有限公司", "91350200MA0000TEA1", "legal_representative")
SHOP = Role("ent_shop", "厦门鹭岛茶铺", "92350200MA000SHOP2", "operator")
EVERYTHING = Holder(
    full_name="张小三",
    nickname="小鱼",
    assurance_level="high",
    city="xiamen",
    grade=Grade("egret", "excellent"),
    score=712,
    volunteer_stars=4,
    blood_donor=True,
    honours=("model-volunteer", "rescue"),
    roles=(TEA, SHOP),
    report=ReportLink("KQ7M2X4T9B3N6R8P", datetime(2026, 11, 28, 8, 0, tzinfo=UTC)),
    avatar=b"RIFF\x00\xff picture",
)
NOTHING = Holder(full_name="李四", nickname=None, assurance_level="high", city="xiamen")

any_ticks = st.builds(
    Ticks,
    name=st.sampled_from(NameKind),
    fields=st.frozensets(st.sampled_from(card.FIELDS), max_size=len(card.FIELDS)),
    honours=st.none() | st.frozensets(st.sampled_from(EVERYTHING.honours)),
    entity=st.sampled_from([None, TEA.entity, SHOP.entity, "ent_of_another"]),
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张", "*"),
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧**三"),
        ("阿卜杜拉·买买提", "阿******提"),
        ("Maria Silva", "M*********a"),
    ],
)
def test_a_masked_name_shows_its_ends(name: str, masked: str) -> None:
    assert card.mask(name) == masked


@pytest.mark.parametrize(
    ("hours", "stars"), [(0, 0), (99, 0), (100, 1), (299, 1), (300, 2), (600, 3), (1000, 4), (1500, 5), (9000, 5)]
)
def test_stars_follow_the_hours(hours: int, stars: int) -> None:
    assert card.stars(hours) == stars


def test_the_least_card_is_a_masked_name_and_a_tick() -> None:
    assert card.as_json(card.face(EVERYTHING, Ticks())) == {
        "display_name": "张*三",
        "name_kind": "masked",
        "assurance_level": "high",
    }


def test_a_full_card() -> None:
    ticks = Ticks(NameKind.FULL, frozenset(card.FIELDS), entity=TEA.entity)
    assert card.as_json(card.face(EVERYTHING, ticks)) == {
        "display_name": "张小三",
        "name_kind": "full",
        "assurance_level": "high",
        "city": "xiamen",
        "grade": {"pack": "egret", "code": "excellent"},
        "score": 712,
        "volunteer_stars": 4,
        "blood_donor": True,
        "honours": ["model-volunteer", "rescue"],
        "role": {
            "entity": "ent_tea",
            "name": "厦门鹭岛茶业有限公司",
            "uscc": "91350200MA0000TEA1",
            "role": "legal_representative",
        },
        "report": {"code": "KQ7M2X4T9B3N6R8P", "expires_at": "2026-11-28T08:00:00+00:00"},
        "avatar": "UklGRgD/IHBpY3R1cmU=",
    }


def test_what_there_is_not_does_not_show_even_where_it_is_ticked() -> None:
    shown = card.as_json(card.face(NOTHING, Ticks(fields=frozenset(card.FIELDS))))
    assert shown == {"display_name": "李*", "name_kind": "masked", "assurance_level": "high", "city": "xiamen"}


def test_a_score_of_nought_is_a_score() -> None:
    holder = Holder("张三", None, "high", "xiamen", score=0)
    assert card.as_json(card.face(holder, Ticks(fields=frozenset({"score"}))))["score"] == 0


def test_a_nickname_says_that_it_is_one() -> None:
    shown = card.face(EVERYTHING, Ticks(NameKind.NICKNAME))
    assert (shown.name, shown.name_kind) == ("小鱼", "nickname")


def test_a_nickname_that_is_not_set_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        card.face(NOTHING, Ticks(NameKind.NICKNAME))
    assert (refused.value.code, refused.value.field) == ("nickname-missing", "/show/name_kind")


@pytest.mark.parametrize(("field", "warning"), [("score", "score_is_exact"), ("report", "report_is_readable")])
def test_what_tells_more_than_it_seems_comes_with_a_warning(field: str, warning: str) -> None:
    assert card.warnings(Ticks(fields=frozenset({field}))) == (warning,)
    assert warning not in card.warnings(Ticks(fields=frozenset(card.FIELDS) - {field}))


def test_of_several_honours_those_show_that_are_ticked() -> None:
    ticks = Ticks(fields=frozenset({"honours"}), honours=frozenset({"rescue", "one-that-is-gone"}))
    assert card.face(EVERYTHING, ticks).honours == ("rescue",)


class TestRole:
    TICKED = frozenset({"legal_role"})

    def test_shows_of_the_entity_that_is_ticked(self) -> None:
        assert card.face(EVERYTHING, Ticks(fields=self.TICKED, entity="ent_shop")).role == SHOP

    @pytest.mark.parametrize("entity", [None, "ent_of_another"])
    def test_shows_of_no_other(self, entity: str | None) -> None:
        assert card.face(EVERYTHING, Ticks(fields=self.TICKED, entity=entity)).role is None

    def test_the_only_one_need_not_be_named_and_is_held_to(self) -> None:
        one = Holder("张三", None, "high", "xiamen", roles=(TEA,))
        ticks = card.settled(one, Ticks(fields=self.TICKED))
        assert ticks.entity == "ent_tea"
        later = Holder("张三", None, "high", "xiamen", roles=(SHOP,))
        assert card.face(later, ticks).role is None, "another role does not come in its place"

    @pytest.mark.parametrize(("entity", "code"), [(None, "entity-unsaid"), ("ent_of_another", "entity-not-yours")])
    def test_a_choice_that_cannot_be_is_named(self, entity: str | None, code: str) -> None:
        with pytest.raises(Refusal) as refused:
            card.settled(EVERYTHING, Ticks(fields=self.TICKED, entity=entity))
        assert (refused.value.code, refused.value.field) == (code, "/show/entity")

    def test_who_has_none_may_tick_it_and_shows_none(self) -> None:
        assert card.settled(NOTHING, Ticks(fields=self.TICKED)) == Ticks(fields=self.TICKED)


def test_choices_of_what_is_not_ticked_are_dropped() -> None:
    ticks = Ticks(honours=frozenset({"rescue"}), entity="ent_of_another")
    assert card.settled(EVERYTHING, ticks) == Ticks()


def test_no_preset_shows_a_score_a_face_or_a_report() -> None:
    shown = frozenset[str]().union(*(ticks.fields for ticks in PRESETS.values()))
    assert shown <= set(card.FIELDS) - {"score", "avatar", "report"}


def test_a_purpose_allows_its_own_fields_only() -> None:
    for purpose, allowed in card.PURPOSES.items():
        card.check_purpose(Ticks(fields=allowed), purpose)
        for field in set(card.FIELDS) - allowed:
            with pytest.raises(Refusal) as refused:
                card.check_purpose(Ticks(fields=frozenset({field})), purpose)
            assert refused.value.params == {"name": field, "purpose": purpose}


@given(any_ticks)
def test_nothing_unticked_ever_shows(ticks: Ticks) -> None:
    shown = card.face(EVERYTHING, ticks)
    assert set(card.field_names(shown)) <= {"display_name", *ticks.fields}
    text = str(card.as_json(shown))
    assert (TEA.uscc in text) == ("legal_role" in ticks.fields and ticks.entity == TEA.entity)
    assert ("rescue" in text) == ("honours" in ticks.fields and (ticks.honours is None or "rescue" in ticks.honours))
    assert ("KQ7M2X4T9B3N6R8P" in text) == ("report" in ticks.fields)
    assert ("UklGR" in text) == ("avatar" in ticks.fields)
    assert ("712" in text) == ("score" in ticks.fields)
    assert ("张小三" in text) == (ticks.name is NameKind.FULL)
    assert ("excellent" in text) == ("grade" in ticks.fields)


@given(any_ticks, st.sampled_from(sorted(card.PURPOSES)), st.sampled_from([EVERYTHING, NOTHING]))
def test_claims_and_json_say_the_same(ticks: Ticks, purpose: str, holder: Holder) -> None:
    if ticks.name is NameKind.NICKNAME and holder.nickname is None:
        return
    shown = card.face(holder, ticks)
    assert card.from_json(card.as_json(shown)) == shown
    role = replace(shown.role, entity="") if shown.role else None
    signed = replace(shown, role=role, report=None, avatar=None)
    assert card_claims.from_claims(card_claims.as_claims(shown, purpose)) == (signed, purpose)


def test_every_role_has_a_number_on_an_offline_card() -> None:
    assert set(card_claims.ROLE_CODES) == set(ROLES.values())


def test_a_reader_passes_over_claims_of_a_later_version() -> None:
    shown = card.face(NOTHING, Ticks())
    assert card_claims.from_claims({**card_claims.as_claims(shown, "credit"), 99: "new"}) == (shown, "credit")


def test_there_is_no_field_for_anything_adverse_or_identifying() -> None:
    assert set(Face.__dataclass_fields__) == {
        "name",
        "name_kind",
        "assurance_level",
        "city",
        "grade",
        "score",
        "volunteer_stars",
        "blood_donor",
        "honours",
        "role",
        "report",
        "avatar",
    }
