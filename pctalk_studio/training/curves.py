"""Learning curves: kept while training, written as CSV, drawn as PNG."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.files import written_whole

_SIZE = (960, 280)
_MARGIN = (64, 28, 20, 34)
"""Left, top, right, bottom of a chart, pixels."""

_INK, _FAINT, _LINE, _DOT = (40, 40, 44), (205, 205, 210), (32, 96, 178), (196, 64, 32)

_SMOOTHED = 200
"""Points to which a long curve is averaged before it is drawn."""


@dataclass(slots=True)
class Curves:
    """Named values over steps.

    Parameters
    ----------
    points
        By name: (step, value) in order.
    """

    points: dict[str, list[tuple[int, float]]]

    @classmethod
    def empty(cls) -> Curves:
        """Nothing yet."""
        return cls({})

    @classmethod
    def of_text(cls, text: str) -> Curves:
        """Undo :meth:`as_text`."""
        return cls({name: [(int(step), float(value)) for step, value in rows] for name, rows in json.loads(text).items()})

    def as_text(self) -> str:
        """All points as JSON."""
        return json.dumps(self.points)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Note values of a step."""
        for name, value in values.items():
            self.points.setdefault(name, []).append((step, value))

    def latest(self) -> dict[str, float]:
        """The last value of each name."""
        return {name: rows[-1][1] for name, rows in self.points.items()}

    def save(self, path: Path) -> None:
        """Write all points as a table: a row for each step, a column for each name; empty where there is no value."""
        names = list(self.points)
        columns = [dict(self.points[name]) for name in names]
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["step", *names])
        for step in sorted({step for column in columns for step in column}):
            writer.writerow([step, *(f"{column[step]:.6g}" if step in column else "" for column in columns)])
        with written_whole(path) as draft:
            draft.write_text(stream.getvalue(), encoding="utf-8")

    def draw(self, path: Path, title: str) -> None:
        """Draw every curve in a chart of its own, one below the other, as PNG."""
        from PIL import Image, ImageDraw

        charts = [(name, rows) for name, rows in sorted(self.points.items()) if len(rows) > 1]
        image = Image.new("RGB", (_SIZE[0], max(1, len(charts)) * _SIZE[1]), (255, 255, 255))
        pen = ImageDraw.Draw(image)
        for number, (name, rows) in enumerate(charts):
            _draw_chart(pen, number * _SIZE[1], f"{title}: {name}", rows)
        with written_whole(path) as draft:
            image.save(draft)


def _thinned(rows: list[tuple[int, float]]) -> list[tuple[float, float]]:
    """Means of neighbouring points, at most _SMOOTHED of them."""
    finite = [(float(step), value) for step, value in rows if math.isfinite(value)]
    group = max(1, math.ceil(len(finite) / _SMOOTHED))
    parts = [finite[i : i + group] for i in range(0, len(finite), group)]
    return [(sum(s for s, _ in part) / len(part), sum(v for _, v in part) / len(part)) for part in parts]


def _draw_chart(pen: object, top: int, title: str, rows: list[tuple[int, float]]) -> None:
    from PIL import ImageDraw

    assert isinstance(pen, ImageDraw.ImageDraw)
    points = _thinned(rows)
    if not points:
        return
    left, above, right, below = _MARGIN
    box = (left, top + above, _SIZE[0] - right, top + _SIZE[1] - below)
    low, high = min(v for _, v in points), max(v for _, v in points)
    high = high if high > low else low + 1.0
    first, last = points[0][0], max(points[-1][0], points[0][0] + 1.0)

    def place(step: float, value: float) -> tuple[float, float]:
        x = box[0] + (step - first) / (last - first) * (box[2] - box[0])
        return x, box[3] - (value - low) / (high - low) * (box[3] - box[1])

    for part in range(5):
        value = low + part / 4 * (high - low)
        y = place(first, value)[1]
        pen.line([(box[0], y), (box[2], y)], fill=_FAINT)
        pen.text((6, y - 6), f"{value:.4g}", fill=_INK)
    pen.text((box[0], top + 6), title, fill=_INK)
    pen.text((box[0], box[3] + 6), f"step {first:.0f}", fill=_INK)
    pen.text((box[2] - 80, box[3] + 6), f"step {last:.0f}", fill=_INK)
    places = [place(*point) for point in points]
    pen.line(places, fill=_LINE, width=2)
    if len(places) <= 40:
        for x, y in places:
            pen.ellipse([x - 3, y - 3, x + 3, y + 3], fill=_DOT)
