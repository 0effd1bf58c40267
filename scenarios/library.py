"""图书馆: borrow on credit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Library(Family):
    """From the line on: no deposit for the card, or more books for longer.

    Who holds the city card pays no deposit in any case and needs no credit for it (Hangzhou's rule).
    """

    code = "library"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "city-card-holder": Words(
            zh="您持有市民卡，办证本来就不用押金。",
            en="You hold the city card, with which the library asks for no deposit anyway.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the library's wall."""
        if "city-card" in facts.declared:
            return self.standard(Reason("city-card-holder"))
        return self.from_threshold(facts)
