"""轮渡: a seat kept on an added boat."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Ferry(Family):
    """From the line on, a seat on an added boat is reserved; the residents' ordinary boats keep all their places."""

    code = "ferry"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the pier."""
        return self.from_threshold(facts)
