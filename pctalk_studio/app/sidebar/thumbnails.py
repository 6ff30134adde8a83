"""Small pictures of a project's sources."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.following import repaint_with

ArrayF32 = npt.NDArray[np.float32]


class Thumbnail(QWidget):
    """A square in which a source is seen small.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        side = QFontMetrics(self.font()).height() * 4
        self.setFixedSize(QSize(side, side))
        repaint_with(self, look)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dark field with what there is in it."""
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(self._look.tokens.color("line"))
            painter.setBrush(self._look.tokens.color("field"))
            painter.drawRoundedRect(box, 4, 4)
            self.draw(painter, box)

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Draw the source."""
        raise NotImplementedError


class PictureThumbnail(Thumbnail):
    """A portrait, cut square."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._picture: object = None
        self._pixmap: QPixmap | None = None

    def show_picture(self, rgb: npt.NDArray[np.uint8] | None) -> None:
        """Show a picture, [H, W, 3] uint8; None: none."""
        if rgb is self._picture:
            return
        self._picture, self._pixmap = rgb, None
        if rgb is not None:
            # Enough for twice the pixels; the whole picture is not kept a second time.
            step = max(1, min(rgb.shape[:2]) // (self.width() * 3))
            small = np.ascontiguousarray(rgb[::step, ::step])
            image = QImage(small.data, small.shape[1], small.shape[0], small.strides[0], QImage.Format.Format_RGB888)
            size = self.size() * 2
            grow, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
            self._pixmap = QPixmap.fromImage(image.scaled(size, grow, smooth))
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The middle of the picture, a little above: that is where faces are."""
        if self._pixmap is None:
            return
        width, height = self._pixmap.width(), self._pixmap.height()
        side = min(width, height)
        part = QRectF((width - side) / 2, (height - side) * 0.3, side, side)
        path = QPainterPath()
        path.addRoundedRect(box, 4, 4)
        painter.setClipPath(path)
        painter.drawPixmap(box, self._pixmap, part)


class WaveThumbnail(Thumbnail):
    """A recording's loudness over time."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._samples: object = None
        self._peaks: list[float] = []

    def show_sound(self, samples: ArrayF32 | None) -> None:
        """Show a recording, [n, channels] float32; None: none."""
        if samples is self._samples:
            return
        self._samples, self._peaks = samples, []
        if samples is not None and len(samples):
            # A few thousand samples tell as much as millions in a few dozen bars.
            bars = self.width() // 3
            edges = np.linspace(0, len(samples), bars + 1).astype(int)
            stride = max(1, len(samples) // (bars * 400))
            spans = ((samples[a : max(b, a + 1) : stride, 0]) for a, b in pairwise(edges))
            peaks = np.array([float(np.abs(span).max()) if len(span) else 0.0 for span in spans])
            self._peaks = list(peaks / max(peaks.max(), 1e-6))
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Bars about the middle line."""
        painter.setPen(QPen(self._look.tokens.color("wave"), 1.5))
        step, middle, reach = box.width() / max(len(self._peaks), 1), box.center().y(), box.height() * 0.4
        lines = [
            QLineF(
                box.left() + (number + 0.5) * step,
                middle - peak * reach,
                box.left() + (number + 0.5) * step,
                middle + peak * reach,
            )
            for number, peak in enumerate(self._peaks)
        ]
        painter.drawLines(lines)
