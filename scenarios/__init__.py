"""The scenarios: plug-ins, one file a family, and the registry that finds them (docs/how-to-add-a-scenario.md)."""

from __future__ import annotations

from importlib.metadata import entry_points

from scenarios.approval import Approval
from scenarios.bikes import Bikes
from scenarios.broadband import Broadband
from scenarios.campus import Campus
from scenarios.delivery import Delivery
from scenarios.ferry import Ferry
from scenarios.gardens import Gardens
from scenarios.gifts import Gifts
from scenarios.housing import Housing
from scenarios.library import Library
from scenarios.medical import Medical
from scenarios.office import Office
from scenarios.parking import Parking
from scenarios.plugins import GROUP, Fault
from scenarios.registry import Registry, build
from scenarios.rent import Rent
from scenarios.shops import Shops
from scenarios.stays import Stays
from scenarios.tours import Tours
from scenarios.transit import Transit

__all__ = ["BUILT_IN", "GROUP", "Fault", "Registry", "build", "load"]

BUILT_IN = (
    Approval,
    Bikes,
    Broadband,
    Campus,
    Delivery,
    Ferry,
    Gardens,
    Gifts,
    Housing,
    Library,
    Medical,
    Office,
    Parking,
    Rent,
    Shops,
    Stays,
    Tours,
    Transit,
)


def load() -> Registry:
    """The registry of this installation: the built-ins, then whatever is installed under the entry-point group."""
    return build(BUILT_IN, entry_points(group=GROUP))
