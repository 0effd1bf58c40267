"""What a demo tells those who try it: `demo.json`, and the clients that every demo has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.config import Settings, SettingsError, load

APP_CLIENT, DESK_CLIENT = "xinyi-app", "xinyi-desk"


def demo_file(settings: Settings) -> Path:
    """`demo.json`: addresses, logins and clients of the demo of this folder (spec/api.md)."""
    return Path(settings.var_dir) / "demo.json"


def demo_facts() -> dict[str, Any]:
    """What `demo.json` says; raises SettingsError where no demo was built."""
    path = demo_file(load())
    try:
        facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} is not there: start the demo first (make demo)") from None
    return facts
