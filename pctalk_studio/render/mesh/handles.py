"""From a motion row to the displacements of all handles: keypoints plus what linear weights cannot do with the lips.

Everything here is in the face frame, unit E. Lip curves are 11 points from the subject's right corner (picture's left) to the
left one; the nine between the corners have a handle each (see :mod:`pctalk_studio.render.mesh.weights`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology as topo
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import MOUTH_CHANNELS, MotionRow
from pctalk_studio.render.mesh.weights import HANDLE_COUNT, LIP_COLUMNS, HandleWeights

F32 = npt.NDArray[np.float32]

TOUCHING, PARTED = 0.008, 0.024
"""Inner-lip gaps, E, below which a photo's lips count as touching and above which as parted (closed portraits read up to
0.014)."""

MEETING = 0.45
"""Where closing lips meet, from the upper lip (0) to the lower (1): the lower lip does a little more of the way."""

ROLL = 0.27
"""Share of the red of the lips that full press hides."""

TUCK_ROLL = 0.42
"""Share of the lower lip that hides behind the upper teeth at full tuck."""

TEETH_SHOWN = 0.026
"""Gap between upper lip and tucked lower lip, E: the upper teeth that show in F and V."""

SWELL, THIN = 0.9, 0.35
"""Growth of the red of the lips as their corners come together, and thinning as they part, per part of the mouth's width."""

LIPS_ALONE, JAW_HELP = 0.05, 0.5
"""Gap that the lips close without the jaw, E, and the jaw's part of the rest."""

FORESHORTENED = 0.5
"""Share of a column's true distance from the corner that must be in view for it to open fully."""

REACH = 0.45
"""Displacements are bent smoothly towards this bound, E: nothing on a face moves farther."""

_JAW = MESH.index("chin")

# Closing, rolling and swelling act fully in the middle of the lips and not at all at the corners.
_ALONG = np.sin(np.linspace(0, np.pi, LIP_COLUMNS + 2))[1:-1].astype(np.float32)
_FULL = np.minimum(1.0, 1.6 * _ALONG).astype(np.float32)[:, None]

_INNER_UPPER = slice(KEYPOINT_COUNT, KEYPOINT_COUNT + LIP_COLUMNS)
_INNER_LOWER = slice(_INNER_UPPER.stop, _INNER_UPPER.stop + LIP_COLUMNS)
_BORDER_UPPER = slice(_INNER_LOWER.stop, _INNER_LOWER.stop + LIP_COLUMNS)
_BORDER_LOWER = slice(_BORDER_UPPER.stop, _BORDER_UPPER.stop + LIP_COLUMNS)


@dataclass(frozen=True, slots=True, eq=False)
class LipLines:
    """The inner edges of both lips, [11, 3] float32 each."""

    upper: F32
    lower: F32


def resting_lines(points: F32, gap_unit: float) -> LipLines:
    """Inner lip edges of a photo; where the lips touch, both are the line between them.

    Parameters
    ----------
    points
        [478, 2 or 3] landmarks, any frame.
    gap_unit
        E in that frame.
    """
    upper, lower = points[list(topo.INNER_LIP_UPPER)], points[list(topo.INNER_LIP_LOWER)]
    # Detected lips of closed mouths lie up to 0.014 E apart. Painting a cavity there would part lips that touch.
    gap = np.linalg.norm(lower[:, :2] - upper[:, :2], axis=1, keepdims=True) / gap_unit
    widest = float(gap.max())
    apart = float(np.clip((widest - TOUCHING) / (PARTED - TOUCHING), 0, 1))
    apart = apart * apart * (3 - 2 * apart)
    middle = (upper + lower) / 2
    return LipLines(
        np.asarray(middle + apart * (upper - middle), np.float32), np.asarray(middle + apart * (lower - middle), np.float32)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """What a row makes of the handles.

    Parameters
    ----------
    texture
        [57, 3] float32: displacement of each handle as the skin's texture follows it.
    seen
        [57, 3] float32: the same without what rolls the lips in; edges of the lips that one sees follow this.
    """

    texture: F32
    seen: F32


@dataclass(frozen=True, slots=True, eq=False)
class HandleDriver:
    """Turns rows into handle displacements for one face.

    Parameters
    ----------
    rest
        The photo's lip lines.
    red_upper, red_lower
        [9, 3] float32: from the lips' outer border to their inner edge, each column.
    width
        Distance between the keypoints of the corners.
    weights
        [22, 57] float32: rows of the inner upper, then of the inner lower lip.
    teeth_line
        [9, 3] float32: where the relaxed lips meet; the edge of the upper teeth lies near it.
    gaps
        [11] float32: gap of the photo's lip lines.
    hidden
        [9] float32: 0 for columns of the lips in full view, up to 1 for those that a turned head hides.
    """

    rest: LipLines
    red_upper: F32
    red_lower: F32
    width: float
    weights: F32
    teeth_line: F32
    gaps: F32
    hidden: F32

    @classmethod
    def of(cls, rig: FaceRig, weights: HandleWeights) -> HandleDriver:
        """Study a rig."""
        shape = rig.shape
        rest = resting_lines(shape, 1.0)
        upper = rest.upper - shape[list(topo.OUTER_LIP_UPPER)]
        lower = rest.lower - shape[list(topo.OUTER_LIP_LOWER)]
        corners = MESH.of_landmarks(shape)[[MESH.index("lip_corner_right"), MESH.index("lip_corner_left")]]
        rows = weights.matrix[list(topo.INNER_LIP_UPPER + topo.INNER_LIP_LOWER)]
        relaxed = resting_lines(rig.neutral, 1.0)
        return cls(
            rest,
            upper[1:-1],
            lower[1:-1],
            float(np.linalg.norm(corners[1] - corners[0])),
            np.ascontiguousarray(rows),
            (relaxed.upper + relaxed.lower)[1:-1] / 2,
            rest.lower[:, 1] - rest.upper[:, 1],
            _hidden_columns((rest.upper + rest.lower) / 2, rig),
        )

    def pose(self, row: MotionRow) -> Pose:
        """Handle displacements of a row."""
        channels = dict(zip(MOUTH_CHANNELS, np.clip(row.mouth, 0, 1).tolist(), strict=True))
        handles = np.zeros((HANDLE_COUNT, 3), np.float32)
        handles[:KEYPOINT_COUNT] = _bounded(row.deformation)
        self._swell(handles)
        self._tuck(handles, channels["tuck"])
        self._close(handles, channels["seal"])
        texture = handles.copy()
        texture[_INNER_UPPER] += ROLL * channels["press"] * _FULL * self.red_upper
        roll = max(ROLL * channels["press"], TUCK_ROLL * channels["tuck"])
        texture[_INNER_LOWER] += roll * _FULL * self.red_lower
        return Pose(texture, handles)

    def lines(self, handles: F32) -> LipLines:
        """Lip lines that handle displacements lead to."""
        moved = self.weights @ handles
        return LipLines(self.rest.upper + moved[:11], self.rest.lower + moved[11:])

    def _swell(self, handles: F32) -> None:
        """Lips thicken as the corners come together and thin as they part: their volume stays."""
        right, left = handles[MESH.index("lip_corner_right")], handles[MESH.index("lip_corner_left")]
        narrower = -float(left[0] - right[0]) / self.width
        amount = SWELL * min(narrower, 0.45) if narrower > 0 else THIN * max(narrower, -0.3)
        handles[_BORDER_UPPER] -= amount * _FULL * self.red_upper
        handles[_BORDER_LOWER] -= amount * _FULL * self.red_lower

    def _close_corners(self, handles: F32) -> None:
        """Close the corners of a mouth photographed open in step with its middle.

        Keypoints drive the middle and the sides; the columns next to the corners lie between the sides' group and the corner's,
        which does not close. They would stay open like the ends of a dumb-bell.
        """
        beside_corners = ((1, 2), (LIP_COLUMNS, LIP_COLUMNS - 1))
        parted = [pair for pair in beside_corners if min(self.gaps[pair[0]], self.gaps[pair[1]]) > TOUCHING]
        if not parted:
            return
        now = self.lines(handles)
        gaps = now.lower[:, 1] - now.upper[:, 1]
        for column, inward in parted:
            photo, beside = float(self.gaps[column]), float(self.gaps[inward])
            part = min(max(float(gaps[inward]) / beside, 0.0), 1.0)
            excess = max(float(gaps[column]) - part * photo, 0.0) * min((photo - TOUCHING) / TOUCHING, 1.0)
            if excess > 0:
                move = (now.lower[column] - now.upper[column]) * np.float32(excess / max(float(gaps[column]), 1e-6))
                handles[_INNER_UPPER.start + column - 1] += MEETING * move
                handles[_INNER_LOWER.start + column - 1] -= (1 - MEETING) * move

    def _tuck(self, handles: F32, tuck: float) -> None:
        """Bring the lower lip's edge to the edge of the upper teeth, which stand still with the skull."""
        if tuck == 0:
            return
        now = self.lines(handles)
        upper, lower = now.upper[1:-1], now.lower[1:-1]
        target = np.maximum(self.teeth_line[:, 1:2], upper[:, 1:2]) + TEETH_SHOWN * _FULL
        handles[_INNER_LOWER, 1:2] += tuck * (target - lower[:, 1:2])
        handles[_INNER_UPPER, 1:2] -= 0.25 * TEETH_SHOWN * tuck * _FULL

    def _close(self, handles: F32, seal: float) -> None:
        """Make the lips meet by the amount of ``seal``, and keep them from ever crossing."""
        self._close_corners(handles)
        now = self.lines(handles)
        # Lips close a small gap by themselves; over a wide one the jaw brings the lower lip, and the skin below comes along.
        wide = max(float((now.lower - now.upper)[:, 1].max()) - LIPS_ALONE, 0.0)
        if seal > 0 and wide > 0:
            handles[_JAW, 1] -= seal * JAW_HELP * wide
            now = self.lines(handles)
        gap = now.lower[1:-1] - now.upper[1:-1]
        strength = np.where(gap[:, 1:2] > 0, seal, 1.0).astype(np.float32)
        # Lips seen from the side end at their outline: there an opening must taper off as it does at a corner.
        added = np.clip(1 - self.gaps[1:-1, None] / np.maximum(gap[:, 1:2], 1e-6), 0, 1)
        strength = np.maximum(strength, self.hidden[:, None] * added)
        handles[_INNER_UPPER] += MEETING * strength * gap
        handles[_INNER_LOWER] -= (1 - MEETING) * strength * gap


def _bounded(deformation: F32) -> F32:
    """Bend long displacements smoothly towards REACH; short ones pass unchanged to first order beyond half of it."""
    length = np.linalg.norm(deformation, axis=1, keepdims=True)
    half = REACH / 2
    if length.max() <= half:
        return deformation
    over = np.maximum(length - half, 0)
    bent = np.where(length > half, half + half * np.tanh(over / half), length)
    return np.asarray(deformation * (bent / np.maximum(length, 1e-9)), np.float32)


def _hidden_columns(line: F32, rig: FaceRig) -> F32:
    """How far the nine columns of the lips are out of sight, 0 to 1: those near the corner on the far side of a turned head.

    Parameters
    ----------
    line
        [11, 3] face frame: the line of the mouth.
    rig
        The face.
    """
    across = rig.rotation[0, :2] / max(float(np.linalg.norm(rig.rotation[0, :2])), 1e-6)
    seen = line.astype(np.float64) @ rig.rotation[:, :2] @ across
    hidden = np.zeros(len(line))
    for limit, corner in ((seen.min(), 0), (seen.max(), -1)):
        from_outline = np.abs(seen - limit)
        from_corner = np.maximum(np.abs(line[:, 0] - line[corner, 0]), 1e-6)
        share = np.clip(from_outline / (FORESHORTENED * from_corner), 0, 1)
        # Columns behind the outline come after it on the way to the corner.
        turn = int(np.argmin(from_outline))
        behind = np.arange(len(line)) <= turn if corner == 0 else np.arange(len(line)) >= turn
        hidden = np.maximum(hidden, np.where(behind, 1.0, 1 - share * share * (3 - 2 * share)))
    return np.asarray(hidden[1:-1], np.float32)
