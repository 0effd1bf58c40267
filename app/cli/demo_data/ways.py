"""Ways of life in a demo city: how often each kind of fact occurs in a life of a certain habit."""

from __future__ import annotations

from collections.abc import Mapping, Set

from app.domain.pack import Kind, Pack

Often = Mapping[str, tuple[int, int]]
"""Item code → the fewest and the most facts of it; `penalty_general` and `penalty_serious` are the penalties."""

HABITS: Mapping[str, Often] = {
    "model": {
        "volunteer_service": (12, 14), "blood_donation": (4, 4), "honour": (2, 2), "kept_promise": (6, 6),
        "returned_book": (14, 16), "paid_ride": (22, 26),
    },
    "diligent": {
        "volunteer_service": (3, 9), "blood_donation": (0, 3), "honour": (0, 1), "kept_promise": (1, 4),
        "returned_book": (3, 10), "paid_ride": (6, 18),
    },
    "halfway": {"volunteer_service": (4, 4), "blood_donation": (1, 1), "kept_promise": (4, 4), "paid_ride": (8, 8)},
    "between": {"kept_promise": (1, 1), "returned_book": (2, 2), "paid_ride": (4, 4)},
    "steady": {
        "volunteer_service": (0, 3), "blood_donation": (0, 1), "kept_promise": (0, 3), "returned_book": (0, 6),
        "paid_ride": (2, 10),
    },
    "quiet": {"returned_book": (0, 2), "paid_ride": (0, 6)},
    "blank": {},
    "fined": {"paid_ride": (0, 6), "penalty_general": (1, 1)},
    "penalised": {"paid_ride": (1, 2), "penalty_serious": (1, 1)},
}  # fmt: skip

ANY_OTHER: Mapping[str, tuple[int, int]] = {
    "model": (4, 6), "diligent": (1, 3), "halfway": (1, 1), "steady": (0, 2), "quiet": (0, 1)
}  # fmt: skip
"""How often a fact of a city's own catalogue occurs that `HABITS` does not name."""

RARE = {"bravery": (1, 1), "repair_completed": (1, 1)}
"""What occurs in a model life alone."""


def habits_of(pack: Pack) -> Mapping[str, Often]:
    """The habits as far as the catalogue of `pack` knows what happens in them, and what else it knows."""
    known = {item.code for item in pack.items() if item.kind is Kind.POSITIVE}
    if any(item.kind is Kind.ADVERSE for item in pack.items()):
        known |= {"penalty_general", "penalty_serious"}
    named = {item for often in HABITS.values() for item in often}
    return {
        habit: {item: often[item] for item in often if item in known} | _others(habit, known - named)
        for habit, often in HABITS.items()
    }


def _others(habit: str, items: Set[str]) -> dict[str, tuple[int, int]]:
    often = {item: RARE[item] if item in RARE else ANY_OTHER.get(habit) for item in sorted(items)}
    return {item: range_ for item, range_ in often.items() if range_ and (item not in RARE or habit == "model")}
