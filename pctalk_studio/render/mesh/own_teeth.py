"""The teeth that the photo itself shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Box, MouthFrame
from pctalk_studio.render.mesh.mouth_look import MouthLook, brightness, luma

OPEN_ENOUGH = 0.035
"""Gap in E from which a photo may show teeth."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnTeeth:
    """Upper teeth and the rest of the mouth as photographed.

    Parameters
    ----------
    picture
        [h, w, 3] uint8: the photo's region.
    upper
        [h, w] float32, 0 to 1: where it shows the upper teeth.
    opening
        [h, w] float32, 0 to 1: where it shows the inside of the mouth at all.
    colour
        [3] float64 RGB of the teeth.
    edge
        v of the upper cutting edge in the middle, pixels.
    gap
        [n] float32: the opening in the photo, table over the mouth frame's grid.
    """

    picture: U8
    upper: F32
    opening: F32
    colour: F64
    edge: float
    gap: F32

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves, look: MouthLook) -> OwnTeeth | None:
        """Find the teeth of an open mouth; None when the photo shows none."""
        gap = curves.lower - curves.upper
        if float(gap.max()) < OPEN_ENOUGH * frame.unit:
            return None
        own = picture[frame.roi.slices]
        under = frame.v - curves.upper[frame.column]
        over = curves.lower[frame.column] - frame.v
        inside = (np.minimum(under, over) > 0.5) & (frame.u > curves.left) & (frame.u < curves.right)
        if inside.sum() < 12:
            return None
        bright = _tooth_likeness(own, look)
        teeth = inside & (bright > 0.5)
        if teeth.sum() < 0.12 * inside.sum():
            return None
        upper, edge = _upper_row(teeth, frame, curves)
        if upper is None:
            return None
        pixels = own[upper > 0.5].astype(np.float64)
        light = luma(pixels)
        colour = pixels[light >= np.quantile(light, 0.5)].mean(0)
        opening = np.clip(np.minimum(under, over) + 0.5, 0, 1).astype(np.float32)
        return cls(own.copy(), upper, opening, colour, edge, gap)

    def recoloured(self, look: MouthLook) -> MouthLook:
        """The look with these teeth's colour for painted ones."""
        return replace(look, enamel=self.colour, sclera_luma=max(look.sclera_luma, brightness(self.colour) / 0.85))

    def over(self, painted: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Painted upper teeth [h, w, 4] with the photo's own in front where it shows them."""
        own = np.dstack([self.picture, np.full(self.upper.shape, 255, np.uint8)]).astype(np.float32)
        mask = self.upper[..., None]
        return np.rint(painted * (1 - mask) + own * mask).astype(np.uint8)

    def unmoved(self, rgb: U8, box: Box, gap: F32, jaw: tuple[float, float], tongue: float) -> U8:
        """Fade to the photo as the mouth comes to stand as photographed."""
        away = float(np.abs(gap - self.gap).max()) + float(np.hypot(*jaw)) + 20 * abs(tongue)
        weight = float(np.clip(1 - away / 4.0, 0, 1))
        if weight == 0:
            return rgb
        own = self.picture[box.slices]
        return own.copy() if weight == 1 else np.asarray(cv2.addWeighted(own, weight, rgb, 1 - weight, 0), np.uint8)


def _tooth_likeness(own: U8, look: MouthLook) -> F32:
    """0 to 1: bright and less red than the lips."""
    rgb = own.astype(np.float32)
    light = luma(rgb)
    lips = brightness(look.lips)
    red = (rgb[..., 0] - rgb[..., 1:].mean(-1)) / np.maximum(light, 8)
    lip_red = float((look.lips[0] - look.lips[1:].mean()) / max(lips, 8))
    pale = 1 / (1 + np.exp(np.clip((red - 0.55 * lip_red - 0.03) / 0.05, -30, 30)))
    lit = 1 / (1 + np.exp(np.clip(-(light - 0.75 * lips) / (0.06 * lips + 1), -30, 30)))
    return np.asarray(pale * lit, np.float32)


def _upper_row(teeth: npt.NDArray[np.bool_], frame: MouthFrame, curves: LipCurves) -> tuple[F32 | None, float]:
    """Mask of the upper row (what hangs from the upper lip without a dark break) and v of its edge in the middle."""
    close = max(round(0.012 * frame.unit), 1)
    solid = cv2.morphologyEx(teeth.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 2 * close + 1), np.uint8))
    count, labels = cv2.connectedComponents(solid, connectivity=4)
    near_top = (frame.v - curves.upper[frame.column]) < 0.05 * frame.unit
    keep = [i for i in range(1, count) if np.any((labels == i) & near_top)]
    row = np.isin(labels, keep)
    if row.sum() < 8:
        return None, 0.0
    middle = row & (np.abs(frame.u) < 0.10 * frame.unit)
    edge = float(np.quantile(frame.v[middle if middle.any() else row], 0.97))
    mask = cv2.GaussianBlur(row.astype(np.float32), (0, 0), 0.6)
    return np.asarray(mask, np.float32), edge
