"""公交地铁: ride first, pay later."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Transit(Family):
    """From the line on, a ride starts although the balance is short, and is paid afterwards."""

    code = "transit"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule at the gate."""
        return self.from_threshold(facts)
