"""Faces that no detector finds: a template fitted to a few points that the user gives.

The file is JSON, one object of names and pixel coordinates::

    {"eye_right": [412, 300], "eye_left": [520, 302], "nose": [466, 362], ...}

or text, a point a line as ``name, x, y`` (a first line ``name,x,y`` and lines that begin with ``#`` are skipped). Coordinates
are pixels of the picture, x right, y down. ``right`` is the subject's right, on the picture's left.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.topology import MESH_COUNT, face_topology

POINT_NAMES: tuple[tuple[str, tuple[int, ...], str], ...] = (
    ("eye_right", (33, 133), "middle of the right eye"),
    ("eye_left", (263, 362), "middle of the left eye"),
    ("eye_right_outer", (33,), "outer corner of the right eye"),
    ("eye_right_inner", (133,), "inner corner of the right eye"),
    ("eye_left_inner", (362,), "inner corner of the left eye"),
    ("eye_left_outer", (263,), "outer corner of the left eye"),
    ("eye_right_top", (159,), "edge of the right upper lid, in the middle"),
    ("eye_right_bottom", (145,), "edge of the right lower lid, in the middle"),
    ("eye_left_top", (386,), "edge of the left upper lid, in the middle"),
    ("eye_left_bottom", (374,), "edge of the left lower lid, in the middle"),
    ("nose", (4,), "tip of the nose"),
    ("mouth_right", (61,), "right corner of the mouth"),
    ("mouth_left", (291,), "left corner of the mouth"),
    ("mouth", (13, 14), "where the lips meet, in the middle"),
    ("lip_top", (0,), "upper border of the upper lip, in the middle"),
    ("lip_bottom", (17,), "lower border of the lower lip, in the middle"),
    ("chin", (152,), "lowest point of the chin"),
    ("brow_right", (105, 52), "middle of the right brow"),
    ("brow_left", (334, 282), "middle of the left brow"),
    ("forehead", (10,), "top of the forehead, at the hairline"),
    ("jaw_right", (172,), "right corner of the jaw"),
    ("jaw_left", (397,), "left corner of the jaw"),
    ("cheek_right", (234,), "right edge of the face, before the ear"),
    ("cheek_left", (454,), "left edge of the face, before the ear"),
)
"""Name, the landmarks whose mean it marks, and its meaning."""

_LANDMARKS = {name: marks for name, marks, _ in POINT_NAMES}
_NEEDED = ("nose", "mouth_right", "mouth_left", "chin")
_EYES = (("eye_right", "eye_right_outer", "eye_right_inner"), ("eye_left", "eye_left_outer", "eye_left_inner"))
_MOST_DISAGREEMENT = 0.35
"""RMS distance between the points and the best placed template, as share of the eye distance; caricatures reach 0.2."""

_STIFFNESS = (0.0, 1e-3, 1e-2, 1e-1)
"""Smoothing of the spline, tried in turn: exact points first, then points that may lie a few hundredths of E beside."""
_SLIVERS = 5e-4
"""Share of the face's area that may turn over; slivers at lids and nostrils do so in real faces too."""


@dataclass(frozen=True, slots=True)
class FacePoints:
    """Named points of one face, each (name, x, y) in pixels; see POINT_NAMES.

    Needed are both eyes (middles, or both corners), ``nose``, ``mouth_right``, ``mouth_left`` and ``chin``.

    Raises
    ------
    FaceError
        When a point is missing, unknown, given twice or not a number.
    """

    points: tuple[tuple[str, float, float], ...]

    def __post_init__(self) -> None:
        names = [name for name, _, _ in self.points]
        for name in names:
            if name not in _LANDMARKS:
                raise FaceError(f"'{name}' is no face point; the points are {', '.join(_LANDMARKS)}.")
            if names.count(name) > 1:
                raise FaceError(f"The face point '{name}' is given twice; give each point once.")
        for name, x, y in self.points:
            if not (math.isfinite(x) and math.isfinite(y)):
                raise FaceError(f"The face point '{name}' has a coordinate that is no number; give pixels.")
        missing = [name for name in _NEEDED if name not in names]
        missing += [middle for middle, *corners in _EYES if middle not in names and not all(c in names for c in corners)]
        if missing:
            raise FaceError(f"The face points lack {', '.join(missing)}; add them.")

    @classmethod
    def read(cls, path: Path) -> FacePoints:
        """Read a file of points; see the module's text for the format.

        Raises
        ------
        FaceError
            When the file cannot be read or its points do not make a face.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise FaceError(f"Cannot read the face points '{path}': {reason}.", repr(error)) from error
        try:
            return cls(_from_json(text) if text.lstrip().startswith("{") else _from_lines(text))
        except FaceError as error:
            raise FaceError(f"'{path}': {error.user_text}", error.detail) from error


def _from_json(text: str) -> tuple[tuple[str, float, float], ...]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
        return tuple((str(name), float(x), float(y)) for name, (x, y) in pairs)
    except (ValueError, TypeError, RecursionError) as error:
        example = '{"nose": [466, 362], ...}'
        raise FaceError(f"The points are not written as JSON like {example}; correct them.", repr(error)) from error


def _from_lines(text: str) -> tuple[tuple[str, float, float], ...]:
    points = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = [field.strip() for field in line.replace(";", ",").split(",")]
        if not line.strip() or line.lstrip().startswith("#") or fields == ["name", "x", "y"]:
            continue
        try:
            name, x, y = fields
            points.append((name, float(x), float(y)))
        except ValueError as error:
            raise FaceError(f"Line {number} is not written as 'name, x, y' with two numbers; correct it.", repr(error)) from error
    return tuple(points)


def fit_points(points: FacePoints) -> npt.NDArray[np.float64]:
    """Landmarks [478, 3] float64 (picture frame) of the mean face bent to go through the points.

    A similarity in the picture plane places the mean face, a thin-plate spline bends it; depth is scaled along.

    Raises
    ------
    FaceError
        When the points cannot belong to one face seen from the front.
    """
    from scipy.interpolate import RBFInterpolator

    face = face_topology().vertices.astype(np.float64)
    source = np.array([face[list(_LANDMARKS[name]), :2].mean(axis=0) for name, _, _ in points.points])
    target = np.array([(x, y) for _, x, y in points.points])
    linear, offset, scale = _placed(source, target)
    if scale < 1e-6:
        raise FaceError("The face points all lie in one place; give each its own.")
    residual = np.sqrt(((source @ linear + offset - target) ** 2).sum(axis=1).mean()) / scale
    if residual > _MOST_DISAGREEMENT:
        raise FaceError(
            "The face points do not lie as in a face seen from the front; right means the subject's right, on the picture's left."
        )
    # Solved in the face frame, so that the stiffness means the same for every size of face.
    upright = (target - offset) @ np.linalg.inv(linear)
    for stiffness in _STIFFNESS:
        bend = RBFInterpolator(source, upright, kernel="thin_plate_spline", degree=1, smoothing=stiffness)
        flat = bend(face[:, :2])
        if not _folded(flat, face):
            return np.column_stack([flat @ linear + offset, face[:, 2] * scale])
    raise FaceError("The face points cross one another, so that the face would fold; check which name belongs where.")


def _placed(
    source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]:
    """Least-squares similarity in the plane without mirroring: ``source @ linear + offset`` near ``target``."""
    a = (source - source.mean(axis=0)) @ (1, 1j)
    b = (target - target.mean(axis=0)) @ (1, 1j)
    factor = np.vdot(a, b) / np.vdot(a, a).real
    linear = np.array([[factor.real, factor.imag], [-factor.imag, factor.real]])
    return linear, target.mean(axis=0) - source.mean(axis=0) @ linear, float(abs(factor))


def _folded(landmarks: npt.NDArray[np.float64], placed: npt.NDArray[np.float64]) -> bool:
    """Whether the bent mesh turns over at triangles that the unbent one shows from the front."""

    def areas(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        a, b, c = (points[face_topology().skin_triangles[:, k], :2] for k in range(3))
        ab, ac = b - a, c - a
        return np.asarray(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])

    before, after = areas(placed[:MESH_COUNT]), areas(landmarks[:MESH_COUNT])
    over = after[(before < 0) & (after > 0)].sum()
    return bool(over > _SLIVERS * np.abs(after).sum())
