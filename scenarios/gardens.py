"""园林卡、休闲卡: the gardens of the city for a lower price."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Gardens(Family):
    """From the line on, the card costs less; it opens the same gardens."""

    code = "gardens"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the ticket window of the garden."""
        return self.from_threshold(facts)
