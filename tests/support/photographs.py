"""Codes as a camera sees them: turned, tilted, blurred, dim, grainy, squeezed into a JPEG."""

from __future__ import annotations

import random
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from app.services import qr


def on_screen(text: str, width: int = 700) -> Image.Image:
    """The code as it stands on a screen, so many pixels wide with its quiet zone."""
    return Image.open(BytesIO(qr.png(text))).convert("L").resize((width, width), Image.Resampling.LANCZOS)


def skewed(picture: Image.Image, corners: Sequence[tuple[float, float]], ground: int = 90) -> Image.Image:
    """The picture seen from the side: its corners (from top left, clockwise) move by these parts of its width."""
    side = picture.width
    room = round(side * 0.25)
    square = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
    seen = [(x + room + dx * side, y + room + dy * side) for (x, y), (dx, dy) in zip(square, corners, strict=True)]
    size = (side + 2 * room, side + 2 * room)
    return picture.transform(
        size, Image.Transform.PERSPECTIVE, _mapping(seen, square), Image.Resampling.BICUBIC, fillcolor=ground
    )


def _mapping(seen: Sequence[tuple[float, float]], square: Sequence[tuple[float, float]]) -> list[float]:
    """The eight coefficients that take a seen point back to where it was, by Gauss and Jordan."""
    rows = []
    for (x, y), (u, v) in zip(seen, square, strict=True):
        rows.append([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u])
        rows.append([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [value - factor * by for value, by in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after a JPEG of this quality."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(BytesIO(out.getvalue()))


def grainy(picture: Image.Image, share: float) -> Image.Image:
    """With noise of this share in it, the same each time."""
    return Image.blend(picture.convert("L"), _noise(picture.size), share)


def _noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", size, random.Random(1).randbytes(size[0] * size[1]))


def photograph(code: Image.Image) -> Image.Image:
    """A phone that shows the code, held at an angle on a crowded table, by a hand that trembles, in evening light."""
    pixels = random.Random(1)
    table = _noise((1600, 1600)).convert("RGB")
    pen = ImageDraw.Draw(table)
    for _ in range(60):
        x, y, side = pixels.randrange(1600), pixels.randrange(1600), pixels.randrange(20, 200)
        pen.rectangle((x, y, x + side, y + side // 3), fill=tuple(pixels.randrange(30, 220) for _ in range(3)))
    screen = Image.new("L", (900, 900), 20)
    screen.paste(code.convert("L").resize((760, 760), Image.Resampling.LANCZOS), (70, 70))
    seen = skewed(screen, [(0.05, 0.02), (-0.06, 0.07), (0.0, -0.05), (0.03, 0.0)], ground=20).rotate(
        21, Image.Resampling.BICUBIC, expand=True, fillcolor=20
    )
    mask = skewed(Image.new("L", (900, 900), 255), [(0.05, 0.02), (-0.06, 0.07), (0.0, -0.05), (0.03, 0.0)], 0).rotate(
        21, Image.Resampling.BICUBIC, expand=True
    )
    left, top = (1600 - seen.width) // 2, (1600 - seen.height) // 2
    table.paste(seen.convert("RGB"), (left, top), mask)
    dim = table.filter(ImageFilter.GaussianBlur(1.6)).point(lambda value: value * 5 // 10 + 18)
    return jpeg(dim, 60).convert("RGB")
