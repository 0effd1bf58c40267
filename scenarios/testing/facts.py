"""Facts to hold a scenario to: those of its decision table, those that hypothesis makes, and a grid around its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from typing import Any

from hypothesis import strategies as st

from app.domain.offer import Offer
from app.domain.scenario import Facts
from scenarios.registry import Registry

DAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Case:
    """One row of a decision table."""

    scenario: str
    why: str
    facts: Facts
    path: str
    reasons: list[str]


def cases(registry: Registry) -> Iterator[Case]:
    """Every case in the `cases` folders beside the registry's families."""
    for folder in registry.homes:
        for path in sorted((folder / "cases").glob("*.toml")):
            for row in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
                yield Case(**{**row, "facts": enrolled(registry.offer(row["scenario"]), **row["facts"])})


def enrolled(offer: Offer, **said: Any) -> Facts:
    """An enrolled citizen of the offer's city, but for what is said."""
    said["declared"] = frozenset(said.get("declared", ()))
    return Facts(**{"as_of": DAY, "city": offer.city, "pack": offer.packs[0], "member": True, **said})


def facts_for(offer: Offer) -> st.SearchStrategy[Facts]:
    """Any facts that an offer can meet, most of them near its line and its own packs."""
    near = st.integers(max(0, offer.threshold - 2), offer.threshold + 2)
    return st.builds(
        Facts,
        as_of=st.dates(date(2020, 1, 1), date(2040, 1, 1)) | st.just(DAY),
        city=st.sampled_from([offer.city, "elsewhere"]),
        pack=st.sampled_from([*offer.packs, "elsewhere", None]),
        member=st.booleans(),
        score=st.none() | near | st.integers(0, 2000),
        prefers_standard=st.booleans(),
        paused=st.booleans(),
        declared=st.frozensets(st.sampled_from([condition.code for condition in offer.conditions] or ["none"])),
    )


def grid(offer: Offer) -> Iterator[Facts]:
    """Facts whose gates are open: scores around the line, with each choice of up to two declared conditions."""
    day = max(DAY, offer.valid_from)
    codes = [condition.code for condition in offer.conditions]
    for declared in chain.from_iterable(combinations(codes, count) for count in range(min(len(codes), 2) + 1)):
        for score in sorted({0, max(0, offer.threshold - 1), offer.threshold, offer.threshold + 1, 2000}):
            yield enrolled(offer, as_of=day, score=score, declared=declared)
