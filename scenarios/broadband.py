"""宽带套餐: an offer to every member alike, so that no price depends on a person (PIPL 24)."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Broadband(Family):
    """Whoever has a score takes part, however many points it has."""

    code = "broadband"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule of the offer."""
        return self.from_threshold(facts)
