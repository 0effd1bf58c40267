"""`xinyi pack`: look at score packs, check and compare them; `xinyi score`: bring scores up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from app.cli.ingesting import score_due
from app.cli.pack_publishing import publish, simulate
from app.cli.place import workplace
from app.domain.pack import Dimension, Indicator, Pack, PackError
from app.domain.pack_diff import Change, age_words, differences, points
from app.domain.pack_file import extended_by, parse_pack
from app.domain.pack_fit import misfits
from app.packs import FOLDER, load_packs

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
COLOURS = {"+": "green", "-": "red", "~": "yellow"}


class Trouble(click.ClickException):
    """As of `diff`: neither "the same" (0) nor "different" (1)."""

    exit_code = 2


@click.group()
def pack() -> None:
    """Score packs: the cities' models."""


@pack.command()
@click.argument("files", nargs=-1, type=FILES)
def check(files: tuple[Path, ...]) -> None:
    """Check FILES, or the packs that ship; say everything that is wrong with them.

    Each is checked as if it took the place of the shipped pack of its code, or joined those that ship. A base among
    FILES serves the others.
    """
    packs = dict(_shipped())
    if not files:
        click.echo(f"{len(packs)} packs in {FOLDER.name}/: sound")
    broken = 0
    for file in _bases_first(files):
        try:
            found = _read(file, packs)
            packs[found.code] = found
            click.echo(f"{click.style('sound', fg='green')}   {file}: {_headline(found)}")
        except PackError as wrong:
            broken += 1
            click.echo(f"{click.style('broken', fg='red')}  {file}: {_count(len(wrong.problems), 'problem')}", err=True)
            for problem in wrong.problems:
                click.echo(f"        {problem}", err=True)
    if broken:
        raise click.ClickException(f"{broken} of {_count(len(files), 'file')} cannot be used")


@pack.command()
@click.argument("code", required=False)
def show(code: str | None) -> None:
    """Print the pack CODE (or of a file), or the list of packs."""
    if code is None:
        _say(map(_headline, _shipped().values()))
    else:
        try:
            _say(_lines(_named(code)))
        except Trouble as trouble:
            raise click.ClickException(trouble.message) from trouble


@pack.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Tell what NEW says differently from OLD: points, limits, age, grades, items.

    Each is the code of a pack that ships or a file. Exit code 0: the same; 1: they differ; 2: one cannot be read.
    """
    before, after = _named(old), _named(new)
    changes = differences(before, after)
    _say([_headline(before), _headline(after), ""])
    for change in changes:
        _say(_changed(change))
    _say([_summary(changes)])
    if changes:
        click.get_current_context().exit(1)


def _shipped() -> Mapping[str, Pack]:
    """The packs that ship; raises Trouble where one of them is broken."""
    try:
        return load_packs()
    except PackError as broken:
        raise Trouble("\n".join(broken.problems)) from broken


def _named(name: str) -> Pack:
    """The pack in the file `name`, or the shipped one of that code; raises Trouble."""
    packs = _shipped()
    if name in packs:
        return packs[name]
    file = Path(name)
    if not file.is_file():
        raise Trouble(f"no pack {name!r} and no such file; there are {', '.join(packs)}")
    try:
        return parse_pack(_text(file), packs)
    except PackError as wrong:
        raise Trouble("\n".join(f"{file}: {problem}" for problem in wrong.problems)) from wrong


def _read(file: Path, packs: Mapping[str, Pack]) -> Pack:
    """The pack of a file, which must fit among the others; raises PackError."""
    found = parse_pack(_text(file), packs)
    if problems := misfits(found, packs):
        raise PackError(tuple(problems))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise PackError((f"not UTF-8: {broken.reason} at byte {broken.start}",)) from broken


def _bases_first(files: Iterable[Path]) -> list[Path]:
    def extends(file: Path) -> bool:
        try:
            return extended_by(_text(file)) is not None
        except PackError:
            return False

    return sorted(files, key=extends)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _headline(found: Pack) -> str:
    numbers = "illustrative numbers" if found.illustrative else "the city's own numbers"
    history = f", superseded by {found.superseded_by}" if found.superseded_by else ""
    return f"{found.code} {found.version}  {found.name.zh}  {found.city_name.zh}  base {found.base}, {numbers}{history}"


def _lines(found: Pack) -> Iterator[str]:
    yield _headline(found)
    yield f"range   {found.min} to {found.max}" + (f"; extends {found.extends}" if found.extends else "")
    yield "grades  " + ", ".join(f"{grade.name.zh} from {grade.from_points}" for grade in found.grades)
    for dimension in found.dimensions:
        yield ""
        yield click.style(f"{dimension.name.zh} {dimension.name.en}", bold=True) + _scoring(dimension)
        for indicator in dimension.indicators:
            common = f" = {indicator.common}" if indicator.common else ""
            yield f"  {indicator.name.zh} {indicator.name.en}{common}{_scoring(indicator)}"
            if indicator.scored:
                yield f"    age: {age_words(indicator.age)}"
            for item in indicator.items:
                yield f"    {item.code:<32}{points(item.centipoints):>8}  {item.name.zh}"


def _scoring(part: Dimension | Indicator) -> str:
    if part.scored:
        return f": {part.floor} to {part.ceiling} points"
    return ": not scored. " + (part.reason.zh if part.reason else "")


def _changed(change: Change) -> Iterator[str]:
    sign = "+" if change.before is None else "-" if change.after is None else "~"
    yield click.style(f"{sign} {change.part}", fg=COLOURS[sign]) + f"  {change.name.zh} / {change.name.en}"
    if change.before is None or change.after is None:
        said = change.after or change.before or {}
        yield from (f"    {key}: {value}" for key, value in said.items() if key != "name")
    else:
        for key, value in change.after.items():
            yield f"    {key}: {change.before[key] or 'nothing'} → {value or 'nothing'}"


def _summary(changes: tuple[Change, ...]) -> str:
    if not changes:
        return "the same"
    new = sum(change.before is None for change in changes)
    gone = sum(change.after is None for change in changes)
    return f"{len(changes) - new - gone} changed, {new} new, {gone} gone"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


pack.add_command(simulate)
pack.add_command(publish)


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
