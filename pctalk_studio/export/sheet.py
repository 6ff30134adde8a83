"""Contact sheets: many frames on one picture, each with its caption, on neutral grey so that skin is seen true."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pctalk_studio.export.telling import TellingFrame, telling_frames

__all__ = ["TellingFrame", "contact_sheet", "telling_frames"]

RgbU8 = npt.NDArray[np.uint8]
"""[H, W, 3] uint8 sRGB."""

BACKGROUND = (0x1C, 0x1C, 0x1C)
TEXT = (0xE8, 0xE8, 0xE8)
DIM = (0x9B, 0x9B, 0x9B)

_TILE_SIDE = 512
"""Longest side of a tile in pixels: frames of the usual size are shown as they are, so that lips can be judged at 100 %."""

_UNIT = 4
"""Pixels of the spacing grid."""


def contact_sheet(tiles: Sequence[tuple[RgbU8, str]], columns: int | None = None, side: int = _TILE_SIDE) -> RgbU8:
    """Lay frames out in rows, each above its caption.

    Parameters
    ----------
    tiles
        Pictures [H, W, 3] uint8 and captions; the first line of a caption is bright, further ones are dim. Pictures of
        different size are centred in equal cells.
    columns
        Tiles in a row; as many as give the sheet a shape near 16:10 when None.
    side
        Longest side of a tile; larger pictures are scaled down, smaller ones stay as they are.

    Returns
    -------
    RgbU8
        The sheet, [H, W, 3] uint8.

    Raises
    ------
    ValueError
        When there is no tile.
    """
    if not tiles:
        raise ValueError("a sheet needs at least one tile")
    images = [_scaled(rgb, side) for rgb, _ in tiles]
    width = max(image.width for image in images)
    height = max(image.height for image in images)
    font = _font(max(11, round(width / 26)))
    line = math.ceil(sum(font.getmetrics()) * 1.1)
    lines = max(caption.count("\n") + 1 for _, caption in tiles)
    cell = (width + 3 * _UNIT, height + 2 * _UNIT + lines * line + 3 * _UNIT)
    columns = min(columns or _balanced(len(tiles), cell), len(tiles))
    rows = math.ceil(len(tiles) / columns)
    margin = 4 * _UNIT
    sheet = Image.new("RGB", (columns * cell[0] - 3 * _UNIT + 2 * margin, rows * cell[1] - 3 * _UNIT + 2 * margin), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for number, (image, (_, caption)) in enumerate(zip(images, tiles, strict=True)):
        left, top = margin + number % columns * cell[0], margin + number // columns * cell[1]
        sheet.paste(image, (left + (width - image.width) // 2, top + height - image.height))
        for i, text in enumerate(caption.split("\n")):
            place = (left, top + height + 2 * _UNIT + i * line)
            draw.text(place, _shortened(text, font, width), font=font, fill=DIM if i else TEXT)
    return np.asarray(sheet)


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, its wheels never are")
    return font


def _scaled(rgb: RgbU8, side: int) -> Image.Image:
    image = Image.fromarray(rgb)
    factor = side / max(image.size)
    if factor >= 1:
        return image
    return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))), Image.Resampling.LANCZOS)


def _balanced(count: int, cell: tuple[int, int]) -> int:
    """Columns that bring the sheet nearest to 16:10, full rows preferred."""
    shapes = range(1, count + 1)

    def badness(columns: int) -> float:
        rows = math.ceil(count / columns)
        empty = 5 * (columns * rows - count) / count
        return abs(math.log(columns * cell[0] / (rows * cell[1]) / 1.6)) + empty

    return min(shapes, key=badness)


def _shortened(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, cut with an ellipsis where it would run into the next tile."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
