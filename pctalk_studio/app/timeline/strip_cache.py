"""StripCache: what a lane painted, until what it depends on is another object."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from pctalk_studio.app.timeline.lane import Lane, Strip


def same_parts(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two lists hold the same objects; plain values and sets of selected things are compared by value."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, int | float | str | frozenset) and a == b) for a, b in zip(one, other, strict=True)
    )


class StripCache:
    """The pixmap of one lane.

    Documents are values that share what did not change, so comparing the identity of a few parts tells exactly whether a lane
    looks different. The parts are kept, so that no other object can take over their identity.
    """

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._key: tuple[object, ...] | None = None

    def drop(self) -> None:
        """Paint anew next time."""
        self._key = None

    def pixmap(self, lane: Lane, strip: Strip, ratio: float) -> QPixmap:
        """The lane as painted now.

        Parameters
        ----------
        lane
            Who paints.
        strip
            On what.
        ratio
            Device pixels to a logical one.
        """
        size = QSize(max(1, round(strip.width * ratio)), max(1, round(strip.height * ratio)))
        start, density = strip.scale.start, strip.scale.density
        key = (*lane.parts(), start, density, size.width(), size.height(), ratio, strip.tokens, strip.font.key())
        if self._pixmap is not None and self._key is not None and same_parts(key, self._key):
            return self._pixmap
        pixmap = self._pixmap
        if pixmap is None or pixmap.size() != size or pixmap.devicePixelRatio() != ratio:
            pixmap = QPixmap(size)
            pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(strip.tokens.color("panel"))
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.setFont(strip.font)
            painter.setPen(Qt.PenStyle.NoPen)
            lane.paint(painter, strip)
        self._pixmap, self._key = pixmap, key
        return pixmap
