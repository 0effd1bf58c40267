"""What a photograph of a code may be: bounds that hold before a pixel is unpacked."""

from __future__ import annotations

from collections.abc import Mapping

FORMATS: Mapping[str, str] = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""Media types taken, each with the name of its format."""
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_CODES = 8
"""Codes read out of one photograph at most."""
