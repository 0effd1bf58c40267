"""医疗: treatment first, the patient's own part of the bill later. Treatment itself never depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Medical(Family):
    """From the line on, for those who opened the service themselves: being about health, it needs a word of its own."""

    code = "medical"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "service-not-opened": Words(
            zh="您还没有开通先诊疗后付费，可在场景页自行开通。",
            en="You have not opened treatment first, payment later; you can open it on the scenario's page.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the cash desk."""
        if "service-opened" not in facts.declared:
            return self.standard(Reason("service-not-opened"))
        return self.from_threshold(facts)
