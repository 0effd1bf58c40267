"""A score pack: a city's scoring model and the catalogue of the facts that it may collect (scoring.md).

Points are whole; `centipoints` are 1/100 point. A pack is read from one TOML file by `app.domain.pack_file`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.wording import Words


class PackError(ValueError):
    """A pack cannot be used; `problems` says everything that is wrong, each with its place in the file."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Kind(StrEnum):
    """Whether a fact adds points or takes them away."""

    POSITIVE = "positive"
    ADVERSE = "adverse"


class LegalClass(StrEnum):
    """Classes of adverse facts that may enter (国办发〔2025〕22号): 一般 and 严重. 轻微 never does."""

    GENERAL = "general"
    SERIOUS = "serious"


class Disclosure(StrEnum):
    """Who may be shown a fact: 社会公开, 授权公开 (with its holder's consent), 政府共享."""

    PUBLIC = "public"
    AUTHORISED = "authorised"
    GOVERNMENT = "government"


LONGEST_SHOWN_MONTHS: Mapping[LegalClass, int] = {LegalClass.GENERAL: 12, LegalClass.SERIOUS: 36}
"""How long an adverse fact may be shown after its decision."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A band of scores, from `from_points` to the next band, neutrally named.

    `seed`, here and below, says where its numbers or names come from ("S0 t.2 no. 26"); without one they are ours.
    """

    code: str
    name: Words
    from_points: int
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of fact in the catalogue and what one record of it is worth.

    `sources` are the codes of the departments that may send it. Where it has a `unit`, a record says how many of it, at
    least `min_quantity`; the worth is per record all the same.
    """

    code: str
    name: Words
    kind: Kind
    legal_class: LegalClass | None
    basis: Words
    sources: tuple[str, ...]
    disclosure: Disclosure
    retention_months: int
    centipoints: int
    unit: Words | None = None
    min_quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """Items that count together between `floor` and `ceiling` points, weakened by age.

    `age` holds `(from_months, percent)` steps, each until the next begins. One that is not `scored` says why.
    `common` is the code of the base pack's indicator that it stands for (S0 4.3, 共性指标); None for a city's own.
    """

    code: str
    name: Words
    floor: int = 0
    ceiling: int = 0
    age: tuple[tuple[int, int], ...] = ((0, 100),)
    items: tuple[Item, ...] = ()
    scored: bool = True
    reason: Words | None = None
    common: str | None = None
    seed: str | None = None

    def percent(self, months: int) -> int:
        """How much of its worth a record keeps after `months` whole months, 0 to 100."""
        kept = 0
        for from_months, percent in self.age:
            if from_months > months:
                break
            kept = percent
        return kept


@dataclass(frozen=True, slots=True)
class Dimension:
    """Indicators that count together between `floor` and `ceiling` points; one that is not `scored` says why.

    The indicators of a dimension that is not scored are not scored either.
    """

    code: str
    name: Words
    floor: int = 0
    ceiling: int = 0
    indicators: tuple[Indicator, ...] = ()
    scored: bool = True
    reason: Words | None = None
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A city's model. `city` is the citizens' home city; `illustrative`: numbers that the city must still calibrate.

    `extends` is the code of the base pack whose catalogue and common indicators it builds on (基本+扩展, S0 4).
    `extends_version` is the version of it that this pack was read beside, `inherits` the items left to it to describe.
    `catalogue` describes facts for packs that extend this one; they are worth nothing until an indicator lists them.
    One that is `superseded_by` another is history: no citizen is scored by it.
    """

    code: str
    version: int
    name: Words
    city: str
    city_name: Words
    illustrative: bool
    base: int
    min: int
    max: int
    grades: tuple[Grade, ...]
    dimensions: tuple[Dimension, ...]
    catalogue: tuple[Item, ...] = ()
    extends: str | None = None
    extends_version: int | None = None
    inherits: tuple[str, ...] = ()
    superseded_by: str | None = None
    seed: str | None = None

    def grade(self, score: int) -> Grade:
        """The band in which `score` lies."""
        return next(grade for grade in reversed(self.grades) if grade.from_points <= score)

    def items(self) -> Iterator[Item]:
        """Every item of its catalogue, in the file's order."""
        for dimension in self.dimensions:
            for indicator in dimension.indicators:
                yield from indicator.items

    def described(self) -> Mapping[str, Item]:
        """Every item that it describes, by code, scored or only in its catalogue."""
        return {item.code: item for item in (*self.catalogue, *self.items())}

    def item(self, code: str) -> Item | None:
        """The catalogue's item of this code, or None."""
        return next((item for item in self.items() if item.code == code), None)


def pack_of_city(packs: Mapping[str, Pack], city: str) -> Pack | None:
    """The pack of a home city among `packs` (by code), or None: a city without a score."""
    return next((pack for pack in packs.values() if pack.city == city and pack.superseded_by is None), None)


def catalogue_of(packs: Mapping[str, Pack]) -> Mapping[str, Item]:
    """Every item that some pack lists, by code. Raises PackError where two packs describe one fact differently."""
    catalogue: dict[str, Item] = {}
    problems = []
    for pack in packs.values():
        for item in pack.items():
            known = catalogue.setdefault(item.code, item)
            if facts(known) != facts(item):
                problems.append(f"pack {pack.code}: item {item.code} is described differently in another pack")
    if problems:
        raise PackError(tuple(problems))
    return catalogue


def facts(item: Item) -> tuple[object, ...]:
    """What every pack must say alike of one item, whatever it is worth in each."""
    return (item.kind, item.legal_class, item.sources, item.retention_months, item.unit, item.min_quantity)
