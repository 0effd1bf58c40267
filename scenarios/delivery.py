"""送书上门: books found online come to the reader; finding and borrowing them is open to all."""

from __future__ import annotations

from app.domain.scenario import Facts, Family, Outcome


class Delivery(Family):
    """From the line on, the delivery asks for less: no fee for the way, or no deposit for the books."""

    code = "delivery"
    version = "1.0"

    def decide(self, facts: Facts) -> Outcome:
        """The rule on the parcel."""
        return self.from_threshold(facts)
