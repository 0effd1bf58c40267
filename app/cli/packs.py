"""`xinyi pack`: look at score packs, and check one before it is published; `xinyi score`: bring scores up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.ingesting import score_due
from app.cli.place import workplace
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_pack
from app.packs import FOLDER, load_packs


@click.group()
def pack() -> None:
    """Score packs: the cities' models."""


@pack.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check FILES, or the packs that ship; say everything that is wrong with them."""
    if not files:
        click.echo(f"{len(load_packs())} packs in {FOLDER.name}/: sound")
    for file in files:
        try:
            found = parse_pack(file.read_text("utf-8"))
        except PackError as broken:
            raise click.ClickException("\n".join(f"{file}: {problem}" for problem in broken.problems)) from broken
        click.echo(f"{file}: {found.code} {found.version} ({found.name.zh}), sound")


@pack.command()
@click.argument("code", required=False)
def show(code: str | None) -> None:
    """Print the pack CODE, or the list of packs."""
    packs = load_packs()
    if code is not None and code not in packs:
        raise click.ClickException(f"no pack {code!r}; there are {', '.join(packs)}")
    for line in _lines(packs[code]) if code else map(_headline, packs.values()):
        click.echo(line)


def _headline(found: Pack) -> str:
    numbers = "illustrative numbers" if found.illustrative else "the city's own numbers"
    return f"{found.code} {found.version}  {found.name.zh}  {found.city_name.zh}  base {found.base}, {numbers}"


def _lines(found: Pack) -> Iterator[str]:
    yield _headline(found)
    yield "grades  " + ", ".join(f"{grade.name.zh} from {grade.from_points}" for grade in found.grades)
    for dimension in found.dimensions:
        yield dimension.name.zh
        for indicator in dimension.indicators:
            yield f"  {indicator.name.zh}"
            for item in indicator.items:
                yield f"    {item.code:<32}{item.name.zh}  {item.centipoints / 100:+.2f}"


@click.group()
def score() -> None:
    """Scores of members. (One's own score: `xinyi curl --as LOGIN GET /citizen/v1/score`.)"""


@score.command()
def refresh() -> None:
    """Score every member whose records changed or whose day has come, as the worker does."""
    done: list[int] = []
    with workplace() as kit:
        score_due(kit, done.append)
    click.echo(f"{sum(done)} members scored")
