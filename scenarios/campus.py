"""校园健身: school grounds after lessons."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Campus(Family):
    """From the line on, no review beforehand: a one-time code at the gate says that it is open, and never a score."""

    code = "campus"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the school gate."""
        return self.from_threshold(facts)
