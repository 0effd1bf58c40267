"""Problems of publishing offers: the same as of packs in the same words, as the road of a version is one."""

from __future__ import annotations

from app.web.pack_errors import PACK_PROBLEMS
from app.web.problem import Problem

OFFER_PROBLEMS: dict[str, Problem] = {
    "offer-settled": PACK_PROBLEMS["pack-settled"],
    "offer-not-simulated": PACK_PROBLEMS["pack-not-simulated"],
    "offer-scheduled": PACK_PROBLEMS["pack-scheduled"],
}
