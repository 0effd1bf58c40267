"""延期付房租: the rent of a month, a little later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Rent(Family):
    """From the line on, where the landlord offers it: what is owed is owed to the landlord, and to no one else."""

    code = "rent"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "landlord-open": Words(
            zh="房租延期由房东自愿提供，您还没有在场景页确认房东同意。",
            en="Paying rent later is offered by the landlord; you have not said yet that yours agrees.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule under the lease."""
        if "landlord-agrees" not in facts.declared:
            return self.standard(Reason("landlord-open"))
        return self.from_threshold(facts)
