"""CacheBar: which frames are drawn, told by colour and by pattern."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.time_view import TimeView
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.render.frame_store import FrameState

_THROTTLE = 100
"""Milliseconds between two looks at the frames; they come by the dozen."""

_WORST_FIRST = (
    FrameState.STALE, FrameState.QUEUED, FrameState.PROXY, FrameState.DRAFT, FrameState.ON_DISK, FrameState.READY
)  # fmt: skip
"""Where several frames share a pixel, the first of these is shown: never green for what is not ready."""

_RANK = np.array([_WORST_FIRST.index(state) for state in sorted(FrameState)], np.uint8)

HEIGHT = 7
"""Pixels of the bar."""

States = npt.NDArray[np.uint8]


def runs(states: States, first: float, frames_a_pixel: float, width: int) -> list[tuple[int, int, FrameState]]:
    """Runs of pixels of one state: [(from, to, state)].

    Parameters
    ----------
    states
        [T] of FrameState.
    first, frames_a_pixel
        Frame at pixel 0, with fraction, and frames that a pixel holds.
    width
        Pixels.
    """
    edges = np.floor(first + frames_a_pixel * np.arange(width + 1)).astype(np.int64)
    low, high = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    seen = np.flatnonzero((high > 0) & (low < len(states)))
    if not len(states) or not len(seen):
        return []  # nothing is evaluated yet, or nothing of it is in view
    ranks = _RANK[states]
    starts = np.clip(low[seen], 0, len(states) - 1)
    if frames_a_pixel > 1:
        stops = np.clip(high[seen], 1, len(states))
        pixels = np.minimum.reduceat(np.append(ranks, np.uint8(255)), np.stack([starts, stops], 1).ravel())[::2]
    else:
        pixels = ranks[starts]
    cuts = np.flatnonzero(np.diff(pixels)) + 1
    bounds = [0, *cuts.tolist(), len(pixels)]
    offset = int(seen[0])
    pairs = itertools.pairwise(bounds)
    return [(offset + a, offset + b, _WORST_FIRST[pixels[a]]) for a, b in pairs]


def brush_of(state: FrameState, tokens: Tokens) -> tuple[QBrush | None, QBrush | None]:
    """(ground, pattern) of a state: ready solid, a proxy in columns, a draft dotted, disk and stale hatched, queued empty."""
    pattern = Qt.BrushStyle
    match state:
        case FrameState.READY:
            return QBrush(tokens.color("ready")), None
        case FrameState.PROXY:
            return QBrush(tokens.color("proxy", 0.3)), QBrush(tokens.color("proxy"), pattern.VerPattern)
        case FrameState.DRAFT:
            return QBrush(tokens.color("stale", 0.35)), QBrush(tokens.color("stale"), pattern.Dense6Pattern)
        case FrameState.ON_DISK:
            return QBrush(tokens.color("disk", 0.3)), QBrush(tokens.color("disk"), pattern.FDiagPattern)
        case FrameState.STALE:
            return QBrush(tokens.color("stale", 0.3)), QBrush(tokens.color("stale"), pattern.BDiagPattern)
        case _:
            return None, None


class CacheBar(QWidget):
    """A thin bar between ruler and lanes.

    Parameters
    ----------
    kit
        What every view is given.
    view
        The visible span.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._view = view
        self._states: States = np.zeros(0, np.uint8)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Frames that are ready"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_THROTTLE)
        self._timer.timeout.connect(self._look)
        kit.editor.frames_changed.connect(self._soon)
        kit.editor.desk_changed.connect(self._look)
        view.changed.connect(self._moved)
        repaint_with(self, kit.look)
        self._look()

    def _moved(self) -> None:
        self.update()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        desk = self._kit.editor.desk
        states = np.zeros(0, np.uint8) if desk is None else desk.frame_states()
        if not np.array_equal(states, self._states):
            self._states = states
            ready = int((states == FrameState.READY).sum())
            self.setToolTip(self.tr("{0} of {1} frames ready. {2}").format(ready, len(states), self._legend()))
            self.setAccessibleDescription(self.toolTip())
            self.update()

    def _legend(self) -> str:
        return self.tr(
            "Solid: ready; columns: shown by the quick engine meanwhile; dotted: draft; "
            "hatched up: stale; hatched down: on disk; empty: queued."
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw runs of frames of one state."""
        painter, tokens = QPainter(self), self._kit.look.tokens
        painter.fillRect(event.rect(), tokens.color("field"))
        fps, scale = float(self._kit.editor.project.rate), self._view.scale
        for left, right, state in runs(self._states, scale.start * fps, fps / scale.density, self.width()):
            area = QRectF(left, 1, right - left, self.height() - 2)
            for brush in brush_of(state, tokens):
                if brush is not None:
                    painter.fillRect(area, brush)
