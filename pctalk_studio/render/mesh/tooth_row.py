"""Finding the upper teeth that a photo shows: a flattened view of the opening, and the line along which they end."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, MouthFrame
from pctalk_studio.render.mesh.mouth_look import MouthLook, brightness, luma

SHOWING = 0.10
"""Part of the opening that must be teeth for the photo to show teeth."""


@dataclass(frozen=True, slots=True, eq=False)
class FlatLayer:
    """A layer drawn in the flattened mouth.

    Parameters
    ----------
    rgba
        [h, w, 4] float32, 0 to 255, colours premultiplied by alpha.
    first, last
        [w] v between which each column is what the photo shows.
    """

    rgba: F32
    first: F64
    last: F64


@dataclass(frozen=True, slots=True, eq=False)
class FlatMouth:
    """The opening resampled so that columns run across the mouth: pixel (row i, column j) lies at (u[j], v[i]).

    Parameters
    ----------
    image
        [h, w, 3] float32 RGB, 0 to 255.
    u, v
        [w], [h] mouth coordinates, pixels.
    upper, lower
        [w] v of the lips' inner edges.
    """

    image: F32
    u: F64
    v: F64
    upper: F64
    lower: F64

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves) -> FlatMouth:
        """Flatten the mouth of a picture [H, W, 3], from corner to corner and 0.16 E beyond the lips."""
        margin = 0.16 * frame.unit
        inside = (frame.grid >= curves.left) & (frame.grid <= curves.right)
        u = np.arange(curves.left, curves.right + 1.0)
        v = np.arange(float(curves.upper[inside].min()) - margin, float(curves.lower[inside].max()) + 1.5 * margin)
        points = frame.to_picture(np.stack(np.meshgrid(u, v), -1)).astype(np.float32)
        image = cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        upper, lower = np.interp(u, frame.grid, curves.upper), np.interp(u, frame.grid, curves.lower)
        return cls(image.astype(np.float32), u, v, upper, lower)

    @property
    def rows(self) -> F64:
        """V of every pixel, [h, 1]."""
        return self.v[:, None]

    def back_to(self, frame: MouthFrame, layer: FlatLayer, photo: U8) -> U8:
        """A layer on the region's own pixels [h, w, 4], transparent outside; sharp as the photo where the photo shows it."""
        x, y = frame.u - np.float32(self.u[0]), frame.v - np.float32(self.v[0])
        rgba = np.asarray(cv2.remap(layer.rgba, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)
        first, last = (np.interp(frame.grid, self.u, line, left=np.nan, right=np.nan) for line in (layer.first, layer.last))
        inside = np.minimum(frame.v - first[frame.column], last[frame.column] - frame.v)
        own = np.nan_to_num(np.clip(inside, 0, 1))[..., None]
        rgba[..., :3] += own * (photo * (rgba[..., 3:] / 255) - rgba[..., :3])
        return np.rint(np.clip(rgba, 0, 255)).astype(np.uint8)

    def folded(self, first: F64, last: F64, period: F64) -> F32:
        """The image with each column outside [first, last] replaced by itself folded back at these borders.

        Parameters
        ----------
        first, last
            [w] v.
        period
            [w] how far from a border the folding reaches before it turns back, pixels.

        Returns
        -------
        [h, w, 3] float32.
        """
        first, last = first[None], np.maximum(first, last)[None]
        deep = np.maximum(np.minimum(period, last - first), 1e-3)
        above, below = np.maximum(first - self.rows, 0), np.maximum(self.rows - last, 0)
        v = np.clip(self.rows, first, last) + _wave(above, deep) - _wave(below, deep)
        x = np.broadcast_to(np.arange(len(self.u), dtype=np.float32), v.shape)
        return np.asarray(cv2.remap(self.image, np.ascontiguousarray(x), (v - self.v[0]).astype(np.float32), cv2.INTER_LINEAR))


def _wave(distance: F64, period: F64) -> F64:
    """Distance folded into [0, period]."""
    return np.asarray(period - np.abs(period - np.mod(distance, 2 * period)))


@dataclass(frozen=True, slots=True, eq=False)
class ToothRow:
    """The upper teeth that a photo shows, column by column.

    Parameters
    ----------
    present
        [w] whether they show.
    edge
        [w] v of their cutting edge.
    cut
        [w] whether the lower lip hides that edge.
    colour
        [3] RGB of the lit part of the teeth; None when no teeth show.
    likeness
        [h, w] how much each pixel looks like tooth, 0 to 1.
    """

    present: npt.NDArray[np.bool_]
    edge: F64
    cut: npt.NDArray[np.bool_]
    colour: F64 | None
    likeness: F32

    def ends(self, unit: float) -> F64:
        """1 from the first to the last column with teeth, soft at both ends."""
        columns = np.flatnonzero(self.present)
        inside = np.zeros(len(self.present))
        if len(columns):
            inside[columns[0] : columns[-1] + 1] = 1
        return np.clip(2 * smooth_along(inside, 0.010 * unit) - 1, 0, 1)


def _tooth_likeness(image: F32, look: MouthLook, brightest: F64) -> F32:
    """0 to 1: bright (for its column) and less red than the lips."""
    light = luma(image)
    red = (image[..., 0] - image[..., 1:].mean(-1)) / np.maximum(light, 8)
    lip_red = float((look.lips[0] - look.lips[1:].mean()) / max(brightness(look.lips), 8))
    pale = 1 / (1 + np.exp(np.clip((red - 0.6 * lip_red - 0.03) / 0.05, -30, 30)))
    dim = 0.55 * brightest
    lit = 1 / (1 + np.exp(np.clip(-(light - dim) / (0.06 * dim + 1), -30, 30)))
    return np.asarray(pale * lit, np.float32)


def find_upper_row(flat: FlatMouth, unit: float, look: MouthLook) -> ToothRow:
    """Find the teeth that hang from the upper lip.

    Parameters
    ----------
    flat
        The opening.
    unit
        Pixels per E.
    look
        The photo's appearance.

    Returns
    -------
    ToothRow
        Without a colour when the opening shows none.
    """
    nowhere = np.zeros(len(flat.u), bool)
    none = ToothRow(nowhere, flat.upper.copy(), nowhere, None, np.zeros(flat.image.shape[:2], np.float32))
    inside = (flat.rows > flat.upper + 0.5) & (flat.rows < flat.lower - 0.5)
    if inside.sum() < 12:
        return none
    brightest = float(np.quantile(luma(flat.image[inside]), 0.95))
    # Teeth farther back lie in shade: what is bright is judged among neighbours.
    column_light = smooth_along((luma(flat.image) * inside).max(0), 0.05 * unit)
    likeness = np.asarray(_tooth_likeness(flat.image, look, np.maximum(column_light, 0.5 * brightest)) * inside, np.float32)
    if (likeness > 0.5).sum() < SHOWING * inside.sum() or brightest < 0.6 * brightness(look.lips):
        return none
    edge = _edge_path(flat, likeness, brightest, unit)
    above = inside & (flat.rows < edge)
    near = above & (flat.rows > edge - 0.03 * unit)
    tooth_part = (likeness * near).sum(0) / np.maximum(near.sum(0), 1)
    present = (tooth_part > 0.45) & (above.sum(0) >= max(0.012 * unit, 1.5))
    if present.sum() < 0.12 * len(flat.u):
        return none
    cut = edge > flat.lower - 0.012 * unit
    pixels = flat.image[above & (likeness > 0.5) & present].astype(np.float64)
    light = luma(pixels)
    return ToothRow(present, edge, cut, np.asarray(pixels[light >= np.median(light)].mean(0)), likeness)


def _edge_path(flat: FlatMouth, likeness: F32, brightest: float, unit: float) -> F64:
    """V of the upper cutting edge in every column: the smooth path along which bright tooth most clearly ends, [n].

    Found by dynamic programming. Where no end is in sight the path follows the lower lip, which then hides it.
    """
    reach = max(round(0.010 * unit), 1)
    light = luma(flat.image) / brightest
    window = np.ones((reach, 1)) / reach
    upward = cv2.filter2D(light, -1, window, anchor=(0, reach - 1), borderType=cv2.BORDER_REPLICATE)
    downward = cv2.filter2D(light, -1, window, anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    tooth = cv2.filter2D(likeness.astype(np.float64), -1, window, anchor=(0, reach - 1))
    lower = np.minimum(flat.lower, flat.v[-1] - 1)
    # An end is a fall in brightness, and all above it is tooth; the lip itself counts as a faint one.
    fall = np.where(flat.rows < lower - reach, np.roll(upward, 1, axis=0) - np.roll(downward, -1, axis=0), 0.0)
    at_lip = np.abs(flat.rows - lower) < 1.0
    gain = np.roll(tooth, 1, axis=0) * (np.maximum(fall, 0) + 0.16 * at_lip)
    gain[(flat.rows < flat.upper + 0.010 * unit) | (flat.rows > lower + 1)] = -0.05
    steps = np.arange(-2, 3)
    total, came = gain[:, 0].copy(), np.zeros(gain.shape, np.int64)
    rows = np.arange(len(flat.v))
    for j in range(1, gain.shape[1]):
        sources = np.clip(rows[None] + steps[:, None], 0, len(rows) - 1)
        options = total[sources] - 0.025 * np.abs(steps)[:, None]
        best = np.argmax(options, axis=0)
        came[:, j] = sources[best, rows]
        total = options[best, rows] + gain[:, j]
    path = np.zeros(gain.shape[1], np.int64)
    path[-1] = int(np.argmax(total))
    for j in range(gain.shape[1] - 1, 0, -1):
        path[j - 1] = came[path[j], j]
    return np.minimum(smooth_along(flat.v[path], 0.004 * unit), lower)


def smooth_along(values: F64, sigma: float) -> F64:
    """Values [n] smoothed along the mouth."""
    return np.asarray(cv2.GaussianBlur(values[None], (0, 0), max(sigma, 0.5), borderType=cv2.BORDER_REPLICATE)[0])
