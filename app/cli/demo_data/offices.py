"""The departments of a demo city and the files in which they hand in what they know (docs/department-files.md)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.pack import Item, Kind, Pack


@dataclass(frozen=True, slots=True)
class File:
    """One file of a department: what it is about and how it is written."""

    name: str
    items: tuple[str, ...]

    @property
    def penalties(self) -> bool:
        """Whether it is a file of administrative penalties."""
        return self.items[0].startswith("penalty")


@dataclass(frozen=True, slots=True)
class Department:
    """A department (归集部门) by the code under which the catalogue lets it send."""

    code: str
    name: str
    files: tuple[File, ...]

    @property
    def client_id(self) -> str:
        """Its OAuth client, and the name of its key's file."""
        return "dept-" + self.code.replace("_", "-")


PENALTIES = File("administrative-penalties.csv", ("penalty_general", "penalty_serious"))
FILES = {
    "volunteer_service": File("volunteer-hours.csv", ("volunteer_service",)),
    "blood_donation": File("blood-donations.csv", ("blood_donation",)),
    "honour": File("honours.ndjson", ("honour",)),
    "kept_promise": File("kept-promises.csv", ("kept_promise",)),
    "returned_book": File("returned-books.ndjson", ("returned_book",)),
    "paid_ride": File("paid-rides.ndjson", ("paid_ride",)),
}
"""Item code → its file; another item's bears the item's name."""

NAMES = {
    "social_work": "社会工作部", "blood_center": "中心血站", "civility_office": "文明办", "credit_office": "信用办",
    "library": "图书馆", "transport": "交通运输局", "civil_affairs": "民政局", "utilities": "公用事业集团",
    "housing": "住房和城乡建设局", "urban_management": "城市管理局", "market_supervision": "市场监督管理局",
}  # fmt: skip

DEPARTMENTS = (
    Department("social_work", NAMES["social_work"], (FILES["volunteer_service"],)),
    Department("blood_center", NAMES["blood_center"], (FILES["blood_donation"],)),
    Department("civility_office", NAMES["civility_office"], (FILES["honour"],)),
    Department("credit_office", NAMES["credit_office"], (FILES["kept_promise"],)),
    Department("library", NAMES["library"], (FILES["returned_book"],)),
    Department("transport", NAMES["transport"], (FILES["paid_ride"], PENALTIES)),
)
"""The six of the demo's three cities."""

_OF_PENALTIES = "transport"
"""Who decides the demo's penalties, which are of road transport."""


def departments_of(pack: Pack) -> tuple[Department, ...]:
    """The departments that the catalogue of `pack` names, each with a file of every fact that it may send."""
    files: dict[str, list[File]] = {}
    for item in pack.items():
        file = PENALTIES if item.kind is Kind.ADVERSE else FILES.get(item.code, File(f"{item.code}.csv", (item.code,)))
        sends = files.setdefault(_sender(item), [])
        if file not in sends:
            sends.append(file)
    return tuple(Department(code, NAMES.get(code, code), tuple(sends)) for code, sends in files.items())


def _sender(item: Item) -> str:
    return _OF_PENALTIES if item.kind is Kind.ADVERSE and _OF_PENALTIES in item.sources else item.sources[0]
