"""Where faces may be in a picture of any size, by both detectors, on the whole picture and on tiles of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates mean one face."""
    apart = np.hypot(one.window.x - other.window.x, one.window.y - other.window.y)
    return bool(apart < _SAME_FACE / 1.5 * max(one.window.side, other.window.side))


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the surest of those that mean the same face."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: -c.confidence):
        if not any(_same(one, other) for other in kept):
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


def _stages(networks: FaceNetworks, picture: PictureU8) -> Iterator[list[Candidate]]:
    """Candidates in the picture's own pixels: in the whole picture, then on ever finer tiles of it."""
    small, back = _working(picture)
    yield back(_merged(_seen(networks, small, 1.0, np.zeros(2))))
    for tiles in _TILES:
        if max(small.shape[:2]) / tiles >= _SMALLEST_TILE:
            yield back(_merged(_on_tiles(networks, small, tiles)))


def _working(picture: PictureU8) -> tuple[PictureU8, Callable[[list[Candidate]], list[Candidate]]]:
    """The picture at a size to search in, and the way back from there."""
    height, width = picture.shape[:2]
    factor = max(height, width) / _WORKING_SIDE
    if factor <= 1.0:
        return picture, lambda found: found
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale_x, scale_y = width / size[0], height / size[1]

    def back(found: list[Candidate]) -> list[Candidate]:
        out = []
        for one in found:
            x, y = (one.window.x + 0.5) * scale_x - 0.5, (one.window.y + 0.5) * scale_y - 0.5
            out.append(Candidate(Window(x, y, one.window.side * scale_x, one.window.angle), one.confidence))
        return out

    return small, back


def candidates(networks: FaceNetworks, picture: PictureU8) -> list[Candidate]:
    """Places where an upright face may be, the surest first: finer tiles are searched only while no large face shows."""
    found: list[Candidate] = []
    for stage in _stages(networks, picture):
        found = _merged(found + stage)
        if any(one.window.side / 1.5 > _BIG_ENOUGH * max(picture.shape[:2]) for one in found):
            break
    return found


def is_face(reading: Reading) -> bool:
    """Whether a reading surely is of a human face, be it painted or carved: the network says so, and all looks agree."""
    spread = reading.spread()
    odd = spread * misfit(reading.landmarks, fit_pose(reading.landmarks))
    return reading.presence >= SURE_PRESENCE and spread <= SURE_SPREAD and odd <= SURE_ODDITY


def meshed_faces(networks: FaceNetworks, picture: PictureU8) -> tuple[list[MeshedFace], list[MeshedFace]]:
    """Read the mesh of every candidate: those that surely are faces, and those that are none or cannot be read.

    The search goes on to finer tiles until a large face is read, not merely suspected; when no face is upright, those that lie
    or stand on their head are looked for.
    """
    sure: list[MeshedFace] = []
    unsure: list[MeshedFace] = []
    tried: list[Candidate] = []

    def try_all(stage: list[Candidate]) -> None:
        for candidate in stage:
            if len(tried) < _MOST_FACES and not any(_same(candidate, other) for other in tried):
                tried.append(candidate)
                reading = read(networks, picture, candidate.window)
                face = MeshedFace(reading, candidate.confidence * min(1.0, reading.presence))
                (sure if is_face(reading) else unsure).append(face)

    for stage in _stages(networks, picture):
        try_all(stage)
        if any(np.sqrt(face.area) > _BIG_ENOUGH * max(picture.shape[:2]) for face in sure):
            break
    if not sure:
        small, back = _working(picture)
        tried.clear()
        try_all(back(_merged(_turned(networks, small))))
    return _distinct(sure), unsure


def _distinct(faces: list[MeshedFace]) -> list[MeshedFace]:
    """Drop a face whose mesh slid onto another candidate's face."""
    kept: list[MeshedFace] = []
    for face in faces:
        centre = face.reading.landmarks[:468, :2].mean(axis=0)
        others = (other.reading.landmarks[:468, :2].mean(axis=0) for other in kept)
        if all(np.linalg.norm(centre - other) > 0.3 * np.sqrt(face.area) for other in others):
            kept.append(face)
    return kept
