"""The packs in force on a day, by code, with every version that ever was or will be, for past scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.domain.pack import Pack


class Packs(Mapping[str, Pack]):
    """A mapping of the packs in force, by code; a version of the past is found by `version`."""

    def __init__(self, in_force: Mapping[str, Pack], known: Iterable[Pack] = ()) -> None:
        self._in_force = dict(in_force)
        self._known = {(pack.code, pack.version): pack for pack in (*known, *self._in_force.values())}

    def __getitem__(self, code: str) -> Pack:
        return self._in_force[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_force)

    def __len__(self) -> int:
        return len(self._in_force)

    def version(self, code: str, version: int) -> Pack | None:
        """This version of the pack, whether in force today or not; None where it was never published."""
        return self._known.get((code, version))

    def versions(self, code: str) -> list[Pack]:
        """Every version of the pack that was or will be in force, oldest first."""
        return [self._known[key] for key in sorted(self._known) if key[0] == code]
