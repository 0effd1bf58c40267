"""雨伞: an umbrella without its deposit, unless you have one of ours already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Umbrella(Family):
    """From the line on, one umbrella at a time without a deposit."""

    code = "umbrella"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "has-an-umbrella": Words(
            zh="您手里已有一把借来的伞，还伞后可再借。",
            en="You have one of our umbrellas already; bring it back and borrow again.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the umbrella stand."""
        if "has-an-umbrella" in facts.declared:
            return self.standard(Reason("has-an-umbrella"))
        return self.from_threshold(facts)
