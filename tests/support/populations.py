"""Random packs and populations whose days lie on and around every boundary; the plain definition of their scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pyarrow as pa

from app.domain.calendar import add_months
from app.domain.pack import Dimension, Indicator, Item, Kind, Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Record, Status
from app.domain.score import explain
from tests.support.packs import tiny_pack

AS_OF = (date(2026, 2, 28), date(2024, 2, 29), date(2026, 5, 31), date(2026, 4, 30), date(2026, 6, 15))
STEPS = (1, 6, 12, 24, 36, 60, 600, 30_000)
STATUSES = [Status.ACTIVE] * 12 + list(Status)


@dataclass(frozen=True)
class Population:
    """Citizens, each with records, to be scored under `pack` as of a day."""

    pack: Pack
    as_of: date
    citizens: tuple[tuple[Record, ...], ...]

    def plain(self) -> dict[int, tuple[int, int]]:
        """By citizen (place in `citizens`): raw units and score, as `score.explain` has them."""
        found = (explain(self.pack, records, self.as_of) for records in self.citizens)
        return {citizen: (one.raw_units, one.score) for citizen, one in enumerate(found)}

    def rows(self) -> list[tuple[object, ...]]:
        """The records with the columns of `expression.RECORDS`."""
        return [
            (citizen, one.item, one.event_on, one.effective_on, one.expires_on, one.ended_on, str(one.status))
            for citizen, records in enumerate(self.citizens)
            for one in records
        ]

    def records(self) -> pa.Table:
        """`rows` as an Arrow table."""
        kinds = [pa.int64(), pa.string(), *[pa.date32()] * 4, pa.string()]
        names = ["citizen", "item", "event_on", "effective_on", "expires_on", "ended_on", "status"]
        schema = pa.schema(list(zip(names, kinds, strict=True)))
        return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in self.rows()], schema=schema)

    def numbers(self) -> pa.Table:
        """The citizens as an Arrow table."""
        return pa.table({"citizen": pa.array(range(len(self.citizens)), pa.int64())})


def random_pack(random: Random) -> Pack:
    """Any pack whose floors and ceilings enclose 0: worths of all sizes, some dimensions and indicators unscored."""
    least = random.choice([0, 0, 300])
    base, codes = least + random.choice([0, 1, 600]), iter(range(1_000))
    dimensions = tuple(_dimension(random, code, codes) for code in range(random.randint(1, 4)))
    most = base + random.choice([0, 1, 400, 10_000_000])
    return replace(tiny_pack(), base=base, min=least, max=most, dimensions=dimensions)


def _bounds(random: Random) -> tuple[int, int]:
    return -random.choice([0, 1, 7, 150, 10**9]), random.choice([0, 1, 7, 150, 10**9])


def _dimension(random: Random, number: int, codes: Iterator[int]) -> Dimension:
    floor, ceiling = _bounds(random)
    indicators = tuple(_indicator(random, f"ind_{number}_{each}", codes) for each in range(random.randint(0, 4)))
    return replace(tiny_pack().dimensions[1], code=f"dim_{number}", floor=floor, ceiling=ceiling, indicators=indicators)


def _indicator(random: Random, code: str, codes: Iterator[int]) -> Indicator:
    floor, ceiling = _bounds(random)
    months = sorted(random.sample(STEPS, random.randint(0, 4)))
    age = tuple((month, random.randint(0, 100)) for month in [0, *months])
    items = tuple(_item(random, codes) for _ in range(random.randint(0, 3)))
    known = tiny_pack().dimensions[1].indicators[0]
    return replace(known, code=code, floor=floor, ceiling=ceiling, age=age, items=items)


def _item(random: Random, codes: Iterator[int]) -> Item:
    size = random.choice([1, 33, 733, 4_001, 40_000_000])
    kind = random.choice(list(Kind))
    worth = size if kind is Kind.POSITIVE else -size
    return replace(next(tiny_pack().items()), code=f"item_{next(codes)}", kind=kind, centipoints=worth)


def random_population(random: Random, pack: Pack, citizens: int = 12) -> Population:
    """Citizens with none, few or thousands of records of `pack`, some of unknown items."""
    as_of = random.choice(AS_OF)
    people = [tuple(_records(random, pack, as_of, random.choice([0, 1, 2, 8, 20]))) for _ in range(citizens)]
    if random.random() < 0.2:
        people.append(tuple(_records(random, pack, as_of, 3)) * 500)
    return Population(pack, as_of, tuple(people))


def _records(random: Random, pack: Pack, as_of: date, count: int) -> list[Record]:
    items = [item.code for item in pack.items()] * 3 + ["unknown"]
    steps = sorted({0, LONGEST_KEPT_MONTHS, *(month for part in _indicators(pack) for month, _ in part.age)})
    months = [month for month in steps if month <= 600]
    return [
        Record(
            id=f"rec_{number}",
            item=random.choice(items),
            event_on=_near(random, as_of, months),
            effective_on=_near(random, as_of, random.choice([months, [0], [24]])),
            expires_on=random.choice([None, None, _near(random, as_of, [0]), as_of + timedelta(days=400)]),
            ended_on=random.choice([None, None, _near(random, as_of, [LONGEST_KEPT_MONTHS])]),
            status=random.choice(STATUSES),
        )
        for number in range(count)
    ]


def _indicators(pack: Pack) -> list[Indicator]:
    return [indicator for dimension in pack.dimensions for indicator in dimension.indicators]


def _near(random: Random, as_of: date, months: list[int]) -> date:
    """A day on a boundary or within three days of it, or anywhere in the months before."""
    boundary = add_months(as_of, -random.choice(months))
    return boundary + timedelta(days=random.choice([0, 0, 1, -1, 2, -2, 3, -3, -random.randint(0, 400)]))
