"""Where faces may be in a picture of any size, by both detectors, on the whole picture and on tiles of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import Detection, FaceNetworks, PictureU8
from pctalk_studio.analysis.face.pose import fit_pose, misfit
from pctalk_studio.analysis.face.reading import Reading, Window, read

SURE_PRESENCE = 0.8
"""Faces, painted and sculpted ones too, read 0.99 and more; a head from the side 0.1."""
SURE_SPREAD = 0.031
"""Largest disagreement of looks, E. Faces read 0.004 to 0.026, sunglasses and profiles the most, small, blurred and noisy ones
too; a dog's face from 0.036 on, even where its presence is 1."""
SURE_ODDITY = 0.0016
"""Largest product of disagreement and misfit to the mean face; 0.0013 in faces at most, 0.0020 in dogs at least."""

_WORKING_SIDE = 2048
"""Detectors shrink what they see to 128 or 192 pixels, so that a larger picture or tile of it only costs time."""
_BIG_ENOUGH = 0.09
"""A face this large, as share of the picture's longer side, leaves no comparable ones for tiles to find."""
_TILES = (2, 4, 7)
"""Tiles along the longer side, coarse to fine."""
_SMALLEST_TILE = 64
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


class Search(StrEnum):
    """How to look for faces: at once, or where the first look has found nothing."""

    QUICK = "quick"
    """The whole picture; when no large face is there, ever finer tiles."""
    THOROUGH = "thorough"
    """All tiles, whatever the whole picture seems to show."""
    TURNED = "turned"
    """The picture lying on its sides and upside down."""


def candidates(networks: FaceNetworks, picture: PictureU8, search: Search = Search.QUICK) -> list[Candidate]:
    """All places where a face may be, the surest first."""
    height, width = picture.shape[:2]
    factor = max(height, width) / _WORKING_SIDE
    small = picture
    if factor > 1.0:
        size = (max(1, round(width / factor)), max(1, round(height / factor)))
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = _merged(_turned(networks, small) if search is Search.TURNED else _upright(networks, small, search))
    scale_x, scale_y = width / small.shape[1], height / small.shape[0]
    out = []
    for one in found[:_MOST_FACES]:
        x, y = (one.window.x + 0.5) * scale_x - 0.5, (one.window.y + 0.5) * scale_y - 0.5
        out.append(Candidate(Window(x, y, one.window.side * scale_x, one.window.angle), one.confidence))
    return out


def _upright(networks: FaceNetworks, picture: PictureU8, search: Search) -> list[Candidate]:
    longer = max(picture.shape[:2])
    found = _seen(networks, picture, 1.0, np.zeros(2))
    for tiles in _TILES:
        large = search is Search.QUICK and any(one.window.side / 1.5 > _BIG_ENOUGH * longer for one in found)
        if large or longer / tiles < _SMALLEST_TILE:
            break
        found = _merged(found + _on_tiles(networks, picture, tiles))
    return found


def is_face(reading: Reading) -> bool:
    """Whether a reading surely is of a human face, be it painted or carved: the network says so, and all looks agree."""
    spread = reading.spread()
    odd = spread * misfit(reading.landmarks, fit_pose(reading.landmarks))
    return reading.presence >= SURE_PRESENCE and spread <= SURE_SPREAD and odd <= SURE_ODDITY


def meshed_faces(networks: FaceNetworks, picture: PictureU8) -> tuple[list[MeshedFace], list[MeshedFace]]:
    """Read the mesh of every candidate: those that surely are faces, and those that are none or cannot be read.

    Each further way to search is gone only when those before it have found no face.
    """
    unsure: list[MeshedFace] = []
    for search in Search:
        sure: list[MeshedFace] = []
        for candidate in candidates(networks, picture, search):
            reading = read(networks, picture, candidate.window)
            face = MeshedFace(reading, candidate.confidence * min(1.0, reading.presence))
            (sure if is_face(reading) else unsure).append(face)
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
