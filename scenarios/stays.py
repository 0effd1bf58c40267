"""信用住: a room without a deposit, the same room at the same price."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Stays(Family):
    """From the line on, no deposit at the reception."""

    code = "stays"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the reception."""
        return self.from_threshold(facts)
