"""自行车: a bike without its deposit."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Bikes(Family):
    """From the line on, a public or shared bike is rented without leaving a deposit."""

    code = "bikes"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the docking station."""
        return self.from_threshold(facts)
