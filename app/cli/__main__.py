"""`python -m app.cli`: the same as `xinyi`."""

from __future__ import annotations

from app.cli import main

main()
