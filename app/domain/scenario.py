"""Scenarios (信易+ 场景): facts about a citizen in, the credit or the ordinary path out. Pure.

A family is code (scenarios/*.py), an offer is its data (app/domain/offer.py). What holds for every scenario alike, such
as opting in, is decided by `gates` before a family is asked, so that no plug-in can forget it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Protocol

from app.domain.offer import Benefit, Offer
from app.domain.wording import Words


class Path(StrEnum):
    """How the citizen gets the service: with the benefit, or as anyone does (按普通方式办理)."""

    CREDIT = "credit"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a rule may know of a citizen on day `as_of`. `score`: whole points of `pack`, None where there is none.

    `pack` is that of the home city. `prefers_standard` and `declared` are the citizen's own choice for this scenario;
    `paused` says that an order in its family is unpaid (guardrail 7); `by_word` that a person looked at an answer of
    this scenario and changed it (guardrail 11).
    """

    as_of: date
    city: str
    pack: str | None
    member: bool = False
    score: int | None = None
    prefers_standard: bool = False
    paused: bool = False
    declared: frozenset[str] = frozenset()
    by_word: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a stable code with numbers for its text. For the citizen only, never for a partner (guardrail 9)."""

    code: str
    params: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer: the path, the offer's benefit where the path is credit, and the reasons."""

    path: Path
    benefit: Benefit | None
    reasons: tuple[Reason, ...]


class Scenario(Protocol):
    """The rule of one offer."""

    def decide(self, facts: Facts) -> Outcome:
        """The outcome for `facts`: a pure function, never better for a lower score."""
        ...


@dataclass(frozen=True)
class Family(ABC):
    """A family of scenarios: the base class of every plug-in. Made once for each offer that names its `code`.

    Its offers and cases are the files `offers/*.toml` and `cases/*.toml` beside its module. `reasons` holds the texts
    of the reason codes that are its own; those of app/domain/reasons.py are there for all.
    """

    offer: Offer
    code: ClassVar[str]
    version: ClassVar[str]
    reasons: ClassVar[Mapping[str, Words]] = MappingProxyType({})

    @abstractmethod
    def decide(self, facts: Facts) -> Outcome:
        """The rule as the library would write it on its wall. Asked only when every one of the `gates` is open."""

    def credit(self, *reasons: Reason) -> Outcome:
        """The benefit, whole: alike for everyone who has it."""
        return Outcome(Path.CREDIT, self.offer.benefit, reasons)

    def standard(self, *reasons: Reason) -> Outcome:
        """The ordinary path."""
        return Outcome(Path.STANDARD, None, reasons)

    def from_threshold(self, facts: Facts) -> Outcome:
        """Credit from the offer's threshold on."""
        if facts.score is None:
            return self.standard(Reason("score-pending"))
        numbers = {"score": facts.score, "threshold": self.offer.threshold}
        if facts.score >= self.offer.threshold:
            return self.credit(Reason("threshold-reached", numbers))
        return self.standard(Reason("threshold-ahead", numbers))


class Registry(Protocol):
    """What use cases ask of the scenario registry (scenarios/registry.py)."""

    def __contains__(self, code: object) -> bool:
        """Whether a scenario of this code is offered."""
        ...

    def offer(self, code: str) -> Offer:
        """The offer of this code; raises Refusal `scenario-unknown`."""
        ...

    def offers(self, *, pack: str | None = None) -> tuple[Offer, ...]:
        """Every offer in order of code, or those that read this pack."""
        ...

    def decide(self, code: str, facts: Facts) -> Outcome:
        """The outcome: behind a closed gate or a broken rule always the ordinary path. Raises as `offer` does."""
        ...

    def rule(self, code: str) -> str:
        """Family, its version and the offer's, `library 1.0, offer 1`: what decided."""
        ...

    def explain(self, code: str, reason: Reason) -> Words:
        """A reason in plain words, for the citizen; also one whose scenario is gone."""
        ...


def gates(offer: Offer, facts: Facts) -> tuple[Reason, ...]:
    """What stands between these facts and any benefit of `offer`, whatever its family's rule; empty where nothing."""
    return tuple(Reason(code) for code in _closed(offer, facts))


def _closed(offer: Offer, facts: Facts) -> Iterator[str]:
    if not offer.in_force(facts.as_of):
        yield "offer-not-open"
    if facts.pack not in offer.packs:
        yield "other-city"
    if not facts.member:
        yield "not-enrolled"
    elif facts.score is None:
        yield "score-pending"
    if facts.prefers_standard:
        yield "chose-ordinary-way"
    if facts.paused:
        yield "order-unpaid"


GATES = ("offer-not-open", "other-city", "not-enrolled", "score-pending", "chose-ordinary-way", "order-unpaid")
"""Every code of `gates`: what a person's word does not open either."""


def with_word(offer: Offer, facts: Facts) -> Facts | None:
    """The facts with a person's word in the place of the score, and of nothing else; None where there is no word."""
    if not facts.by_word or facts.score is None:
        return None
    return replace(facts, score=max(facts.score, offer.threshold))
