"""The operations of the committed openapi.yaml, one object each, for tests that walk them all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.web.spec import operations
from tests.support.hostile import example, kind

SPEC: dict[str, Any] = yaml.load(
    Path(__file__).resolve().parents[2].joinpath("openapi.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)
AUDIENCES = ("citizen", "partner", "department", "operator")
_ID = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    said: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.said["operationId"])

    @property
    def audience(self) -> str:
        """Whose token it takes; `anyone` where it is open."""
        start = self.path.split("/")[1]
        return start if start in AUDIENCES else "anyone"

    @property
    def protocol(self) -> bool:
        """Whether it is OAuth's, whose errors and tolerance are RFC 6749's."""
        return self.path.startswith(("/oauth/", "/.well-known/"))

    @property
    def ok_for_nothing(self) -> tuple[int, ...]:
        """A department ends a record by its own id, and is not told whether we hold it (guardrail 5)."""
        return (200,) if self.id in ("department_withdraw_record", "department_repair_record") else ()

    @property
    def body_required(self) -> bool:
        return bool(self.said.get("requestBody", {}).get("required"))

    @property
    def guarded(self) -> bool:
        return bool(self.said.get("security"))

    @property
    def page(self) -> bool:
        """Whether people read it, as HTML."""
        return any("text/html" in answer.get("content", {}) for answer in self.said["responses"].values())

    @property
    def url(self) -> str:
        """The path with an id that nothing has."""
        return self.with_id("nobody")

    def with_id(self, value: str) -> str:
        return _ID.sub(lambda _: value, self.path)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the ids in the path."""
        return tuple(found[1:-1] for found in _ID.findall(self.path))

    @property
    def schema(self) -> dict[str, Any] | None:
        """The schema of its JSON body, if it takes one."""
        body = self.said.get("requestBody", {}).get("content", {}).get("application/json")
        return None if body is None else body["schema"]

    @property
    def query(self) -> dict[str, dict[str, Any]]:
        """The schemas of its query parameters by name."""
        found = [parameter for parameter in self.said.get("parameters", []) if parameter["in"] == "query"]
        return {parameter["name"]: parameter["schema"] for parameter in found}

    def takes_any_text(self, name: str) -> bool:
        """Whether a query parameter is free text."""
        schema = self.query[name]
        return kind(schema) == "string" and "enum" not in schema and "pattern" not in schema

    def example(self) -> str | None:
        """A body that fits, as JSON; None where it takes none."""
        return None if self.schema is None else json.dumps(example(SPEC, self.schema))


OPERATIONS = [Operation(method.upper(), path, said) for path, method, said in operations(SPEC)]
