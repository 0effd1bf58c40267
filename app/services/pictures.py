"""Pictures that come from anyone: their make is fixed by the media type, their size known before a pixel is unpacked.

One picture at a time is unpacked in a process, so that no number of them fills the memory.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from threading import Lock

from PIL import Image

from app.domain.code_picture import FORMATS, MAX_PIXELS
from app.domain.errors import Refusal

_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)
"""What Pillow raises for files that are cut off, spoilt or of another make."""
_ONE_AT_A_TIME = Lock()
_MOST: Mapping[bytes, int] = {b"\xff\xda": 200, b"Exif\0\0": 20}
"""How often these may come in a JPEG: each scan goes over all pixels, each part of EXIF over all parts before it.

A few MB of scans of thirty bytes keep a processor busy for minutes. Cameras write ten scans and two parts at most; what
follows a picture, such as a film of the same moment, has the two bytes of a scan by chance, once in 64 KiB.
"""
PATIENCE_SECONDS = 2.0
"""How long one waits for the pictures of others: threads that wait for longer would hold up everything else."""


@contextmanager
def _alone() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE_SECONDS):
        raise Refusal("temporarily-unavailable")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@contextmanager
def opened(picture: bytes, media_type: str) -> Iterator[Image.Image]:
    """The picture, not unpacked yet; nobody else unpacks one until it is closed.

    Raises Refusal `unsupported-media-type`, `temporarily-unavailable` where the pictures of others take too long,
    `picture-too-large` (over MAX_PIXELS) or `picture-unreadable`, which may come as late as it is unpacked.
    """
    if media_type not in FORMATS:
        raise Refusal("unsupported-media-type", expected=", ".join(FORMATS))
    if FORMATS[media_type] == "JPEG" and any(picture.count(mark) > most for mark, most in _MOST.items()):
        raise Refusal("picture-unreadable")
    try:
        with _alone(), Image.open(BytesIO(picture), formats=(FORMATS[media_type],)) as found:
            if found.width * found.height > MAX_PIXELS:
                raise Refusal("picture-too-large", limit=MAX_PIXELS // 1_000_000)
            yield found
    except _TOO_LARGE:
        raise Refusal("picture-too-large", limit=MAX_PIXELS // 1_000_000) from None
    except _BROKEN:
        raise Refusal("picture-unreadable") from None
