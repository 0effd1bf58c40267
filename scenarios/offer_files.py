"""The files of offers beside the plug-ins (app/domain/offer_file.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.domain.offer import Offer, OfferError
from app.domain.offer_file import parse_offers


def read(path: Path) -> Iterator[tuple[str, Offer | OfferError]]:
    """Each offer of a file under its code, or what is wrong with it. Raises OfferError where the file is no TOML."""
    try:
        yield from parse_offers(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise OfferError(f"{path.name}: {fault}") from None
