"""惠民商城: a gift more, for those who want it. No lottery: chance is marketing, not a benefit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Gifts(Family):
    """From the line on, for those who asked to take part; whoever did not is never written to."""

    code = "gifts"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "gifts-open": Words(
            zh="您没有选择参加礼品兑换，可在场景页自行选择，随时可以退出。",
            en="You have not chosen to take part in the gifts; you can on the scenario's page, and leave at any time.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule in the shop window."""
        if "gifts-wanted" not in facts.declared:
            return self.standard(Reason("gifts-open"))
        return self.from_threshold(facts)
