"""What the photo looks like around the mouth: colours, light, sharpness and grain.

All of it is measured, so that whatever is painted inside the mouth belongs to the same picture, be it a photograph, a painting,
a stone head or a drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import (
    EYE_LEFT_LOWER,
    EYE_LEFT_UPPER,
    EYE_RIGHT_LOWER,
    EYE_RIGHT_UPPER,
    INNER_LIP_LOWER,
    INNER_LIP_UPPER,
    IRIS_LEFT,
    IRIS_RIGHT,
    OUTER_LIP_LOWER,
    OUTER_LIP_UPPER,
    closed_ring,
)
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Points

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Weights of R, G, B in luma (Rec. 709)."""

TEETH_CAP = 0.85
"""Painted teeth are at most this bright, as a part of the whites of the eyes: brighter ones look pasted in."""

EYE_RINGS = (closed_ring(EYE_RIGHT_UPPER, EYE_RIGHT_LOWER), closed_ring(EYE_LEFT_UPPER, EYE_LEFT_LOWER))

CHEEKS = ((205, 50, 187), (425, 280, 411))
"""Skin beside the mouth: the picture's left side, then its right side."""


def luma(rgb: Points | U8) -> F64:
    """Luma of colours [..., 3], same range as the input."""
    return np.asarray(np.asarray(rgb, np.float64) @ LUMA)


@dataclass(frozen=True, slots=True, eq=False)
class MouthLook:
    """Measured appearance.

    Parameters
    ----------
    lips, skin, enamel
        [3] float64 RGB, 0 to 255: the lips, the skin around the mouth, and the teeth that this light would show.
    sclera_luma
        Luma of the whites of the eyes, 0 to 255.
    chroma
        How much of the colours of flesh the face has, 0 (grey, or stone of any colour) to 1 (a photograph of a person).
    light
        Change of brightness from the middle of the mouth to its left corner (picture's right), as a part; signed.
    blur
        Standard deviation in pixels of the photo's own blur at edges.
    grain
        Standard deviation of the photo's grain, 0 to 255.
    """

    lips: F64
    skin: F64
    enamel: F64
    sclera_luma: float
    chroma: float
    light: float
    blur: float
    grain: float

    @classmethod
    def of(cls, picture: U8, rig: FaceRig) -> MouthLook:
        """Measure a picture [H, W, 3] uint8 RGB."""
        marks = rig.landmarks[:, :2].astype(np.float64)
        radius = 0.06 * rig.scale
        sides = [_disc_median(picture, marks[list(cheek)].mean(0), radius) for cheek in CHEEKS]
        skin = (sides[0] + sides[1]) / 2
        lips = _lip_colour(picture, marks, skin)
        sclera = _sclera(picture, marks, skin, lips)
        # Eyes without pupils and of the skin's colour: one material throughout.
        stone = _blankness(picture, marks) * float(
            np.clip((_saturation(sclera) / max(_saturation(skin), 0.02) - 0.75) / 0.15, 0, 1)
        )
        chroma = float(np.clip((np.ptp(skin) + np.ptp(lips)) / 110, 0, 1)) * (1 - stone)
        tilt = (brightness(sides[1]) - brightness(sides[0])) / max(brightness(sides[0] + sides[1]), 8.0)
        light = float(np.clip(0.8 * tilt, -0.25, 0.25))
        enamel = _enamel(sclera, skin, chroma, stone)
        blur, grain = _sharpness(picture, marks, rig.scale)
        return cls(lips, skin, enamel, brightness(sclera), chroma, light, blur, grain)


def brightness(colour: F64) -> float:
    """Luma of one colour [3]."""
    return float(colour @ LUMA)


def _disc_median(picture: U8, centre: F64, radius: float) -> F64:
    """Median colour of a disc; the nearest pixels when it lies outside the picture."""
    height, width = picture.shape[:2]
    reach = max(round(radius), 1)
    x = int(np.clip(round(centre[0]), reach, max(width - reach - 1, reach)))
    y = int(np.clip(round(centre[1]), reach, max(height - reach - 1, reach)))
    patch = picture[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].reshape(-1, 3)
    return np.asarray(np.median(patch, axis=0), np.float64)


def _polygon_mask(shape: tuple[int, ...], polygon: F64) -> npt.NDArray[np.bool_]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], (1,), shift=4)
    return mask.astype(bool)


def _lip_colour(picture: U8, marks: F64, skin: F64) -> F64:
    """Median of the lower lip (upper when the lower is hidden): its rim and the shadow between the lips left out."""
    colours: list[F64] = []
    for inner, outer in ((INNER_LIP_LOWER, OUTER_LIP_LOWER), (INNER_LIP_UPPER, OUTER_LIP_UPPER)):
        a, b = marks[list(inner)], marks[list(outer)]
        middle = slice(2, -2)
        band = np.vstack([(0.7 * a + 0.3 * b)[middle], (0.3 * a + 0.7 * b)[middle][::-1]])
        pixels = picture[_polygon_mask(picture.shape[:2], band)]
        if len(pixels) >= 4:
            colours.append(np.asarray(np.median(pixels, axis=0), np.float64))
    if not colours:
        return np.asarray(skin * (0.85, 0.7, 0.7), np.float64)
    # The lower lip faces the light; a moustache or a shadow on the upper lip must not darken the estimate.
    return np.asarray(max(colours, key=brightness), np.float64)


def _sclera(picture: U8, marks: F64, skin: F64, lips: F64) -> F64:
    """Colour of the whites of the eyes in open light.

    What a photo shows of them lies in the shadow of the lids and lashes, by about a quarter; and nobody's are darker
    than lit skin or lips.
    """
    found = []
    for ring, (centre, rim, *_) in zip(EYE_RINGS, (IRIS_RIGHT, IRIS_LEFT), strict=True):
        mask = _polygon_mask(picture.shape[:2], marks[list(ring)])
        ys, xs = np.nonzero(mask)
        if len(ys) == 0:
            continue
        radius = 1.1 * np.linalg.norm(marks[rim] - marks[centre])
        outside = np.hypot(xs - marks[centre, 0], ys - marks[centre, 1]) > radius
        pixels = picture[ys[outside], xs[outside]].astype(np.float64)
        if len(pixels) >= 5:
            light = luma(pixels)
            found.append(pixels[light >= np.quantile(light, 0.85)].mean(0))
    white = np.asarray(np.mean(found, axis=0), np.float64) if found else skin
    seen = max(brightness(white), 1.0)
    open_light = min(max(seen / 0.75, 1.2 * max(brightness(skin), brightness(lips))), 250.0)
    return np.asarray(white * (open_light / seen))


def _saturation(colour: F64) -> float:
    """Spread of the channels as a part of the largest."""
    return float(np.ptp(colour)) / max(float(colour.max()), 1.0)


def _blankness(picture: U8, marks: F64) -> float:
    """1 when the eyes have no pupils, as those of statues; 0 when they have."""
    ratios: list[float] = []
    for ring in EYE_RINGS:
        light = luma(picture[_polygon_mask(picture.shape[:2], marks[list(ring)])])
        if light.size >= 12:
            ratios.append(float(np.median(light)) / max(float(np.quantile(light, 0.95)), 1.0))
    return float(np.clip((np.mean(ratios) - 0.67) / 0.07, 0, 1)) if len(ratios) == 2 else 0.0


def _enamel(sclera: F64, skin: F64, chroma: float, stone: float) -> F64:
    """Teeth in this light: between the eyes' white and the skin in colour, a little ivory, and darker than the eyes."""
    light = brightness(sclera)
    as_skin = skin * light / max(brightness(skin), 1.0) - light
    tint = light + (1 - stone) * 0.20 * (sclera - light) + (0.15 + 0.85 * stone) * as_skin
    colour = tint * (1 + (np.array([1.01, 1.0, 0.955]) - 1) * chroma)
    return np.asarray(colour * (0.80 * light / max(brightness(colour), 1.0)))


def gum_colour(look: MouthLook) -> F64:
    """Gums: the lips' hue, a little greyer and darker."""
    return np.asarray(look.lips * 0.72 + 0.10 * look.enamel * np.array([1.0, 0.7, 0.7]) ** look.chroma)


def _sharpness(picture: U8, marks: F64, unit: float) -> tuple[float, float]:
    """Blur (pixels) and grain (0 to 255) of the face.

    A step of height H under a Gaussian of deviation s has the steepest slope H / (s sqrt(2 pi)); the steepest pixels around
    eyes, nose and mouth therefore tell s. Grain is the deviation of the finest detail in the smoothest tenth of the cheeks.
    """
    low, high = np.floor(marks[:468].min(0)).astype(int), np.ceil(marks[:468].max(0)).astype(int)
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = max(low[0], 0), max(low[1], 0), min(high[0] + 1, width), min(high[1] + 1, height)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return 0.7, 0.0
    grey: F32 = luma(picture[y0:y1, x0:x1]).astype(np.float32)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    reach = np.ones((7, 7), np.uint8)
    step = cv2.dilate(grey, reach) - cv2.erode(grey, reach)
    steep = slope >= np.quantile(slope, 0.985)
    blur = float(np.median(step[steep] / np.maximum(slope[steep], 1e-3))) / np.sqrt(2 * np.pi)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.2)
    block = max(int(unit * 0.06), 4)
    power = cv2.blur(fine * fine, (block, block))
    grain = float(np.sqrt(np.quantile(power, 0.1))) * 1.25
    return float(np.clip(blur, 0.5, 4.0)), float(np.clip(grain, 0.0, 8.0))
