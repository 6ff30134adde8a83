"""Where faces may be in a picture of any size, by both detectors, on the whole picture and on tiles of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import Detection, FaceNetworks, PictureU8
from pctalk_studio.analysis.face.reading import Reading, Window, read

SURE_PRESENCE = 0.8
"""Faces, painted and sculpted ones too, read 0.99 and more; a dog's 0.4; a cheek from behind 0.1."""
SURE_SPREAD = 0.05
"""Faces read 0.007 to 0.026, sunglasses and profiles the most; what is no face 0.1."""

_WORKING_SIDE = 1024
"""Detectors shrink what they see to 128 or 192 pixels; larger pictures only cost time."""
_BIG_ENOUGH = 0.09
"""A face this large, as share of the picture's longer side, leaves no comparable ones for tiles to find."""
_TILES = (2, 4, 7)
"""Tiles along the longer side, coarse to fine."""
_SAME_FACE = 0.5
"""Distance of centres as share of the larger side below which two detections are one face."""
_MOST_FACES = 48


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face that may be there.

    Parameters
    ----------
    window
        Upright square for the mesh.
    confidence
        The detector's, 0 to 1.
    """

    window: Window
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class MeshedFace:
    """A face that is there: its detection and its mesh."""

    reading: Reading
    confidence: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the mesh in pixels."""
        points = self.reading.landmarks[:468, :2]
        left, top = points.min(axis=0)
        right, bottom = points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @property
    def area(self) -> float:
        """Square pixels of the box."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


def _candidate(found: Detection, factor: float, offset: npt.NDArray[np.float64]) -> Candidate:
    """Undo a picture's scaling and cutting: original = found * factor + offset."""
    left, top, right, bottom = found.box
    centre = np.array([(left + right) / 2, (top + bottom) / 2]) * factor + offset
    across = found.keypoints[1] - found.keypoints[0]
    side = 1.5 * factor * max(right - left, bottom - top)
    window = Window(float(centre[0]), float(centre[1]), side, float(np.arctan2(across[1], across[0])))
    return Candidate(window, found.confidence)


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the surest of those that mean the same face."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: -c.confidence):
        near = (
            np.hypot(one.window.x - other.window.x, one.window.y - other.window.y)
            < _SAME_FACE / 1.5 * max(one.window.side, other.window.side)
            for other in kept
        )
        if not any(near):
            kept.append(one)
    return kept


def _seen(networks: FaceNetworks, picture: PictureU8, factor: float, offset: npt.NDArray[np.float64]) -> list[Candidate]:
    return [_candidate(d, factor, offset) for near in (True, False) for d in networks.detect(picture, near=near)]


def _on_tiles(networks: FaceNetworks, picture: PictureU8, tiles: int) -> list[Candidate]:
    """Detect on square tiles that overlap by 40 %, so that each face lies whole in one of them."""
    height, width = picture.shape[:2]
    side = round(max(width, height) / tiles * 1.4)
    step = side * 0.6
    found = []
    columns = max(1, int(np.ceil((width - side) / step)) + 1)
    rows = max(1, int(np.ceil((height - side) / step)) + 1)
    for row, column in itertools.product(range(rows), range(columns)):
        x = round(column * (width - side) / max(columns - 1, 1)) if width > side else 0
        y = round(row * (height - side) / max(rows - 1, 1)) if height > side else 0
        tile = picture[y : y + side, x : x + side]
        found += _seen(networks, tile, 1.0, np.array([x, y], np.float64))
    return found


def _turned(networks: FaceNetworks, picture: PictureU8) -> list[Candidate]:
    """Detect in the picture lying on its sides and upside down."""
    height, width = picture.shape[:2]
    found = []
    for quarters in (1, 2, 3):
        for one in _seen(networks, np.rot90(picture, quarters), 1.0, np.zeros(2)):
            x, y = one.window.x, one.window.y
            # np.rot90 turns counter-clockwise: the new column is the old row, the new row counts old columns from the right.
            where = {1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}[quarters]
            window = Window(*where, one.window.side, one.window.angle + quarters * np.pi / 2)
            found.append(Candidate(window, one.confidence))
    return found


def candidates(networks: FaceNetworks, picture: PictureU8, *, turned: bool = False) -> list[Candidate]:
    """All places where a face may be, the surest first.

    The whole picture is searched first; when no large face is there, ever finer tiles. ``turned`` searches the picture lying on
    its sides and upside down instead.
    """
    height, width = picture.shape[:2]
    factor = max(1.0, max(height, width) / (2 * _WORKING_SIDE))
    small = picture
    if factor > 1.0:
        size = (round(width / factor), round(height / factor))
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    longer = max(small.shape[:2])
    found = [] if turned else _merged(_seen(networks, small, 1.0, np.zeros(2)))
    for tiles in () if turned else _TILES:
        if any(one.window.side / 1.5 > _BIG_ENOUGH * longer for one in found) or longer / tiles < 64:
            break
        found = _merged(found + _on_tiles(networks, small, tiles))
    if turned:
        found = _merged(_turned(networks, small))
    scale_x, scale_y = width / small.shape[1], height / small.shape[0]
    return [
        Candidate(
            Window(
                (c.window.x + 0.5) * scale_x - 0.5, (c.window.y + 0.5) * scale_y - 0.5, c.window.side * scale_x, c.window.angle
            ),
            c.confidence,
        )
        for c in found[:_MOST_FACES]
    ]


def meshed_faces(networks: FaceNetworks, picture: PictureU8) -> tuple[list[MeshedFace], list[MeshedFace]]:
    """Read the mesh of every candidate: those that surely are faces, and those that are none or cannot be read.

    Only when no face is upright, those that lie or stand on their head are looked for.
    """
    unsure: list[MeshedFace] = []
    for turned in (False, True):
        sure: list[MeshedFace] = []
        for candidate in candidates(networks, picture, turned=turned):
            reading = read(networks, picture, candidate.window)
            face = MeshedFace(reading, candidate.confidence * min(1.0, reading.presence))
            good = reading.presence >= SURE_PRESENCE and reading.spread() <= SURE_SPREAD
            (sure if good else unsure).append(face)
        if sure:
            return _distinct(sure), unsure
    return [], unsure


def _distinct(faces: list[MeshedFace]) -> list[MeshedFace]:
    """Drop a face whose mesh slid onto another candidate's face."""
    kept: list[MeshedFace] = []
    for face in faces:
        centre = face.reading.landmarks[:468, :2].mean(axis=0)
        others = (other.reading.landmarks[:468, :2].mean(axis=0) for other in kept)
        if all(np.linalg.norm(centre - other) > 0.3 * np.sqrt(face.area) for other in others):
            kept.append(face)
    return kept
