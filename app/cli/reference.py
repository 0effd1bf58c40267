"""`xinyi docs`: the reference pages that are made from the code, so that they cannot be wrong."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import click

from app import config
from app.cli.reference_packs import pack_pages, table
from app.cli.reference_scenarios import scenario_pages
from app.config import DEVELOPMENT_SECRET, SECRETS, Settings
from app.web.errors import PROBLEMS
from scenarios import BUILT_IN, build

MADE = "<!-- Made from the code by `make spec`; do not edit. -->"


@click.command()
@click.option("--folder", default="docs", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def docs(ctx: click.Context, folder: Path) -> None:
    """Write the reference pages (settings, problems, scenarios, commands, packs) from the code."""
    group = ctx.find_root().command
    for name, text in pages(group if isinstance(group, click.Group) else click.Group()).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pages(commands: click.Group) -> Mapping[str, str]:
    """Every page by its file name."""
    return {
        "settings.md": _page("Settings", SETTINGS_INTRO, table(("variable", "default", "meaning"), _settings())),
        "problems.md": _page("Problems", PROBLEMS_INTRO, table(("code", "status", "中文", "English"), _problems())),
        "scenarios.md": _page("Scenarios", SCENARIOS_INTRO, scenario_pages(build(BUILT_IN, ()).offers())),
        "commands.md": _page("Commands", COMMANDS_INTRO, table(("command", "what it does"), _commands(commands))),
        **{name: _noted(page) for name, page in pack_pages().items()},
    }


SETTINGS_INTRO = (
    "Read once, when a process starts, from the environment. A broken value stops it with one line. Secrets ("
    + ", ".join(f"`XINYI_{name.upper()}`" for name in SECRETS)
    + ") may come from a file that the variable with `_FILE` at its end names, such as a mounted secret."
)
PROBLEMS_INTRO = (
    "Every refusal is `application/problem+json` (RFC 9457) with one of these codes; a code never changes its meaning."
)
SCENARIOS_INTRO = (
    "Thresholds are points of the city's score pack. Below one, or without a score, the answer is `standard`: "
    "the same service in the ordinary way. Numbers named illustrative have no source; a city must set its own. "
    "What the seeds name and is built otherwise, or not at all, stands at [the end](#what-the-seeds-name) with the why."
)
COMMANDS_INTRO = "`.venv/bin/xinyi COMMAND --help` tells the options."


def _page(title: str, intro: str, body: str) -> str:
    return f"# {title}\n\n{MADE}\n\n{intro}\n\n{body}"


def _noted(page: str) -> str:
    """`page` with the line that says it was made, below its title."""
    title, rest = page.split("\n", 1)
    return f"{title}\n\n{MADE}\n{rest}"


def _settings() -> Iterator[tuple[str, str, str]]:
    meanings = _meanings()
    for field in fields(Settings):
        default = "a development secret" if field.default == DEVELOPMENT_SECRET else f"`{field.default}`"
        yield f"`XINYI_{field.name.upper()}`", "" if default == "``" else default, meanings[field.name]


def _meanings() -> dict[str, str]:
    """The docstring that stands under each field of Settings; `inspect` does not give those."""
    found = [node for node in ast.parse(inspect.getsource(config)).body if isinstance(node, ast.ClassDef)]
    body = next(node.body for node in found if node.name == Settings.__name__)
    return {
        node.target.id: _words(after)
        for node, after in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _words(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""


def _problems() -> Iterator[tuple[str, str, str, str]]:
    for code, known in sorted(PROBLEMS.items()):
        again = (" 可重试。", " May be retried.") if known.retryable else ("", "")
        zh, en = f"{known.title_zh}：{known.detail_zh}{again[0]}", f"{known.title_en}: {known.detail_en}{again[1]}"
        yield f"`{code}`", str(known.status), zh, en


def _commands(group: click.Group, prefix: str = "xinyi") -> Iterator[tuple[str, str]]:
    for name, command in sorted(group.commands.items()):
        called = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from _commands(command, called)
        else:
            yield f"`{called}{_arguments(command)}`", " ".join((command.help or "").split("\n\n")[0].split())


def _arguments(command: click.Command) -> str:
    named = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    return "".join(f" {str(argument.name).upper().replace('_', '-')}" for argument in named)
