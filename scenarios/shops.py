"""无人便利店: take it now, pay for it later."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Shops(Family):
    """From the line on, the door opens without a payment beforehand, up to the same amount for everyone."""

    code = "shops"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the door of the shop."""
        return self.from_threshold(facts)
