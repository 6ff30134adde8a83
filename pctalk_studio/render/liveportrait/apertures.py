"""How far a row opens lips and eyes, over their widths: the same numbers that the mesh engine draws by, in one figure each.

Closure is decided here, after everything else has had its say, so that P B M close and blinks shut in LivePortrait's layout too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import EYE_CHANNELS, MOUTH_CHANNELS, MotionRow

TOUCHING, PARTED = 0.008, 0.024
"""Inner-lip gaps, E, below which a photo's lips count as touching and above which as parted: detected lips of closed mouths lie
up to 0.014 E apart."""

TEETH_SHOWN = 0.026
"""Gap between the upper lip and a lower lip tucked under the teeth, E: the teeth that show in F and V."""

_UPPER, _LOWER = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
_SEAL, _TUCK = MOUTH_CHANNELS.index("seal"), MOUTH_CHANNELS.index("tuck")
_LIDS = (("right", (159, 145), (33, 133)), ("left", (386, 374), (263, 362)))
"""Side, and landmarks of the middle of both lids and of both corners."""


@dataclass(frozen=True, slots=True)
class LipOpening:
    """The lips of one face.

    Parameters
    ----------
    gap
        In the photo, E; 0 where the lips touch.
    width
        Between the outer corners of the relaxed mouth, E.
    """

    gap: float
    width: float

    @classmethod
    def of(cls, rig: FaceRig) -> LipOpening:
        """Measure a face."""
        read = float(rig.shape[14, 1] - rig.shape[13, 1])
        part = float(np.clip((read - TOUCHING) / (PARTED - TOUCHING), 0, 1))
        width = float(np.linalg.norm(rig.neutral[61] - rig.neutral[291]))
        return cls(read * part * part * (3 - 2 * part), width)

    @property
    def at_rest(self) -> float:
        """Opening over width in the photo."""
        return self.gap / self.width

    def of_row(self, row: MotionRow) -> float:
        """Opening over width that a row asks for, 0 or more; 0 wherever the lips are sealed."""
        moves = row.deformation[:, 1]
        seal, tuck = (float(np.clip(row.mouth[channel], 0, 1)) for channel in (_SEAL, _TUCK))
        gap = self.gap + float(moves[_LOWER] - moves[_UPPER])
        # The upper teeth stand still: an upper lip that goes up bares more of them above the tucked lip.
        tucked = TEETH_SHOWN + max(-float(moves[_UPPER]), 0.0)
        gap = (1 - tuck) * gap + tuck * tucked
        return (1 - seal) * max(gap, 0.0) / self.width


@dataclass(frozen=True, slots=True)
class EyeOpening:
    """One eye.

    Parameters
    ----------
    channel
        Of the row that closes it.
    upper, lower
        Keypoints of its lids.
    gap, width
        In the photo, E.
    """

    channel: int
    upper: int
    lower: int
    gap: float
    width: float

    @classmethod
    def both(cls, rig: FaceRig) -> tuple[EyeOpening, EyeOpening]:
        """The subject's right eye, and the left one."""
        right, left = (cls._of(rig.shape, *each) for each in _LIDS)
        return right, left

    @classmethod
    def _of(cls, shape: npt.NDArray[np.float32], side: str, lids: tuple[int, int], corners: tuple[int, int]) -> EyeOpening:
        gap = max(float(shape[lids[1], 1] - shape[lids[0], 1]), 0.0)
        width = float(np.linalg.norm(shape[corners[0]] - shape[corners[1]]))
        keypoints = MESH.index(f"lid_upper_{side}"), MESH.index(f"lid_lower_{side}")
        return cls(EYE_CHANNELS.index(f"blink_{side}"), *keypoints, gap, width)

    @property
    def at_rest(self) -> float:
        """Opening over width in the photo."""
        return self.gap / self.width

    def closure(self, row: MotionRow) -> float:
        """Lid closure 0 to 1."""
        return float(np.clip(row.eyes[self.channel], 0, 1))

    def of_row(self, row: MotionRow) -> float:
        """Opening over width that a row asks for, 0 or more; 0 where the eye is shut."""
        moves = row.deformation[:, 1]
        gap = self.gap + float(moves[self.lower] - moves[self.upper])
        return (1 - self.closure(row)) * max(gap, 0.0) / self.width
