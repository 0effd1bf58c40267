"""The template `app/typesetting/report.typ` set as PDF/UA-1 (ISO 14289-1) in a process of its own.

The typesetter keeps what it has set in memory for later; its process ends with each paper, has no environment of ours,
bounded time and memory, and reads the template's folder alone.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import typst

from app.domain.errors import Refusal

FOLDER = Path(__file__).parents[1] / "typesetting"
FONTS = FOLDER / "fonts"
SECONDS = 60
MEMORY = 3 << 30
"""Bytes of address space, most of which the typesetter's threads reserve and never use."""
AT_ONCE = 2
"""Papers that one process of ours has set at the same time; others wait for their turn."""
PATIENCE_SECONDS = 5.0
"""How long one waits for the papers of others: requests that wait for longer would hold up everything else."""
_turns = BoundedSemaphore(AT_ONCE)


def typeset(paper: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF of `paper`, made at an aware moment; raises Refusal `temporarily-unavailable` where it takes too much."""
    order = json.dumps({"paper": json.dumps(paper), "made_at": made_at.isoformat(timespec="seconds")}).encode()
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Refusal("temporarily-unavailable")
    try:
        return _set(order)
    finally:
        _turns.release()


def _set(order: bytes) -> bytes:
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refusal("temporarily-unavailable") from None
    if done.returncode < 0:
        raise Refusal("temporarily-unavailable")
    if done.returncode:
        raise RuntimeError(f"a paper could not be set: exit status {done.returncode}")
    return done.stdout


def main() -> None:
    """Set what stands in the standard input, and write the PDF to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a paper that fails leaves no memory of it on the disk
    order = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(
        typst.compile(
            FOLDER / "report.typ",
            root=FOLDER,
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
            ignore_system_fonts=True,
            sys_inputs={"paper": order["paper"]},
            pdf_standards="ua-1",
            timestamp=datetime.fromisoformat(order["made_at"]),
        )
    )


if __name__ == "__main__":
    main()
