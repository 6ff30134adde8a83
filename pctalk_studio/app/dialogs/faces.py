"""Faces: which face of a picture is meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from pctalk_studio.analysis.face import FoundFace
from pctalk_studio.app.dialogs.pixmaps import pixmap_of
from pctalk_studio.app.widgets.flow import FlowLayout
from pctalk_studio.jobs import Control
from pctalk_studio.jobs.apart import Apart
from pctalk_studio.render.api import PictureU8

_ROOM = 0.35
"""Of a face's size, shown around it."""

_STEP, _MOST_LOOKS = 8, 12
"""Frames from one to the next that is looked at in a movie, and how many are until it is given up."""

_VIEW, _CUT = 1600, 256
"""Longest sides of what is shown, pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture and the faces in it, small enough to be shown at once.

    Parameters
    ----------
    path
        The file.
    size
        (width, height), pixels.
    view
        The picture, shrunk to at most 1600 pixels.
    faces
        In pixels of the file.
    cuts
        A small picture of each face.
    movie
        It is a movie, of which the first frame that shows faces is meant.
    sound
        It has sound of its own.
    """

    path: Path
    size: tuple[int, int]
    view: PictureU8
    faces: tuple[FoundFace, ...]
    cuts: tuple[PictureU8, ...]
    movie: bool = False
    sound: bool = False

    @classmethod
    def of(
        cls, path: Path, picture: PictureU8, faces: tuple[FoundFace, ...], *, movie: bool = False, sound: bool = False
    ) -> Seen:
        """What is shown of a picture [H, W, 3] uint8; takes its time, so it is for a worker."""
        height, width = picture.shape[:2]
        cuts = tuple(_within(_cut(picture, face), _CUT) for face in faces)
        return cls(path, (width, height), _within(picture, _VIEW), faces, cuts, movie, sound)


@dataclass(frozen=True, slots=True)
class LookForFaces:
    """Read a picture, or the beginning of a movie, and find its faces."""

    path: Path

    def __call__(self, control: Control) -> Seen:
        """Do it.

        Raises
        ------
        MediaError
            When the file cannot be read.
        """
        from pctalk_studio.analysis.face import list_faces
        from pctalk_studio.media.pictures import read_picture
        from pctalk_studio.media.reader import MovieReader, is_movie

        control.checkpoint()
        # In a process of its own: the detector's libraries hold the interpreter for long while they load.
        run = Apart(control.checkpoint)
        if not is_movie(self.path):
            picture = read_picture(self.path).rgb
            control.checkpoint()
            return Seen.of(self.path, picture, run(list_faces, picture))
        reader = MovieReader(self.path)
        seen: Seen | None = None
        for frame in reader:
            control.checkpoint()
            if frame.index % _STEP == 0:
                seen = Seen.of(self.path, frame.rgb, run(list_faces, frame.rgb), movie=True, sound=reader.facts.has_sound)
                if seen.faces or frame.index >= _STEP * _MOST_LOOKS:
                    break
        assert seen is not None  # a movie has at least one frame
        return seen


class FacePicker(QWidget):
    """Small pictures of the faces, one of which is chosen.

    Parameters
    ----------
    parent
        Owner.
    """

    chosen = Signal(int)
    """Number of a face, from 1, left to right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowLayout(self, 8)
        self._group = QButtonGroup(self)
        self.face: int | None = None
        self.hide()

    @property
    def buttons(self) -> list[QToolButton]:
        """One for each face, left to right."""
        return [button for button in self._group.buttons() if isinstance(button, QToolButton)]

    def show_faces(self, seen: Seen | None) -> None:
        """Offer the faces of a picture; with one face or none there is nothing to choose."""
        for button in self.buttons:
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        self.face = None
        faces = () if seen is None else seen.faces
        self.setVisible(len(faces) > 1)
        if seen is None or len(faces) < 2:
            return
        side = self.fontMetrics().height() * 5
        for face, cut in zip(faces, seen.cuts, strict=True):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setIconSize(QSize(side, side))
            button.setIcon(QIcon(pixmap_of(cut)))
            button.setAccessibleName(self.tr("Face {number} from the left").format(number=face.number))
            button.setToolTip(button.accessibleName())
            button.clicked.connect(partial(self.choose, face.number))
            self._group.addButton(button, face.number)
            self._row.addWidget(button)

    def choose(self, number: int, _checked: bool = True) -> None:
        """Choose a face."""
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)
            self.face = number
            self.chosen.emit(number)


def _cut(picture: PictureU8, face: FoundFace) -> PictureU8:
    """A square of a picture round a face."""
    left, top, right, bottom = face.box
    half = max(right - left, bottom - top) * (0.5 + _ROOM)
    x, y = (left + right) / 2, (top + bottom) / 2
    height, width = picture.shape[:2]
    rows = slice(max(round(y - half), 0), min(round(y + half), height))
    columns = slice(max(round(x - half), 0), min(round(x + half), width))
    return picture[rows, columns]


def _within(picture: PictureU8, longest: int) -> PictureU8:
    """A picture shrunk until its longer side is no longer than this."""
    import cv2

    height, width = picture.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return picture
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
