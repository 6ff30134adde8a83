"""The eye on the far side of a strongly turned head: seen edgewise between nose and outline, it shuts without any drawing.

So narrow an eye has no window in which a lid could be studied and unrolled. Its lid comes down as it is, lashes and all, over an
eyeball that stays where it is; a blink lasts a few frames, and what is stretched is a few pixels wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.topology import OUTER_EYE_CORNERS
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_frame import EyeLandmarks, PlaneF32, smoothstep

LASHES = 1.0
"""How far past the outer corner lashes and lid go along, in widths of the eye as the picture shows it."""

_FALL = 1.05
"""Part of the opening by which the upper lid comes down: a little over the lower one, which stays."""


@dataclass(frozen=True, slots=True, eq=False)
class FarEye:
    """One eye seen edgewise.

    Parameters
    ----------
    window
        (x0, y0, x1, y1) in the picture: all that may change.
    down
        Unit vector across the lids in the picture, [2] float64.
    columns, rows
        Coordinates of the window's pixels within it, [h, w] float32.
    height
        v of each pixel: distance below the upper lid's edge across the lids, pixels, [h, w] float32.
    part
        How far each pixel's column goes along, 0 to 1, [h, w] float32.
    lid, opening
        Height of the lid that shows and of the opening, pixels.
    strength
        0 where too little shows of this eye to be moved, to 1.
    """

    window: tuple[int, int, int, int]
    down: npt.NDArray[np.float64]
    columns: PlaneF32
    rows: PlaneF32
    height: PlaneF32
    part: PlaneF32
    lid: float
    opening: float
    strength: float

    @classmethod
    def of(
        cls, points: npt.NDArray[np.float32], landmarks: EyeLandmarks, size: tuple[int, int], strength: float
    ) -> FarEye | None:
        """Lay the fall of the lid over an eye.

        Parameters
        ----------
        points
            [478, 2] float32 pixels.
        landmarks
            Which eye.
        size
            (width, height) of the picture.
        strength
            How much of the eye shows, 0 to 1.

        Returns
        -------
        FarEye | None
            None where there is nothing to shut.
        """
        marks = points.astype(np.float64)
        ends = marks[list(OUTER_EYE_CORNERS)]
        across = (ends[1] - ends[0]) / max(float(np.hypot(*(ends[1] - ends[0]))), 1e-6)
        down = np.array([-across[1], across[0]])
        right, left = marks[landmarks.upper[0]], marks[landmarks.upper[-1]]
        inner, outer = (left, right) if landmarks.nasal > 0 else (right, left)
        outward = -float(landmarks.nasal)
        width = float((outer - inner) @ across) * outward
        top, bottom, fold = (
            float((_middle(marks, ids) - inner) @ down) for ids in (landmarks.upper, landmarks.lower, landmarks.fold)
        )
        opening = bottom - top
        if strength <= 0 or width < 2 or opening < 2:
            return None
        lid = max(top - fold, 0.5 * opening)
        reach = [
            inner + outward * along * width * across + v * down
            for along in (-0.1, 1 + LASHES)
            for v in (top - lid, bottom + 0.3 * opening)
        ]
        low = np.maximum(np.floor(np.min(reach, axis=0)), 0).astype(int)
        high = np.minimum(np.ceil(np.max(reach, axis=0)) + 1, size).astype(int)
        if (high - low < 4).any():
            return None
        rows, columns = np.mgrid[0 : high[1] - low[1], 0 : high[0] - low[0]].astype(np.float32)
        x, y = columns + np.float32(low[0] - inner[0]), rows + np.float32(low[1] - inner[1])
        along = (x * np.float32(across[0]) + y * np.float32(across[1])) * np.float32(outward / width)
        height = x * np.float32(down[0]) + y * np.float32(down[1]) - np.float32(top)
        part = smoothstep(along, -0.05, 0.25) * (1 - smoothstep(along, 1.2, 1 + LASHES))
        window = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
        return cls(window, down, columns, rows, height, part, lid, opening, strength)

    def draw(self, canvas: PictureU8, blink: float) -> None:
        """Bring the lid down in place; ``blink`` is the closure, 0 to 1."""
        if blink <= 0:
            return
        x0, y0, x1, y1 = self.window
        window = canvas[y0:y1, x0:x1]
        fall = np.float32(_FALL * blink * self.strength * self.opening) * self.part
        # A strip with the lashes goes down whole; above it the lid is stretched from the fold on.
        strip = np.float32(min(0.25 * self.opening, 0.3 * self.lid))
        rise = np.clip((self.height + np.float32(self.lid)) / (fall + np.float32(self.lid) - strip), 0, 1)
        over = np.clip(fall - self.height + np.float32(0.5), 0, 1)
        shift = fall * rise
        x, y = self.columns - shift * np.float32(self.down[0]), self.rows - shift * np.float32(self.down[1])
        moved = cv2.remap(window, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        window[:] = cv2.blendLinear(moved, window.copy(), over, 1 - over)


def _middle(marks: npt.NDArray[np.float64], ids: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Mean of the three middle points of a line."""
    half = len(ids) // 2
    return np.asarray(marks[list(ids[half - 1 : half + 2])].mean(axis=0))
