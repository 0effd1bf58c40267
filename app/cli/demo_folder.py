"""Where the files of a demo are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """The files of a demo below the folder `var`."""

    var: Path

    @property
    def home(self) -> Path:
        return self.var / "demo"

    @property
    def postgresql(self) -> Path:
        return self.var / "postgresql"

    @property
    def accounts(self) -> Path:
        return self.home / "accounts.ndjson"

    @property
    def departments(self) -> Path:
        return self.home / "departments"

    @property
    def samples(self) -> Path:
        return self.home / "samples"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def notebook(self) -> Path:
        return self.home / "processes.json"

    def key(self, client_id: str) -> Path:
        """The private key of an OAuth client; the folder of keys is there afterwards."""
        self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.keys / f"{client_id}.pem"

    def totp(self, login: str) -> Path:
        """The secret of an operator's one-time codes; the folder is there afterwards."""
        return self.key(login).with_suffix(".totp")
