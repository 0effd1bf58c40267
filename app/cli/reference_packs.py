"""The reference pages of score packs: one a pack, the list of them, and the format of their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.domain.pack import Dimension, Disclosure, Indicator, Item, LegalClass, Pack, catalogue_of
from app.domain.pack_diff import age_words, points
from app.domain.wording import Words
from app.packs import FOLDER, load_packs

Rows = Iterable[tuple[str, ...]]

DISCLOSURES = {
    Disclosure.PUBLIC: "社会公开 public",
    Disclosure.AUTHORISED: "授权公开 with consent",
    Disclosure.GOVERNMENT: "政府共享 government",
}
CLASSES = {LegalClass.GENERAL: "一般 general", LegalClass.SERIOUS: "严重 serious", None: "–"}
ILLUSTRATIVE = (
    "> **示例数字。** 来源没有给出的分值均为示例，须由城市自行校准；凡依据本模型的答复都会注明。\n>\n"
    "> **Illustrative numbers.** Points that no source gives are ours and a city must calibrate them; every answer\n"
    "> that rests on this pack says so (`illustrative: true`)."
)
HISTORY = "> **历史 / history.** Superseded by [`{0}`]({0}.md): no citizen is scored by it."
INDEX_INTRO = (
    "A pack is a city's scoring model, one TOML file in `app/packs/` ([format](format.md)). Dimensions are named as "
    "the seeds print them; `S0 t.1` is table 1 of seed 0, `S4:605-662` lines of seed 4, `[V]` and `[M-med]` the "
    "certainty that `domain.md` gives a fact from outside. Where a seed gives no number, it is ours and illustrative."
)
FORMAT_INTRO = (
    "The fields of a pack's TOML file, from its JSON Schema (`app/packs/schema.json`; an editor that knows TOML "
    "schemas completes by `#:schema schema.json` in the first line). `xinyi pack check FILE` tells everything that is "
    "wrong, with its place, also what a schema cannot say: protected attributes under any usual name, unscored "
    "indicators of the base, a base in the lowest grade, one fact described in two ways."
)


def pack_pages() -> Mapping[str, str]:
    """Each page by its path below `docs/`: title, intro and body without the line that says it was made."""
    packs = load_packs()
    shown = {f"packs/{pack.code}.md": _pack(pack) for pack in packs.values()}
    return {"packs/README.md": _index(packs), "packs/format.md": _format(), **shown}


def _index(packs: Mapping[str, Pack]) -> str:
    rows = (
        (f"[`{pack.code}`]({pack.code}.md)", pack.name.zh, pack.name.en, f"{pack.city_name.zh} {pack.city_name.en}",
         f"{pack.base}; {pack.min}-{pack.max}", str(len(pack.dimensions)), pack.seed or "ours",
         f"history, see `{pack.superseded_by}`" if pack.superseded_by else f"extends `{pack.extends}`" if pack.extends
         else "the base set")
        for pack in packs.values()
    )  # fmt: skip
    head = ("pack", "名称", "name", "city", "base; range", "dimensions", "source", "")
    facts = ((f"`{item.code}`", *_facts(item)) for item in catalogue_of(packs).values())
    known = "## The catalogue\n\nEvery fact that some pack scores; what it is worth stands in each pack.\n\n"
    return f"# Score packs\n\n{INDEX_INTRO}\n\n{table(head, rows)}\n{known}{table(('item', *FACTS), facts)}"


def _pack(pack: Pack) -> str:
    parts = [f"# {pack.name.zh} / {pack.name.en}"]
    parts += [HISTORY.format(pack.superseded_by)] if pack.superseded_by else []
    parts += [ILLUSTRATIVE] if pack.illustrative else []
    parts += [table(("what", ""), _about(pack)), "## 等级 / Grades", table(GRADE_HEAD, _grades(pack))]
    parts += [_dimension(dimension) for dimension in pack.dimensions if dimension.scored]
    unscored = list(_unscored(pack))
    parts += ["## 不计分 / What is not scored, and why", table(UNSCORED_HEAD, unscored)] if unscored else []
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


FACTS = ("事项", "fact", "class", "sent by", "at least", "kept (months)", "disclosure", "依据", "basis")
GRADE_HEAD = ("grade", "等级", "name", "from", "source")
UNSCORED_HEAD = ("code", "名称", "name", "原因", "reason", "source")


def _about(pack: Pack) -> Iterator[tuple[str, str]]:
    yield "code, version", f"`{pack.code}` {pack.version}"
    yield "city", f"{pack.city_name.zh} {pack.city_name.en}"
    yield "base, range", f"{pack.base}, {pack.min} to {pack.max} points"
    if pack.extends:
        yield "extends", f"[`{pack.extends}`]({pack.extends}.md)"
    yield "source", pack.seed or "ours"


def _grades(pack: Pack) -> Iterator[tuple[str, ...]]:
    for grade in pack.grades:
        yield f"`{grade.code}`", grade.name.zh, grade.name.en, str(grade.from_points), grade.seed or "ours"


def _dimension(dimension: Dimension) -> str:
    scored = [indicator for indicator in dimension.indicators if indicator.scored]
    head = f"## {dimension.name.zh} / {dimension.name.en}\n\n"
    limits = f"`{dimension.code}`, {dimension.floor} to {dimension.ceiling} points; source: {dimension.seed or 'ours'}."
    return head + limits + "\n\n" + "\n".join(map(_indicator, scored))


def _indicator(indicator: Indicator) -> str:
    common = f"; common indicator `{indicator.common}`" if indicator.common else "; the city's own"
    source = f"; source: {indicator.seed}" if indicator.seed else ""
    limits = f"`{indicator.code}`, {indicator.floor} to {indicator.ceiling} points{common}{source}."
    rows = ((f"`{item.code}`", points(item.centipoints), *_facts(item)) for item in indicator.items)
    head = f"### {indicator.name.zh} / {indicator.name.en}\n\n{limits} Age: {age_words(indicator.age)}.\n\n"
    return head + table(("item", "points", *FACTS), rows)


def _facts(item: Item) -> tuple[str, ...]:
    return (
        item.name.zh, item.name.en, CLASSES[item.legal_class], ", ".join(f"`{source}`" for source in item.sources),
        f"{item.min_quantity} {item.unit.en}" if item.unit else "–", str(item.retention_months),
        DISCLOSURES[item.disclosure], item.basis.zh, item.basis.en,
    )  # fmt: skip


def _unscored(pack: Pack) -> Iterator[tuple[str, ...]]:
    for dimension in pack.dimensions:
        parts: list[Dimension | Indicator] = [dimension, *dimension.indicators]
        for part in parts:
            if not part.scored:
                reason = part.reason or Words("", "")
                yield f"`{part.code}`", part.name.zh, part.name.en, reason.zh, reason.en, part.seed or "ours"


def _format() -> str:
    schema: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text("utf-8"))
    tables = [
        ("the file", schema),
        *((known["title"], known) for known in schema["$defs"].values() if "title" in known),
    ]
    body = "\n".join(f"## {title}\n\n{table(FORMAT_HEAD, _fields(described, schema))}" for title, described in tables)
    return f"# The format of a score pack\n\n{FORMAT_INTRO}\n\n{body}"


FORMAT_HEAD = ("field", "type", "required", "meaning")


def _fields(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, field in described["properties"].items():
        known = schema["$defs"][field["$ref"].split("/")[-1]] if "$ref" in field else field
        kind = " or ".join(f"`{value}`" for value in known["enum"]) if "enum" in known else known["type"]
        yield f"`{name}`", kind, "yes" if name in described["required"] else "", field["description"]


def table(head: tuple[str, ...], rows: Rows) -> str:
    """A Markdown table."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
