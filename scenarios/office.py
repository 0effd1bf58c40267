"""办公设备: printers and desks for a young firm, without a deposit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Office(Family):
    """From the line on, in points of the legal representative, who asks for a look at nobody's score but their own."""

    code = "office"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "representative-open": Words(
            zh="这项服务由企业的法定代表人用自己的分办理，您还没有在场景页确认。",
            en="A firm's legal representative takes this with their own score; you have not said yet that you are one.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the rental desk of the park."""
        if "legal-representative" not in facts.declared:
            return self.standard(Reason("representative-open"))
        return self.from_threshold(facts)
