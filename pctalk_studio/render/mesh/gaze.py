"""The eyeball of one eye: what lies behind the lids, completed, and an iris that turns with the gaze.

The white is filled in once where the iris and the lids cover it; the iris is completed to a whole disk; glints of lamps are
taken off both and put back where they were, because a lamp does not move when the eye does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.eye_fill import ColourF32, PlanesF32, blurred, luma_of, planes_of, spread
from pctalk_studio.render.mesh.eye_frame import EyeFrame, PlaneF32, ease, smoothstep

EYEBALL_RADIUS = 0.1
"""Radius of an eyeball over E: 12 mm of 24 against about 90 mm between the outer corners, less what the lids hide."""

SHADE, SHADE_REACH = np.float32(0.28), 0.10
"""How much the upper lid darkens what lies right under it, and how far down over the distance of the eye's corners."""
_LEAST_CONTRAST, _FULL_CONTRAST = 6.0, 16.0


@dataclass(frozen=True, slots=True)
class Iris:
    """A circle fitted to the iris, in the pixels of the eye's window, and how clearly it stands out (grey levels)."""

    x: float
    y: float
    radius: float
    contrast: float


def fit_iris(luma: PlaneF32, frame: EyeFrame, points: npt.NDArray[np.float32]) -> Iris:
    """Find the circle near the iris landmarks across which brightness rises most (after Daugman 1993), lids left out.

    Parameters
    ----------
    luma
        Brightness of the eye's window.
    frame
        The eye.
    points
        [478, 2] float32 pixels.
    """
    ring = points[list(frame.landmarks.iris)].astype(np.float64) - frame.window[:2]
    start = ring[0]
    radius = float(np.hypot(*(ring[1:] - start).T).mean())
    inside = frame.inside()
    # Whatever is brighter than plain white of the eye is a lamp's glint.
    white = np.float32(np.percentile(luma[inside], 75)) if inside.any() else luma.max()
    smooth = blurred(np.minimum(luma, white), 0.06 * radius + 0.3)
    # Upper and lower arcs mostly lie behind lids, so that only the sides vote.
    angles = np.deg2rad(np.concatenate([np.arange(-40, 41, 8), np.arange(140, 221, 8), [50, 60, 120, 130]]))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centres = radius * np.linspace(-0.3, 0.3, 9)
    radii = radius * np.linspace(0.75, 1.25, 11)
    dx, dy, r = (a.ravel() for a in np.meshgrid(centres, centres, radii, indexing="ij"))
    middle = start + dx[:, None] * frame.across + dy[:, None] * frame.down
    band = max(0.12 * radius, 0.8)

    def ring_values(offset: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        at = middle[:, None] + (r + offset)[:, None, None] * (circle[:, :1] * frame.across + circle[:, 1:] * frame.down)
        xs, ys = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
        values = cv2.remap(smooth, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
        edge = [cv2.remap(plane, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for plane in (above, below)]
        return values, (edge[0] > 0.5) & (edge[1] > 0.5)

    above, below = frame.v - frame.upper, frame.lower - frame.v
    outer, seen_outer = ring_values(band)
    inner, seen_inner = ring_values(-band)
    seen = seen_outer & seen_inner
    count = seen.sum(axis=1)
    step = np.where(seen, np.clip(outer - inner, -10, 35), 0)
    rise = step.sum(axis=1) / np.maximum(count, 1)
    # An iris has an edge on both sides; a shadow or a glint makes one only.
    sides = [step[:, part].sum(axis=1) / np.maximum(seen[:, part].sum(axis=1), 3) for part in (slice(0, 11), slice(11, 22))]
    rise = 0.6 * rise + 0.4 * np.minimum(*sides)
    # A landmark is good to about a tenth of the radius; going farther must be earned.
    doubt = 1 - 2.0 * (dx**2 + dy**2) / radius**2 - 1.5 * ((r - radius) / radius) ** 2
    score = np.where(count >= 5, rise * doubt, -np.inf)
    best = int(np.argmax(score))
    if not np.isfinite(score[best]) or rise[best] < _LEAST_CONTRAST:
        return Iris(float(start[0]), float(start[1]), radius, 0.0)
    return Iris(float(middle[best, 0]), float(middle[best, 1]), float(r[best]), float(rise[best]))


@dataclass(frozen=True, slots=True, eq=False)
class Eyeball:
    """Textures of one eyeball over its window.

    Parameters
    ----------
    frame
        The eye.
    iris
        Where the iris is at rest.
    rest
        The eyeball as pictured, completed behind the lids, [3, h, w] float32.
    white
        The same without iris and glints.
    disk
        The iris, colour times coverage and coverage, [h, w, 4] float32.
    glint
        Light to add on top, fixed in place, [3, h, w] float32.
    lit
        What takes the lid's shadow out of the textures, [h, w] float32 factor.
    mobility
        0 where there is no iris to move, 1 where it is plain.
    """

    frame: EyeFrame
    iris: Iris
    rest: PlanesF32
    white: PlanesF32
    disk: npt.NDArray[np.float32]
    glint: PlanesF32
    lit: PlaneF32
    mobility: float

    @classmethod
    def of(cls, picture: ColourF32, frame: EyeFrame, points: npt.NDArray[np.float32]) -> Eyeball:
        """Study one eye.

        Parameters
        ----------
        picture
            The eye's window of the photo.
        frame
            The eye.
        points
            [478, 2] float32 pixels in the photo.
        """
        luma = luma_of(picture)
        iris = fit_iris(luma, frame, points)
        height, width = luma.shape
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        distance = np.hypot(xs - np.float32(iris.x), ys - np.float32(iris.y))
        white = _white(picture, luma, frame, distance / iris.radius)
        clean, glint = _without_glints(picture, luma, frame, distance / iris.radius)
        colour = _whole_iris(clean, frame, iris, distance)
        soft = max(0.16 * iris.radius, 1.2)
        cover = np.clip((iris.radius * 1.03 - distance) / np.float32(soft) + 0.5, 0, 1).astype(np.float32)
        disk = np.dstack([colour * cover[..., None], cover])
        under = under_lid(frame.upper, frame.v, np.float32(SHADE_REACH * frame.width))
        # Behind the lid it is as dark as right under it: what a rising lid uncovers must not shine.
        dim = (1 - SHADE * under) / (1 - 0.25 * SHADE)
        white = white * np.minimum(dim, 1)[..., None]
        complete = white + cover[..., None] * (colour - white)
        seen = np.clip(np.minimum(frame.v - frame.upper, frame.lower - frame.v) / max(0.02 * frame.width, 1.0), 0, 1)
        rest = complete + seen[..., None].astype(np.float32) * (picture - complete)
        # Beside the iris the white is the photo's own; only what the iris covered is filled.
        covered = np.maximum(smoothstep(1.32 - distance / iris.radius, 0.0, 0.14), 1 - seen)
        white = picture - glint + covered[..., None].astype(np.float32) * (white - picture + glint)
        mobility = ease(iris.contrast, _LEAST_CONTRAST, _FULL_CONTRAST)
        lit = np.float32(1) / (1 - SHADE * under)
        return cls(frame, iris, planes_of(rest), planes_of(white), disk, planes_of(glint), lit, mobility)

    def turned(self, shift_x: float, shift_y: float) -> npt.NDArray[np.float32]:
        """The iris gone from its place at rest by some pixels, not by none: colour times coverage and coverage, [h, w, 4]."""
        height, width = self.frame.u.shape
        turn = math.hypot(shift_x, shift_y)
        # A disk on a ball narrows along the way it has gone, by the cosine of the angle.
        narrow = math.sqrt(max(1 - (turn / (2.2 * self.iris.radius)) ** 2, 0.8))
        wider, x, y = 1 / narrow - 1, shift_x / turn, shift_y / turn
        a, b, c = 1 + wider * x * x, wider * x * y, 1 + wider * y * y
        to_x, to_y = self.iris.x + shift_x, self.iris.y + shift_y
        matrix = np.array([[a, b, self.iris.x - a * to_x - b * to_y], [b, c, self.iris.y - b * to_x - c * to_y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        disk = cv2.warpAffine(self.disk, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(disk, np.float32)


def under_lid(edge: PlaneF32, v: PlaneF32, reach: npt.NDArray[np.float32] | np.float32) -> PlaneF32:
    """How deep in the upper lid's shadow each pixel lies, 1 at its edge and behind it.

    Parameters
    ----------
    edge, v
        v of the upper lid's edge at each pixel's u, and of the pixels.
    reach
        How far down the shadow reaches, pixels, a number for each column or one for all.
    """
    return np.asarray(np.exp(np.minimum((edge - v) * (1 / reach), 0)), np.float32)


def _white(picture: ColourF32, luma: PlaneF32, frame: EyeFrame, radius: PlaneF32) -> ColourF32:
    """The white of the eye everywhere, from where it shows."""
    shown = frame.inside(0.02 * frame.width) & (radius > 1.18)
    if shown.sum() >= 6:
        shown &= luma >= np.percentile(luma[shown], 15)
    else:
        inside = frame.inside()
        level = np.percentile(luma[inside], 90) if inside.any() else luma.max()
        shown = inside & (luma >= level)
    white = spread(picture, shown.astype(np.float32), 0.03 * frame.width)
    # Towards the corners the ball is shaded and pink: there it takes after whatever shows.
    near = 1 - smoothstep(np.minimum(frame.u, frame.width - frame.u), 0.05 * frame.width, 0.24 * frame.width)
    corner = spread(picture, (frame.inside(0.01 * frame.width) & (radius > 1.1)).astype(np.float32), 0.03 * frame.width)
    return np.asarray(white + near[..., None] * (corner - white), np.float32)


def _without_glints(picture: ColourF32, luma: PlaneF32, frame: EyeFrame, radius: PlaneF32) -> tuple[ColourF32, ColourF32]:
    """The picture with bright reflections on the iris removed, and those reflections as light to add."""
    on_iris = frame.inside() & (radius < 0.92) & (frame.v < frame.lower - 0.05 * frame.width)
    if on_iris.sum() < 9:
        return picture, np.zeros_like(picture)
    level = np.percentile(luma[on_iris], 60)
    spread_of = np.percentile(luma[on_iris], 60) - np.percentile(luma[on_iris], 10)
    bright = (on_iris & (luma > level + max(1.2 * spread_of, 30.0))).astype(np.uint8)
    if not bright.any():
        return picture, np.zeros_like(picture)
    grown = cv2.dilate(bright, np.ones((3, 3), np.uint8)) * ((radius < 1.0) & frame.inside()).astype(np.uint8)
    bytes_ = np.clip(picture, 0, 255).astype(np.uint8)
    clean = cv2.inpaint(bytes_, grown, max(2.0, 0.04 * frame.width), cv2.INPAINT_TELEA).astype(np.float32)
    clean = np.where(grown[..., None] > 0, clean, picture)
    return clean, np.maximum(picture - clean, 0)


def _whole_iris(clean: ColourF32, frame: EyeFrame, iris: Iris, distance: PlaneF32) -> ColourF32:
    """The iris with the parts behind the lids filled in from its mean colour at each distance from the centre."""
    seen = np.clip(np.minimum(frame.v - frame.upper, frame.lower - frame.v) / max(0.05 * frame.width, 1.5) - 0.5, 0, 1)
    bins = np.minimum(distance / iris.radius * 12, 17)
    low = bins.astype(np.int64)
    sums = np.zeros((19, 4))
    stacked = np.dstack([clean, np.ones_like(distance)]) * (seen + 1e-4)[..., None]
    for part in (0, 1):
        share = (1 - bins + low) if part == 0 else (bins - low)
        np.add.at(sums, low + part, stacked * share[..., None])
    profile = sums[:, :3] / np.maximum(sums[:, 3:], 1e-9)
    # Rings that no seen pixel reaches take the colour of the next ring outwards, or inwards at the rim.
    known = np.flatnonzero(sums[:, 3] > 0.2)
    if len(known):
        profile = np.stack([np.interp(np.arange(19), known, profile[known, c]) for c in range(3)], axis=1)
    mean = profile[low] + (bins - low)[..., None] * (profile[low + 1] - profile[low])
    return np.asarray(mean + seen[..., None] * (clean - mean), np.float32)
