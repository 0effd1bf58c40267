"""No sequence of exchanges, gifts, renewals and withdrawals shows what its owner did not tick for that very holder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.domain import card
from app.domain.card import FIELDS, Face, Holder, NameKind, Ticks
from app.domain.card_term import Term, end_of
from app.domain.errors import Refusal
from app.services import avatars, card_exchange, card_given, card_holder, cards
from app.services import holders as facts
from app.store.held_cards import HeldCard
from app.store.pii import PiiBox
from app.store.records import RecordRow
from tests.support.cards import CardHolders
from tests.support.checks import World

NAMES = ("赵甲一", "钱乙二", "孙丙三", "李丁四")
PEOPLE = st.permutations(range(len(NAMES))).map(lambda order: tuple(order[:2]))
HONOURS = st.none() | st.frozensets(st.sampled_from(facts.HONOURS))
TICKS = st.builds(Ticks, st.sampled_from(NameKind), st.frozensets(st.sampled_from(FIELDS)), HONOURS)
TERMS = st.sampled_from(Term)
FACTS = ("blood_donation", "honour", "bravery")


class CardMachine(RuleBasedStateMachine):
    """Four people with everything that a card can show, and what each of them may see of each other."""

    session: Session
    pii: PiiBox
    people: list[str]
    start: datetime

    def __init__(self) -> None:
        super().__init__()
        self.trial = self.session.begin_nested()
        self.now = self.start
        self.held: dict[tuple[int, int], tuple[Face | None, Ticks, datetime]] = {}
        """(holder, giver) → what the giver lets the holder see, None once withdrawn; its ticks; until when."""
        self.given_ids: dict[tuple[int, int], str] = {}

    def teardown(self) -> None:
        self.trial.rollback()

    def holder(self, person: int) -> Holder:
        return facts.of(self.session, self.pii, self.people[person], self.now)

    def _gives(self, giver: int, receiver: int, ticks: Ticks, until: datetime, card_id: str) -> None:
        """The model's own word on what is seen: field by field, so that an error of `card.face` is one here."""
        face = card.face(self.holder(giver), ticks)
        assert set(card.field_names(face)) <= {"display_name", *ticks.fields}
        assert ticks.honours is None or set(face.honours) <= ticks.honours
        self.held[receiver, giver] = face, ticks, until
        self.given_ids[receiver, giver] = card_id

    @rule(pair=PEOPLE, shown=TICKS, given=TICKS, terms=st.tuples(TERMS, TERMS), late=st.booleans())
    def they_exchange(self, pair: tuple[int, int], shown: Ticks, given: Ticks, terms: Any, late: bool) -> None:
        one, other = pair
        made = cards.make_code(
            self.session, self.pii, self.people[one], purpose="exchange", ticks=shown, term=terms[0], now=self.now
        )
        self.now += timedelta(seconds=60 if late else 59)
        redeemed = {"code": made.code, "ticks": given, "term": terms[1], "now": self.now}
        if not late:
            done = card_exchange.exchange(self.session, self.pii, self.people[other], **redeemed)
        with pytest.raises(Refusal, match="code-not-valid"):
            card_exchange.exchange(self.session, self.pii, self.people[other], **redeemed)
        if late:
            return
        self._gives(one, other, shown, end_of(terms[0], self.now), done.received.id)
        (back,) = card_holder.listed(self.session, self.people[one], self.now, before=None, limit=1)
        self._gives(other, one, given, end_of(terms[1], self.now), back)

    @rule(pair=PEOPLE, ticks=TICKS, term=TERMS)
    def one_hands_a_card_out(self, pair: tuple[int, int], ticks: Ticks, term: Term) -> None:
        giver, receiver = pair
        until = end_of(term, self.now)
        given = card_holder.give(
            self.session, self.pii, giver=self.people[giver], receiver=self.people[receiver], ticks=ticks,
            known_as="路人", source="shake", now=self.now, expires_at=until,
        )  # fmt: skip
        self._gives(giver, receiver, ticks, until, given.id)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), ticks=st.none() | TICKS, term=st.none() | TERMS)
    def one_renews(self, data: Any, ticks: Ticks | None, term: Term | None) -> None:
        pair = data.draw(st.sampled_from(sorted(self.held)))
        face, before, until = self.held[pair]
        asked = {"ticks": ticks, "term": term, "now": self.now}
        if face is None:
            with pytest.raises(Refusal, match="card-withdrawn"):
                card_given.renew(self.session, self.pii, self.people[pair[1]], self.given_ids[pair], **asked)
            return
        card_given.renew(self.session, self.pii, self.people[pair[1]], self.given_ids[pair], **asked)
        self._gives(pair[1], pair[0], ticks or before, end_of(term, self.now) if term else until, self.given_ids[pair])

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def one_withdraws(self, data: Any) -> None:
        pair = data.draw(st.sampled_from(sorted(self.held)))
        card_given.withdraw(self.session, self.people[pair[1]], self.given_ids[pair], self.now)
        self.held[pair] = None, *self.held[pair][1:]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), giver=st.booleans())
    def one_removes(self, data: Any, giver: bool) -> None:
        pair = data.draw(st.sampled_from(sorted(self.held)))
        service, person = (card_given, pair[1]) if giver else (card_holder, pair[0])
        service.remove(self.session, self.people[person], self.given_ids[pair], self.now)
        for gone in (pair, pair[::-1]):
            self.held.pop(gone, None)

    @rule(person=st.integers(0, len(NAMES) - 1), item=st.sampled_from(FACTS))
    def a_fact_goes(self, person: int, item: str) -> None:
        theirs = RecordRow.citizen_id == self.people[person], RecordRow.item == item
        self.session.execute(delete(RecordRow).where(*theirs).execution_options(synchronize_session=False))

    @rule(days=st.sampled_from([1, 31, 366]), worker=st.booleans())
    def time_passes(self, days: int, worker: bool) -> None:
        self.now += timedelta(days=days)
        self.held = {pair: entry for pair, entry in self.held.items() if entry[2] > self.now}
        if worker:
            card_holder.expire(self.session, self.now)
            assert self.session.query(HeldCard).count() == len(self.held)

    @rule(person=st.integers(0, len(NAMES) - 1))
    def each_sees_what_was_ticked_for_them_and_nothing_else(self, person: int) -> None:
        """Whoever tries the id of every card that there ever was."""
        ids, citizen_id = list(self.given_ids.values()), self.people[person]
        seen = card_holder.view(self.session, self.pii, citizen_id, ids, self.now)
        mine = {self.given_ids[pair]: entry[0] for pair, entry in self.held.items() if pair[0] == person}
        assert {entry.id: entry.face for entry in seen} == mine
        assert len(card_holder.matches(self.session, self.pii, citizen_id, now=self.now)) == len(
            [face for face in mine.values() if face]
        )

    @invariant()
    def what_is_withdrawn_is_nowhere(self) -> None:
        self.session.flush()
        for row in self.session.query(HeldCard).populate_existing():
            pair = self.people.index(row.citizen_id), self.people.index(row.given_by)
            assert pair in self.held or row.expires_at <= self.now, "it was removed"
            if pair in self.held:
                face = self.held[pair][0]
                assert card_holder.face_of(self.pii, row) == face
                assert bool(row.sealed_ticks) == bool(face)
        dumps = (self.session.scalars(text(f"select {table}::text from {table}")) for table in ("held_cards", "outbox"))
        said = " ".join(line for dump in dumps for line in dump)
        said += " ".join(self.session.scalars(text("select actor_name from access_log")))
        assert not [name for name in NAMES if name in said]


@pytest.fixture
def machine(holders: CardHolders, session: Session) -> type[CardMachine]:
    class Machine(CardMachine):
        pass

    world, kit = World(holders.app, session), holders.kit
    Machine.session, Machine.pii, Machine.start = session, kit.pii, kit.clock()
    Machine.people = [holders.person(name, "hangzhou") for name in NAMES]
    for number, person in enumerate(Machine.people):
        for item in FACTS:
            holders.give(person, item)
        holders.give(person, "volunteer_service", quantity=100 * (number + 3))
        world.score(person, "hangzhou", 600 + number)
        cards.save(session, kit.pii, person, nickname=f"昵{number}", ticks=Ticks(), now=kit.clock())
        avatars.save(session, kit.pii, person, bytes([number]), kit.clock())
    session.commit()
    return Machine


@pytest.fixture
def holders(app: Any, session: Session) -> CardHolders:
    return CardHolders(app, session)


def test_no_sequence_of_exchanges_shows_what_was_not_ticked(machine: type[CardMachine]) -> None:
    few = settings(
        max_examples=14, stateful_step_count=12, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=few)
