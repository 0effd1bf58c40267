"""A card shows what its holder ticked, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import card
from app.domain.card import Face, Grade, Holder, NameKind, Ticks
from app.domain.errors import Refusal

EVERYTHING = Holder(
    full_name="张小三",
    nickname="小鱼",
    assurance_level="high",
    city="xiamen",
    grade=Grade("egret", "excellent"),
    score=712,
    volunteer_stars=4,
    blood_donor=True,
    honours=("model-volunteer",),
)
NOTHING = Holder(full_name="李四", nickname=None, assurance_level="high", city="xiamen")

any_ticks = st.builds(
    Ticks, name=st.sampled_from(NameKind), fields=st.frozensets(st.sampled_from(card.FIELDS), max_size=len(card.FIELDS))
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
    assert card.as_json(card.face(EVERYTHING, Ticks(NameKind.FULL, frozenset(card.FIELDS)))) == {
        "display_name": "张小三",
        "name_kind": "full",
        "assurance_level": "high",
        "city": "xiamen",
        "grade": {"pack": "egret", "code": "excellent"},
        "score": 712,
        "volunteer_stars": 4,
        "blood_donor": True,
        "honours": ["model-volunteer"],
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


def test_the_exact_score_comes_with_a_warning() -> None:
    assert card.warnings(Ticks(fields=frozenset({"score"}))) == ("score_is_exact",)
    assert card.warnings(Ticks(fields=frozenset(card.FIELDS) - {"score"})) == ()


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
    assert set(card.field_names(shown)) == {"display_name", *ticks.fields}
    text = str(card.as_json(shown))
    assert ("712" in text) == ("score" in ticks.fields)
    assert ("张小三" in text) == (ticks.name is NameKind.FULL)
    assert ("excellent" in text) == ("grade" in ticks.fields)


@given(any_ticks, st.sampled_from(sorted(card.PURPOSES)), st.sampled_from([EVERYTHING, NOTHING]))
def test_claims_and_json_say_the_same(ticks: Ticks, purpose: str, holder: Holder) -> None:
    if ticks.name is NameKind.NICKNAME and holder.nickname is None:
        return
    shown = card.face(holder, ticks)
    assert card.from_claims(card.as_claims(shown, purpose)) == (shown, purpose)
    assert card.from_json(card.as_json(shown)) == shown


def test_a_reader_passes_over_claims_of_a_later_version() -> None:
    shown = card.face(NOTHING, Ticks())
    assert card.from_claims({**card.as_claims(shown, "credit"), 99: "new"}) == (shown, "credit")


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
    }
