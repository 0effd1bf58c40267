"""景区: a visit reserved now and paid on arrival."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Tours(Family):
    """From the line on, a place is kept. The places are beside the ordinary ones, so no queue is slowed by them."""

    code = "tours"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the gate of the island."""
        return self.from_threshold(facts)
