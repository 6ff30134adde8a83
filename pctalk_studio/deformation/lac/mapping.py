"""From the channels of the mouth to D_l at the MESH keypoints of one face.

Openness is absolute: it sets the gap of the inner lips, not a change of it, so that closed is closed and open is equally open
whether the photo shows closed lips or a laugh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, Region
from pctalk_studio.core.problems import LIPS_UNCLEAR
from pctalk_studio.deformation.lac.dominance import Tracks

ArrayF64 = npt.NDArray[np.float64]

OPEN_GAP = 0.29
"""Inner-lip gap at openness 1, in mouth widths."""

UPPER_SHARE = 0.25
"""Part of the gap that the upper lip makes; the lower lip and the jaw make the rest."""

_SIDE_GAP = 0.72
"""Gap beside the middle, relative to the middle: lips open as an ellipse."""

_WIDER, _NARROWER = 0.15, 0.26
"""Change of the mouth's width at width +1 and -1, in mouth widths."""

_JAW_DROP = 0.09
"""Fall of the chin at jaw 1, unit E."""

_FORWARD = 0.055
"""Protrusion of the lips' middle at purse 1, unit E."""

_UPPER_MEETS = 0.4
"""Share of a remaining gap that the upper lip closes."""

UNDER_HAIR = 0.6
"""Part of the usual opening for lips that beard hides: of an open mouth one sees the slit below the moustache, and a photo shows
nothing of what a wide one would bare. Lip scale 1.7 gives the usual opening back."""

COLUMNS = (
    ("lip_upper_mid", "lip_lower_mid", 1.0),
    ("lip_upper_right", "lip_lower_right", _SIDE_GAP),
    ("lip_upper_left", "lip_lower_left", _SIDE_GAP),
)
"""Keypoints above and below in three columns of the mouth, and the gap there relative to that of the middle."""

_PARTING = (((13, 14),), ((80, 88), (81, 178)), ((310, 318), (311, 402)))
"""Pairs of inner-lip landmarks that part in each column."""


@dataclass(frozen=True, slots=True, eq=False)
class MouthGeometry:
    """What D_l needs to know of a face, unit E.

    Parameters
    ----------
    width
        Width of the relaxed mouth, held within what living mouths have.
    closing
        [21, 3] displacement of lips and chin from the photo's expression to lips closed and at ease; of a movie [T, 21, 3], from
        that of each output frame's own source.
    reach
        Part of the usual opening that this mouth makes: 1, or :data:`UNDER_HAIR` when the rig's problems say that the lips can
        hardly be made out.
    """

    width: float
    closing: ArrayF64
    reach: float = 1.0

    @classmethod
    def of(cls, rig: FaceRig, staying: ArrayF64 | None = None) -> MouthGeometry:
        """Measure a rig: take back its resting expression, and close what gap then is left at the inner lips.

        Parameters
        ----------
        rig
            The face.
        staying
            [21, 3] part of its expression that is not taken back, such as a smile that lasts; None: nothing stays.
        """
        closing = np.zeros((KEYPOINT_COUNT, 3))
        moved = list(MESH.indices(Region.LIPS, Region.JAW))
        closing[moved] = -rig.delta()[moved].astype(np.float64)
        if staying is not None:
            closing[moved] += staying[moved]
        for (upper, lower, _), pairs in zip(COLUMNS, _PARTING, strict=True):
            up, down = MESH.index(upper), MESH.index(lower)
            shown = float(np.mean([rig.shape[below, 1] - rig.shape[above, 1] for above, below in pairs]))
            left = max(0.0, shown) + closing[down, 1] - closing[up, 1]
            closing[up, 1] += _UPPER_MEETS * left
            closing[down, 1] -= (1.0 - _UPPER_MEETS) * left
        hidden = any(problem.code == LIPS_UNCLEAR for problem in rig.problems)
        return cls(float(np.clip(rig.mouth_width, 0.49, 0.60)), closing, UNDER_HAIR if hidden else 1.0)


def gap_of(openness: ArrayF64, mouth: MouthGeometry) -> ArrayF64:
    """Inner-lip gap that an openness means for a face, unit E."""
    return openness * (OPEN_GAP * mouth.width * mouth.reach)


def lip_deformation(shape: Tracks, gap: ArrayF64, mouth: MouthGeometry) -> ArrayF64:
    """D_l of mouth channels.

    Parameters
    ----------
    shape
        Width, purse and jaw; openness is taken from ``gap``.
    gap
        [T] inner-lip gap to be seen, unit E, closures included.
    mouth
        The face.

    Returns
    -------
    ArrayF64
        [T, 21, 3] face frame, unit E; zero except at lips and chin.
    """
    out = np.zeros((len(gap), KEYPOINT_COUNT, 3))
    outward = np.where(shape.width > 0, _WIDER, _NARROWER) * shape.width * mouth.width / 2
    pursed = np.clip(shape.purse, 0.0, None)
    for upper, lower, part in COLUMNS:
        up, down = MESH.index(upper), MESH.index(lower)
        out[:, up, 1] = -UPPER_SHARE * part * gap
        out[:, down, 1] = (1.0 - UPPER_SHARE) * part * gap
        out[:, (up, down), 2] = -_FORWARD * (1.0 if part == 1.0 else 0.8) * pursed[:, None]
    for side, sign in (("right", -1.0), ("left", 1.0)):
        corner = MESH.index(f"lip_corner_{side}")
        out[:, corner, 0] = sign * outward
        out[:, corner, 1] = 0.12 * gap
        out[:, corner, 2] = -0.35 * _FORWARD * pursed
        for row in ("upper", "lower"):
            out[:, MESH.index(f"lip_{row}_{side}"), 0] = sign * 0.55 * outward
    chin = MESH.index("chin")
    out[:, chin, 1] = _JAW_DROP * shape.jaw * (mouth.width / 0.54) * mouth.reach
    out[:, chin, 2] = 0.15 * out[:, chin, 1]
    return out + mouth.closing
