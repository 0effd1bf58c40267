"""Guardrail 9: until both have said yes, whoever shakes beside me learns the nickname and number that I show."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from app.citizen.shake_schemas import OtherShake
from tests.support.cards import CardHolders
from tests.support.people import id_number
from tests.support.shaking import begin, confirm, look


def test_that_is_all_that_there_is_a_word_for() -> None:
    assert set(OtherShake().fields) == {"id", "nickname", "number", "asked"}


def test_no_answer_before_the_givers_yes_has_anything_of_the_giver_or_the_receiver(
    app: Flask, session: Session
) -> None:
    holders = CardHolders(app, session)
    teacher_id, pupil_id = holders.person("陈校长"), holders.person("李学生")
    teacher, pupil = holders.login(teacher_id), holders.login(pupil_id)
    given = begin(teacher, "give", "老师", show={"name_kind": "full", "fields": ["verified", "city"]})
    taken = begin(pupil, "receive", "学生")
    asked = confirm(pupil, taken, given).json
    to_pupil = str([taken, asked, look(pupil, taken)])
    to_teacher = str([look(teacher, given)])
    assert not [word for word in ("陈校长", "陈*长", "xiamen", "al2", id_number(1), teacher_id) if word in to_pupil]
    assert not [word for word in ("李学生", "李*生", id_number(2), pupil_id) if word in to_teacher]
    confirm(teacher, given, taken)
    card = look(pupil, taken)["card_id"]
    assert pupil.get(f"/citizen/v1/name-cards/{card}").json["card"]["display_name"] == "陈校长"
    assert "李学生" not in str(look(teacher, given)), "the giver gets nothing back"
