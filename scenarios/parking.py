"""停车: a space kept for a car that is on its way."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Parking(Family):
    """From the line on, a space is reserved; all other spaces are for whoever comes."""

    code = "parking"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the parking meter."""
        return self.from_threshold(facts)
