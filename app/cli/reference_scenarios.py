"""docs/scenarios.md: every offer under its 信易+ group, and what became of every scenario that the seeds name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import scenarios
from app.cli.reference_packs import table
from app.domain.benefit import (
    Benefit,
    DepositReduction,
    DepositWaiver,
    Fee,
    PayLater,
    Price,
    Quota,
    Reservation,
    ReviewSkip,
    Term,
)
from app.domain.offer import Group, Limits, Offer, Subject

SEEDS = Path(scenarios.__file__).with_name("seeds.toml")
GROUPS = {
    Group.APPROVE: "信易批 Approvals",
    Group.RENT: "信易租 Renting",
    Group.TRAVEL: "信易行 Travel",
    Group.TOUR: "信易游 Tours",
    Group.MEDICAL: "信易医 Health",
    Group.READ: "信易阅 Reading",
    Group.SHOP: "信易购 Shopping",
    Group.OTHER: "信易+ Others",
}
SUBJECTS = {
    Subject.OWN: "one's own",
    Subject.HOUSEHOLD_MEMBER: "any one member of the household, by their own consent",
    Subject.LEGAL_REPRESENTATIVE: "the firm's legal representative, by their own consent",
}
TREATMENTS = {"K": "kept", "K+": "kept, changed", "X": "not built", "replaced": "replaced"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of domain.md section 2; `note` says what was changed, or why it is not built."""

    code: str
    name: str
    treatment: str
    note: str = ""

    def offers(self, offers: Sequence[Offer]) -> list[Offer]:
        """Those whose source names the row."""
        return [offer for offer in offers if self.code in offer.source.replace(";", " ").split()]


def seed_rows() -> list[Row]:
    """Every scenario that the seeds name, in their order."""
    return [Row(**row) for row in tomllib.loads(SEEDS.read_text("utf-8"))["row"]]


def scenario_pages(offers: Sequence[Offer]) -> str:
    """The body of the page: a table of all, each offer, and the rows of the seeds."""
    parts = [_overview(offers)]
    for group, heading in GROUPS.items():
        if here := [offer for offer in offers if offer.group is group]:
            parts += [f"## {heading}\n", *(_scenario(offer) for offer in here)]
    return "\n".join([*parts, _seeds(offers)])


def _overview(offers: Sequence[Offer]) -> str:
    rows = (
        (
            f"`{offer.code}`",
            offer.name.zh,
            offer.name.en,
            offer.city,
            str(offer.threshold),
            benefit_words(offer.benefit),
        )
        for offer in offers
    )
    return table(("scenario", "名称", "name", "city", "from", "benefit"), rows)


def _scenario(offer: Offer) -> str:
    facts = [
        ("city, packs", f"{offer.city}; {', '.join(offer.packs)}"),
        ("family, version", f"`{offer.family}`, {offer.version}"),
        ("from", f"{offer.threshold} points"),
        ("whose score", SUBJECTS[offer.subject]),
        ("benefit", benefit_words(offer.benefit)),
        ("limits", "; ".join(_limits(offer.limits))),
        ("order", f"`{offer.order_kind}`" if offer.order_kind else "none, nothing to settle"),
        *(
            ("needed" if each.needed else "may be declared", f"{each.text.zh} {each.text.en}")
            for each in offer.conditions
        ),
        ("everyone gets", f"{offer.service.zh} {offer.service.en}"),
        (
            "basic public service",
            "yes: only the payment's time or the deposit differs" if offer.basic_public_service else "no",
        ),
        ("普通方式", offer.ordinary_path.text.zh),
        ("ordinary way", offer.ordinary_path.text.en),
        ("illustrative", ", ".join(offer.illustrative) or "nothing"),
        ("legal basis", offer.legal_basis),
        ("source", offer.source),
    ]
    return f"### `{offer.code}` {offer.name.zh} / {offer.name.en}\n\n{table(('what', ''), facts)}"


def benefit_words(benefit: Benefit) -> str:
    """A benefit in a few English words, money in yuan."""
    match benefit:
        case DepositWaiver(unit=unit) if unit:
            each = f"{yuan(benefit.each_from_fen)}-{yuan(benefit.each_to_fen)} yuan of each"
            return f"no deposit: {each} of the {unit}, {yuan(benefit.amount_fen)} yuan in all"
        case DepositWaiver():
            return f"no deposit of {yuan(benefit.amount_fen)} yuan"
        case DepositReduction():
            return f"{benefit.percent} % off the deposit of {yuan(benefit.ordinary_fen)} yuan"
        case PayLater():
            return f"pay within {benefit.days} days, up to {yuan(benefit.limit_fen)} yuan"
        case Fee():
            return f"a fee of {yuan(benefit.ordinary_fen)} → {yuan(benefit.fen)} yuan"
        case Price():
            span = sorted({benefit.from_percent, benefit.to_percent})
            return f"{'-'.join(map(str, span))} % of the price"
    return _more_words(benefit)


def _more_words(benefit: Quota | Term | ReviewSkip | Reservation) -> str:
    match benefit:
        case Quota():
            more = f"{benefit.ordinary_count} → {benefit.count} {benefit.unit}"
            return f"{more}, {benefit.ordinary_days} → {benefit.days} days"
        case Term():
            return f"{benefit.ordinary_length} → {benefit.length} {benefit.unit}"
        case ReviewSkip():
            span = sorted({benefit.ordinary_from_days, benefit.ordinary_days})
            return f"a review of {'-'.join(map(str, span))} working days → ready after {_days(benefit.days)}"
        case Reservation():
            return f"{benefit.count} of its {benefit.unit} reserved, up to {_days(benefit.ahead_days)} ahead"


def _limits(limits: Limits) -> Iterator[str]:
    if limits.amount_fen:
        yield f"{yuan(limits.amount_fen)} yuan an order"
    yield _days(limits.service_days)
    if limits.open_orders:
        yield f"{limits.open_orders} open at once"
    if limits.daily is not None:
        yield f"{limits.daily} a day in all"
    if limits.standing:
        caps = f"{yuan(limits.standing.per_order_fen)} yuan an order, {yuan(limits.standing.per_day_fen)} a day"
        yield f"without a confirmation each time: up to {caps}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def yuan(fen: int) -> str:
    """Fen as yuan, with the decimals that it has."""
    return f"{fen // 100}.{fen % 100:02}" if fen % 100 else str(fen // 100)


def _seeds(offers: Sequence[Offer]) -> str:
    rows = (
        (
            row.code,
            row.name,
            TREATMENTS[row.treatment],
            ", ".join(f"`{offer.code}`" for offer in row.offers(offers)) or "–",
            row.note,
        )
        for row in seed_rows()
    )
    head = ("row of domain.md 2", "名称", "", "offers", "what was changed, or why not")
    return f"## What the seeds name\n\n{table(head, rows)}"
