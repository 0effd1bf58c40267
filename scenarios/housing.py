"""公租房: half of the deposit for a home whose allocation never depends on a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class Housing(Family):
    """From the line on, by any one member of the household, who acts for it with their own score and consent.

    Nobody keeps who belongs together: the member says so, and no one else's score is read (domain.md 7.15).
    """

    code = "housing"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {
        "household-open": Words(
            zh="由家庭中任何一位成员自愿用自己的分办理，您还没有在场景页确认。",
            en="Any one member of the household takes this with their own score; you have not said yet that you do.",
        ),
        "tenancy-open": Words(
            zh="押金在新配租或续租时交，您还没有在场景页确认。",
            en="The deposit is left with a new tenancy or a renewal; you have not said yet that it is one.",
        ),
    }

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the public rental housing window."""
        if "household-member" not in facts.declared:
            return self.standard(Reason("household-open"))
        if "new-or-renewed" not in facts.declared:
            return self.standard(Reason("tenancy-open"))
        return self.from_threshold(facts)
