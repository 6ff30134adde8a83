"""SoundLane and SpectrogramLane: what is heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF, qRgb
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.painting import column_count, paint_band
from pctalk_studio.app.timeline.spectrogram import TOP, DrawSpectrogram, Spectrogram
from pctalk_studio.app.timeline.timecode import moment_text
from pctalk_studio.app.timeline.waveform import MeasureWaveform, Waveform

_SAMPLES_FROM = 0.5
"""Pixels of a sample from which on a line is drawn from sample to sample."""

_CONTEXT = 0.25
"""Seconds that a double click plays to either side."""


class SoundLane(Lane):
    """The waveform, measured by a worker.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("sound", "", board, 36)
        self.title = self.tr("Sound")
        self.waveform: Waveform | None = None
        editor = board.kit.editor
        editor.desk_changed.connect(self._measure)
        editor.sources_changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        desk = self.kit.editor.desk
        if desk is None:
            self.waveform = None
            self.changed.emit()
            return
        if self.waveform is None or self.waveform.sound is not desk.sources.sound:
            desk.work(MeasureWaveform(desk.sources.sound), self._measured, replaces="waveform")

    def _measured(self, waveform: Waveform) -> None:
        desk = self.kit.editor.desk
        if desk is not None and waveform.sound is desk.sources.sound:
            self.waveform = waveform
            self.changed.emit()

    def parts(self) -> tuple[object, ...]:
        """The waveform."""
        return (self.waveform,)

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Extremes of each pixel, or the samples themselves where they are seen one by one."""
        waveform, tokens, middle = self.waveform, strip.tokens, strip.height / 2
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.drawLine(QPointF(0, middle), QPointF(strip.width, middle))
        if waveform is None or not len(waveform.levels):
            return
        start, end = strip.span
        gain = (middle - 3) / waveform.peak
        if strip.scale.density / waveform.sound.rate >= _SAMPLES_FROM:
            times, values = waveform.samples(max(start, 0.0), end)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens.color("wave"), 1))
            xs, ys = strip.scale.x(times), middle - values * gain
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
            return
        ratio = painter.device().devicePixelRatioF()
        columns = waveform.columns(start, end, column_count(painter, strip)) * gain
        # What is all but silent is a thin line; where there is no sound, there is none.
        heard = columns.any(axis=1)
        upper = np.where(heard, np.minimum(middle - columns[:, 1], middle - 0.4), 0.0)
        lower = np.where(heard, np.maximum(middle - columns[:, 0], middle + 0.4), 0.0)
        paint_band(painter, strip, upper * ratio, lower * ratio, tokens.color("wave"))

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Play a moment of the sound around the pointer."""
        return play_around(self, pointer.time)

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """The moment."""
        return moment_text(time, self.project.rate)

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Play from here."""
        fill_sound_menu(self, menu, pointer)

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Play around the playhead."""
        return {Command.PLAY: lambda: play_at_playhead(self)}


def play_around(lane: Lane, time: float) -> bool:
    """Play a moment of the sound to either side of a time."""
    desk = lane.kit.editor.desk
    if desk is None:
        return False
    desk.transport.play_seconds(max(time - _CONTEXT, 0.0), time + _CONTEXT)
    return True


def play_at_playhead(lane: Lane) -> None:
    """Play around the playhead."""
    desk = lane.kit.editor.desk
    if desk is not None:
        play_around(lane, desk.transport.seconds)


def fill_sound_menu(lane: Lane, menu: QMenu, pointer: Pointer) -> None:
    """Play around the pointer, or bring the playhead there."""
    desk = lane.kit.editor.desk
    if desk is not None:
        transport = desk.transport
        menu.addAction(lane.tr("Play around here"), lambda: play_around(lane, pointer.time))
        menu.addAction(lane.tr("Move the playhead here"), lambda: transport.seek_seconds(pointer.time))


class SpectrogramLane(Lane):
    """The spectrogram of what is visible, drawn by a worker; shown while the mode is on.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("spectrogram", "", board, 96)
        self.title = self.tr("Spectrogram")
        self.picture: Spectrogram | None = None
        self._image: QImage | None = None
        self._levels: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self._ask)
        editor = board.kit.editor
        editor.modes_changed.connect(self._show)
        editor.desk_changed.connect(self._forget)
        editor.sources_changed.connect(self._forget)
        board.view.changed.connect(self._soon)
        board.kit.look.changed.connect(self._repaint)
        self.resized.connect(self._soon)
        self._show()

    def _show(self, *_: object) -> None:
        self.set_visible(self.kit.editor.modes.spectrogram)
        self._soon()

    def _forget(self) -> None:
        self.picture = None
        self.changed.emit()
        self._soon()

    def _repaint(self, _: object) -> None:
        self._levels = None
        self.changed.emit()

    def _soon(self) -> None:
        if self.visible and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        desk, view = self.kit.editor.desk, self.board.view
        if desk is None or not self.visible:
            return
        start, end = max(view.span[0], 0.0), min(view.span[1], desk.sources.sound.duration)
        columns = round((end - start) * view.scale.density)
        if columns < 2:
            return
        request = DrawSpectrogram(desk.sources.sound, start, end, min(columns, 4096), max(self.height, 16))
        desk.work(request, self._drawn, replaces="spectrogram")

    def _drawn(self, picture: Spectrogram) -> None:
        self.picture = picture
        self.changed.emit()

    def parts(self) -> tuple[object, ...]:
        """The picture that came last."""
        return (self.picture,)

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """The picture where it belongs, also while a better one is on its way."""
        picture = self.picture
        painter.fillRect(strip.rect, strip.tokens.color("field"))
        if picture is None:
            return
        if self._image is None or self._levels is not picture.levels:
            self._image, self._levels = _image(picture, strip.tokens), picture.levels
        left, right = strip.scale.x(picture.start), strip.scale.x(picture.end)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, 0, right - left, strip.height), self._image)
        painter.setPen(strip.tokens.color("dim"))
        ascent = painter.fontMetrics().ascent()
        painter.drawText(QPointF(4, ascent + 1), self.tr("{0:.0f} kHz").format(TOP / 1000))

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """The moment."""
        return moment_text(time, self.project.rate)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Play a moment of the sound around the pointer."""
        return play_around(self, pointer.time)

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Play from here."""
        fill_sound_menu(self, menu, pointer)


def _image(picture: Spectrogram, tokens: Tokens) -> QImage:
    """The levels as greys from the ground to the text's colour; neutral, as all chrome."""
    rows, columns = picture.levels.shape
    data = np.ascontiguousarray(picture.levels)
    image = QImage(data.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8)
    ground, ink = tokens.color("field"), tokens.color("text")
    pairs = zip(ground.getRgb()[:3], ink.getRgb()[:3], strict=True)  # type: ignore[index]
    ramps = [np.linspace(low, high, 256).round().astype(int).tolist() for low, high in pairs]
    image.setColorTable([qRgb(r, g, b) for r, g, b in zip(*ramps, strict=True)])
    return image.copy()
