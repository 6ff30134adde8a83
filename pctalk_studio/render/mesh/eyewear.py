"""What lies before the lids and must stay when they move: glasses with their reflections, and hair."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.topology import INNER_EYE_CORNERS
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_fill import ColourF32, blurred, luma_of
from pctalk_studio.render.mesh.eye_frame import EyeFrame, PlaneF32, ease, smoothstep

_NOSE_ROOT = (168, 6)
_PLAIN_BRIDGE, _PLAIN_SIDES = 0.15, 0.28
"""Of 58 portraits the seven with clear glasses reach 0.20 to 0.70 and 0.35 to 1.33. Of the others seven have furrows as plain as
a bridge (0.15 to 0.44), but none of these has more than 0.20 on both sides of the nose."""


STRAND_STEP = 0.04
"""Width of the columns that are looked at for strands of hair, over the distance of the eye's corners."""

STRAND_RATIO, STRAND_DEPTH = (2.2, 3.2), (0.6, 1.2)
"""Slope of brightness across strands over that along them, and its size (logarithm for each distance of the corners), from which
there may be hair and there is. Of 110 eyes one has hair beside it and reaches 4 to 7; of the others none has more than 2.7, and
that at the window's border alone."""


def wears_glasses(picture: PictureU8, points: npt.NDArray[np.float32]) -> bool:
    """Whether glasses sit on the root of the nose.

    Their bridge makes two opposite edges, one above the other, all across the nose; their rims make two on either side of it.
    Furrows do the one at most, and the shadows in the corners of the eyes the other.

    Parameters
    ----------
    picture
        [H, W, 3] uint8.
    points
        [478, 2] float32 pixels.
    """
    bridge = _nose_root(picture, points, np.linspace(-0.14, 0.14, 15), np.arange(-0.45, 0.45, 0.02))
    sides = _nose_root(picture, points, np.arange(-0.55, 0.56, 0.02), np.arange(0.0, 0.4, 0.03))
    if bridge is None or sides is None:
        return False
    rise = bridge[4:] - bridge[:-4]
    if min(_plainest(rise), _plainest(-rise)) < _PLAIN_BRIDGE:
        return False
    rise = sides[:, 4:] - sides[:, :-4]
    third = rise.shape[1] * 2 // 5
    bars = [np.minimum(part.max(axis=1), (-part).max(axis=1)) for part in (rise[:, :third], rise[:, -third:])]
    return min(float(np.percentile(bar, 60)) for bar in bars) > _PLAIN_SIDES


def _nose_root(
    picture: PictureU8, points: npt.NDArray[np.float32], across: npt.NDArray[np.float64], down: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32] | None:
    """Brightness over that of the skin on a grid between the eyes, [down, across]; its unit is the inner corners' distance."""
    right, left = points[list(INNER_EYE_CORNERS)].astype(np.float64)
    width = float(np.hypot(*(left - right)))
    if width < 4:
        return None
    axis = (left - right) / width
    middle = points[list(_NOSE_ROOT)].astype(np.float64).mean(axis=0)
    at = middle + width * (across[None, :, None] * axis + down[:, None, None] * np.array([-axis[1], axis[0]]))
    low = np.maximum(at.min(axis=(0, 1)).astype(int) - 2, 0)
    high = np.minimum(at.max(axis=(0, 1)).astype(int) + 3, (picture.shape[1], picture.shape[0]))
    if (high - low < 3).any():
        return None
    patch = luma_of(picture[low[1] : high[1], low[0] : high[0]].astype(np.float32))
    spot = (at - low).astype(np.float32)
    smooth = blurred(patch, max(0.012 * width, 0.3))
    luma = cv2.remap(smooth, spot[..., 0], spot[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(luma / max(float(np.median(luma)), 20.0), np.float32)


def _plainest(rise: npt.NDArray[np.float32]) -> float:
    """Rise that four fifths of the columns reach at about the same height (two rows either way, for a tilted bridge)."""
    near = np.lib.stride_tricks.sliding_window_view(rise, 5, axis=0).max(axis=-1)
    return float(np.percentile(near, 20, axis=1).max())


def in_front(picture: ColourF32, base: ColourF32, frame: EyeFrame, glasses: bool) -> PlaneF32:
    """Rims of glasses and hair over an eye's window, 0 to 1.

    Parameters
    ----------
    picture
        The eye's window.
    base
        The colour that its skin has without them.
    frame
        The eye.
    glasses
        Whether the face wears some. If not, only something as thick as a strand of hair is taken for more than the shadow of a
        fold or a bundle of lashes.
    """
    luma, skin = luma_of(picture), luma_of(base)
    width = frame.width
    other = smoothstep((skin - luma) / np.maximum(skin, 8.0), 0.28, 0.42)
    tint = picture / np.maximum(luma, 8.0)[..., None] - base / np.maximum(skin, 8.0)[..., None]
    other = np.maximum(other, smoothstep(np.abs(tint).max(axis=2), 0.22, 0.36))
    away = np.maximum(np.maximum(frame.upper - frame.v, frame.v - frame.lower), np.maximum(-frame.u, frame.u - width))
    # Rims may come close to the lid; without glasses even a strand of hair that does is rare, and dark lashes are not.
    other *= smoothstep(away, *((0.04 * width, 0.09 * width) if glasses else (0.10 * width, 0.18 * width)))
    size = max(2, round(0.04 * width)) if glasses else max(3, round(0.22 * width))
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    thick = np.asarray(cv2.morphologyEx(other, cv2.MORPH_OPEN, element), np.float32)
    # Folds and tips of lashes end near the eye; whatever lies before it comes from outside.
    _, labels = cv2.connectedComponents((thick > 0.3).astype(np.uint8))
    border = np.concatenate([labels[0], labels[:, 0], labels[:, -1]])
    own = np.isin(labels, np.setdiff1d(border, 0)).astype(np.uint8)
    near = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.float32)
    return np.asarray(np.clip(1.5 * blurred(thick * near, 0.6), 0, 1), np.float32)


def strands(luma: PlaneF32, frame: EyeFrame) -> PlaneF32:
    """Hair that hangs beside or over the outer corner of an eye, 0 to 1, whatever its colour.

    Where brightness changes far more across than along the height of the whole window, from its border on, there is no
    skin: furrows run the other way there.

    Parameters
    ----------
    luma
        Of the eye's window.
    frame
        The eye.
    """
    light = np.log(luma + np.float32(16))
    right, down = (cv2.Sobel(light, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) * np.float32(frame.width) for dx in (1, 0))
    across = np.abs(right * frame.across[0] + down * frame.across[1])
    along = np.abs(right * frame.down[0] + down * frame.down[1])
    outer = frame.from_outer / np.float32(frame.width)
    height = np.linspace(0, 1, len(luma))[:, None] + np.zeros_like(outer)
    places = np.arange(float(outer.min()), 0.5, STRAND_STEP)
    found = np.zeros(len(places))
    for i, place in enumerate(places):
        column = np.abs(outer - place) < STRAND_STEP
        thirds = [column & (height >= k / 3) & (height <= (k + 1) / 3) for k in range(3)]
        if min(int(third.sum()) for third in thirds) < 6:
            continue
        most = min(float(across[third].mean()) for third in thirds)
        ratio = min(float(across[third].mean() / max(along[third].mean(), 1e-3)) for third in thirds)
        found[i] = ease(ratio, *STRAND_RATIO) * ease(most, *STRAND_DEPTH)
    if not found.any():
        return np.zeros_like(luma)
    # The outermost columns are often cut off by a slant window: what is next to them tells.
    first = int(np.flatnonzero(found)[0])
    if places[first] > -0.15:
        return np.zeros_like(luma)
    found[:first] = found[first]
    return np.interp(outer, places, np.minimum.accumulate(found)).astype(np.float32)


def lens_light(picture: ColourF32, base: ColourF32, frame: EyeFrame) -> ColourF32:
    """Reflections on glasses over the upper lid, as light to add: much brighter and paler than the skin around them.

    Parameters
    ----------
    picture
        The eye's window.
    base
        The colour that its skin has without them.
    frame
        The eye.
    """
    luma, skin = luma_of(picture), luma_of(base)
    tint = picture.max(axis=2) - picture.min(axis=2)
    own = base.max(axis=2) - base.min(axis=2)
    spark = (luma > 1.3 * skin) & (luma > 150) & (tint < 0.75 * own + 6) & (frame.v < frame.upper - 0.03 * frame.width)
    if not spark.any():
        return np.zeros_like(picture)
    near = cv2.dilate(spark.astype(np.uint8), np.ones((5, 5), np.uint8), iterations=max(1, round(0.03 * frame.width)))
    soft = blurred((near > 0).astype(np.float32), max(0.02 * frame.width, 0.6))
    light = np.maximum(picture - 1.06 * base, 0) * soft[..., None]
    return np.asarray(light * smoothstep(frame.upper - frame.v, 0.0, 0.04 * frame.width)[..., None], np.float32)
