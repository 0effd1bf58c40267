"""容缺受理: an application taken in with a paper missing, where the law of the approval allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Approval(Family):
    """Whoever pledges the missing paper is taken in, at any score: the tap only saves the way to the window."""

    code = "approval"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "pledge-open": Words(
            zh="您还没有作出补交材料的承诺，可在场景页作出，也可在窗口书面作出。",
            en="You have not pledged the missing paper yet; you can on its page, or in writing at the window.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the approval window."""
        if "pledge" not in facts.declared:
            return self.standard(Reason("pledge-open"))
        return self.from_threshold(facts)
