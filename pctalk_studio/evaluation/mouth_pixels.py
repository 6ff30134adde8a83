"""How far the lips are apart by the pixels alone, where landmarks are too coarse: the last hundredths of E before they meet.

The mesh network sees 69 pixels to an E and reads gaps below 0.04 E too small. Here the mouth is looked at in the picture's own
resolution, column by column from lip to lip: what is much darker than the lips is cavity, what is less red is teeth.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.reading import Window, cut
from pctalk_studio.core import topology

_VIEW = 208
_VIEW_E = 160.0
"""Side of the mouth's view and pixels per E in it."""
_COLUMNS = 15
_CENTRAL = 0.5
"""Share of the mouth's width that is looked at; towards the corners lips touch in any case."""
_SAMPLES = 96
_DARK_FROM, _DARK_FULL = 0.70, 0.45
"""Lightness over the lips' at which a pixel begins to count as cavity, and at which it counts in full. Lips rolled in for P, B
and M turn away from the light, to 0.6 to 0.8 of it over 0.05 E beside the seam; a mouth's inside is at 0.2 to 0.5."""
_PALE_FROM, _PALE_FULL = 0.80, 0.55
"""Redness over the lips' at which a pixel that is not dark begins to count as tooth, and counts in full."""
_LEAST_RED = 6.0
"""CIE a of lips in colour; below it, only what is dark counts."""


@dataclass(frozen=True, slots=True)
class MouthOpening:
    """What is seen between the lips in one frame, unit E.

    Parameters
    ----------
    cavity
        Height of what is dark; the seam of closed lips counts 0.01 to 0.02.
    teeth
        Height of what is not dark, but less red than the lips.
    """

    cavity: float
    teeth: float


def mouth_opening(picture: PictureU8, landmarks: npt.NDArray[np.float64]) -> MouthOpening:
    """Measure between the lips of a face.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    landmarks
        [478, 3] float64 in its pixels.
    """
    across = landmarks[263, :2] - landmarks[33, :2]
    unit = float(np.linalg.norm(landmarks[263] - landmarks[33]))
    middle = landmarks[[78, 308, 13, 14], :2].mean(axis=0)
    angle = float(np.arctan2(across[1], across[0]))
    window = Window(float(middle[0]), float(middle[1]), _VIEW / _VIEW_E * unit, angle)
    lab = cv2.cvtColor(cut(picture, window, _VIEW).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    matrix = window.matrix(_VIEW)
    points = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return _between(np.asarray(lab, np.float32), points)


def _line(points: npt.NDArray[np.float64], ring: tuple[int, ...], xs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Heights of a lip line at some columns."""
    line = points[list(ring)]
    order = np.argsort(line[:, 0])
    return np.interp(xs, line[order, 0], line[order, 1])


def _between(lab: npt.NDArray[np.float32], points: npt.NDArray[np.float64]) -> MouthOpening:
    left, right = points[78, 0], points[308, 0]
    centre, half = (left + right) / 2, _CENTRAL * (right - left) / 2
    xs = np.linspace(centre - half, centre + half, _COLUMNS)
    top, bottom = _line(points, topology.OUTER_LIP_UPPER, xs), _line(points, topology.OUTER_LIP_LOWER, xs)
    upper, lower = _line(points, topology.INNER_LIP_UPPER, xs), _line(points, topology.INNER_LIP_LOWER, xs)
    along = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
    # From the middle of the upper lip to the middle of the lower one: borders of the lips are no business of ours.
    first, last = (top + upper) / 2, (lower + bottom) / 2
    ys = first + along * (last - first)
    profile = _sampled(lab, np.broadcast_to(xs, ys.shape), ys)
    step = (last - first) / (_SAMPLES - 1) / _VIEW_E
    upper_lip, lower_lip = (
        np.median(np.concatenate([_sampled(lab, xs, a + share * (b - a)) for share in (0.35, 0.5, 0.65)]), axis=0)
        for a, b in ((top, upper), (bottom, lower))
    )
    # The upper lip often lies in its own shade: the cavity is what is darker than either lip.
    light = min(float(upper_lip[0]), float(lower_lip[0]))
    red = (float(upper_lip[1]) + float(lower_lip[1])) / 2
    dark = np.clip((_DARK_FROM - profile[..., 0] / max(light, 1.0)) / (_DARK_FROM - _DARK_FULL), 0.0, 1.0)
    pale = np.zeros_like(dark)
    if red >= _LEAST_RED:  # in a drawing without colour, teeth cannot be told from lips by it
        pale = np.clip((_PALE_FROM - profile[..., 1] / red) / (_PALE_FROM - _PALE_FULL), 0.0, 1.0) * (1.0 - dark)
    return MouthOpening(float(np.median(dark.sum(axis=0) * step)), float(np.median(pale.sum(axis=0) * step)))


def _sampled(lab: npt.NDArray[np.float32], xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    shape = np.shape(ys)
    flat_x, flat_y = np.ravel(xs).astype(np.float32)[None], np.ravel(ys).astype(np.float32)[None]
    out = cv2.remap(lab, flat_x, flat_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32).reshape(*shape, 3)
