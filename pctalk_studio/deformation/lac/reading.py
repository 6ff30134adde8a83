"""From D_l back to the channels of the mouth: the inverse of :func:`pctalk_studio.deformation.lac.mapping.lip_deformation`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH, KeypointsF32
from pctalk_studio.deformation.lac.dominance import Tracks
from pctalk_studio.deformation.lac.mapping import COLUMNS, MouthGeometry, gap_of, lip_deformation

ArrayF64 = npt.NDArray[np.float64]

_LEFT, _RIGHT = MESH.index("lip_corner_left"), MESH.index("lip_corner_right")
_CHIN = MESH.index("chin")
_MIDDLE = tuple(MESH.index(name) for name in COLUMNS[0][:2])


def tracks_of(lip: KeypointsF32 | ArrayF64, rest: KeypointsF32 | ArrayF64, mouth: MouthGeometry) -> Tracks:
    """Channels whose D_l comes nearest to given motion.

    Each channel is read where it shows: openness from what parts in the three columns (in the mean of least squares), width from
    the corners, purse from the depth of the lips' middle, jaw from the chin. On what :func:`lip_deformation` made it is exact.

    Parameters
    ----------
    lip
        [T, 21, 3] absolute D_l, face frame, unit E.
    rest
        [21, 3] D_l of the closed, relaxed mouth in the same motion: ``mouth.closing`` for motion that was solved, what a network
        gives for silence for motion that a network made, so that its idea of closed lips is taken for closed.
    mouth
        The face.
    """
    moved = np.asarray(lip, np.float64) - np.asarray(rest, np.float64)
    unit = _unit_moves(mouth)
    parts = np.array([part for _, _, part in COLUMNS])
    gaps = np.stack([moved[:, MESH.index(down), 1] - moved[:, MESH.index(up), 1] for up, down, _ in COLUMNS], axis=1)
    opening = np.maximum(gaps @ parts / (parts @ parts), 0.0) / gap_of(np.array(1.0), mouth)
    outward = (moved[:, _LEFT, 0] - moved[:, _RIGHT, 0]) / 2
    wide, narrow = unit[0, _LEFT, 0], -unit[1, _LEFT, 0]
    width = np.where(outward > 0, outward / wide, outward / narrow)
    purse = np.maximum(moved[:, list(_MIDDLE), 2].mean(axis=1) / unit[2, list(_MIDDLE), 2].mean(), 0.0)
    jaw = np.maximum(moved[:, _CHIN, 1] / unit[3, _CHIN, 1], 0.0)
    return Tracks(np.asarray(opening), np.asarray(width), np.asarray(purse), np.asarray(jaw))


def _unit_moves(mouth: MouthGeometry) -> ArrayF64:
    """What width 1, width -1, purse 1 and jaw 1 do to the keypoints of a face, [4, 21, 3]."""
    none = np.zeros(4)
    width = np.array([1.0, -1.0, 0.0, 0.0])
    purse, jaw = np.array([0.0, 0.0, 1.0, 0.0]), np.array([0.0, 0.0, 0.0, 1.0])
    return lip_deformation(Tracks(none, width, purse, jaw), none, mouth) - mouth.closing
