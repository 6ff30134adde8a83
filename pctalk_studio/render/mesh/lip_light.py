"""Light and shadow on moving lips: what the photo shows at their meeting, and what changes as they part, press and stretch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Box, MouthFrame, Points

TOUCHING = 0.03
"""Gap in the photo, E, from which its lips do not touch at all; they touch fully below half of it."""

PARTED = 0.016
"""Gap, E, at which nothing of the seam is left."""

LINE_DEPTH = np.array([0.34, 0.44, 0.42], np.float32)
"""How dark a painted lip line is in R, G, B, where the photo itself has none: least in red, the colour of shadow on lips."""

LINE_WIDTH = 0.007
"""Its half width, E."""

LIT_MARGIN = 0.10
"""How far around the lips their light changes, E."""

MOIST_EDGE = 0.16
"""How much darker the edge of a parted lip is: it turns away from the light."""

CORNER_SHADE = 0.14
"""How much darker the skin at the corners of an open mouth is."""

PRESS_SHADE = 0.14
"""How much darker pressed lips are where they roll in."""

STRETCH_LIGHT = 0.05
"""How much lighter fully stretched lips are."""

SMILE_SHADE = 0.06
"""Depth of the folds that a broad smile adds, as a part of brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class LipSeam:
    """What the photo shows at the meeting of the lips and the two layers do not: the dark line, moist glints, hairs.

    Parameters
    ----------
    residual
        [h, w, 3] float32: photo minus the layers put together as in the photo.
    rest
        [n] float32: v of the line where the layers meet in the photo.
    slack
        [n] float32: how far apart the landmarks of touching lips lie in the photo, pixels; a gap up to this is no opening.
    painted
        [n] float32: 1 where the photo's lips are too far apart to have a seam, so that one must be painted, else 0.
    left, right
        u of the photo's inner corners.
    """

    residual: F32
    rest: F32
    slack: F32
    painted: F32
    left: float
    right: float

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves, upper: U8, lower: U8) -> LipSeam:
        """The seam of a photo, given its layers."""
        rest = ((curves.upper + curves.lower) / 2).astype(np.float32)
        offset = frame.v - rest[frame.column]
        below = np.clip(offset + 0.5, 0, 1)[..., None]
        residual = picture[frame.roi.slices].astype(np.float32) - (upper * (1 - below) + lower * below)
        near = np.clip((0.06 - np.abs(offset) / frame.unit) / 0.02, 0, 1)
        touch = np.clip(2 - 2 * (curves.lower - curves.upper) / (TOUCHING * frame.unit), 0, 1).astype(np.float32)
        inside = (frame.grid > curves.left) & (frame.grid < curves.right)
        open_mouth = float(np.mean(touch[inside])) < 0.5 if inside.any() else False
        slack = np.minimum(curves.lower - curves.upper, TOUCHING * frame.unit) * (touch if open_mouth else 1)
        painted = (1 - touch) if open_mouth else np.zeros_like(touch)
        weight = (near * touch[frame.column])[..., None]
        return cls((residual * weight).astype(np.float32), rest, slack, painted, curves.left, curves.right)

    def laid_on(self, region: U8, frame: MouthFrame, above: F32, below: F32, left: float, right: float) -> None:
        """Put the seam where lips touch, in place.

        Parameters
        ----------
        region
            [h, w, 3] uint8, changed.
        frame
            Of the region.
        above, below
            [n] float32: the lips' inner edges now.
        left, right
            u of the inner corners now.
        """
        near = np.clip(1 - (below - above - self.slack) * (1 / (PARTED * frame.unit)), 0, 1).astype(np.float32)
        middle = (above + below) * np.float32(0.5)
        among = (frame.grid >= left - 0.1 * frame.unit) & (frame.grid <= right + 0.1 * frame.unit)
        touching = np.flatnonzero(among & (near > 0))
        if len(touching) == 0:
            return
        first, last = frame.grid[touching[0]], frame.grid[touching[-1]]
        low, high = middle[touching].min(), middle[touching].max()
        corners = np.array([[first, low], [first, high], [last, low], [last, high]])
        box = frame.box_of(frame.to_picture(corners), 0.065 * frame.unit)
        if box.empty:
            return
        column = frame.column[box.slices]
        # From each column of the mouth now to the same column in the photo, along the lips and across them.
        stretch = (self.right - self.left) / max(right - left, 1.0)
        rest_u = (frame.grid - left) * stretch + self.left
        away = np.stack([rest_u - frame.grid, np.interp(rest_u, frame.grid, self.rest) - middle], -1) @ frame.axes
        to_x, to_y = away.T.astype(np.float32)
        map_x, map_y = to_x[column], to_y[column]
        map_x += np.arange(box.x0, box.x1, dtype=np.float32)
        map_y += np.arange(box.y0, box.y1, dtype=np.float32)[:, None]
        seam = cv2.remap(self.residual, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        weight = near[column]
        # OpenCV multiplies colours by a factor for each pixel in a fraction of numpy's time.
        seam = cv2.multiply(seam, cv2.merge([weight] * 3))
        if not self.painted.any():
            region[box.slices] = cv2.add(region[box.slices], seam, dtype=cv2.CV_8U)
            return
        offset = frame.v[box.slices] - middle[column]
        line = np.exp(-((offset * (1 / max(LINE_WIDTH * frame.unit, 0.7))) ** 2)) * (weight * self.painted[column])
        line *= (frame.u[box.slices] >= left) & (frame.u[box.slices] <= right)
        part = cv2.multiply(
            cv2.add(region[box.slices], seam, dtype=cv2.CV_32F), cv2.merge([1 - line * depth for depth in LINE_DEPTH])
        )
        region[box.slices] = cv2.add(part, 0, dtype=cv2.CV_8U)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True, eq=False)
class LipLight:
    """Light on the moving mouth.

    Parameters
    ----------
    seam
        What the photo shows where the lips meet.
    smile
        [h, w] float32: change of brightness, as a part, that a broad smile brings: folds beside the mouth, cheeks above them.
    closed
        1 when the photo's lips touch, 0 when it was taken with an open mouth, whose lips show their moist edges already.
    """

    seam: LipSeam
    smile: F32
    closed: float

    @classmethod
    def of(cls, rig: FaceRig, frame: MouthFrame, seam: LipSeam) -> LipLight:
        """Prepare a face."""
        closed = 1.0 - float(np.mean(seam.painted[(frame.grid > seam.left) & (frame.grid < seam.right)] > 0.5))
        # A photo that smiles has its folds already.
        left = max(0.0, 1 - rig.mouth_gap / 0.08) if closed < 0.5 else 1.0
        return cls(seam, _smile_folds(rig, frame) * np.float32(left), closed)

    def applied(self, region: U8, frame: MouthFrame, lips: tuple[Points, Points], channels: tuple[float, float, float]) -> U8:
        """A composed region [h, w, 3] with its light put right, for press, smile and stretch.

        See :meth:`pctalk_studio.render.mesh.mouth.MouthLayers.shade`.
        """
        press, smile, stretch = channels
        ends = frame.to_mouth(np.asarray([lips[0][0], lips[0][-1]]))
        above, below = frame.table(lips[0]), frame.table(lips[1])
        below = np.maximum(above, below)
        if smile > 0:
            gain = 1 + self.smile * np.float32(min(smile, 1.0))
            shaded = np.asarray(cv2.multiply(region, cv2.merge([gain, gain, gain]), dtype=cv2.CV_8U), np.uint8)
        else:
            shaded = region.copy()
        box = frame.box_of(np.concatenate([lips[0], lips[1]]).astype(np.float64), LIT_MARGIN * frame.unit)
        if not box.empty:
            gain = self._gain(frame, box, above, below, ends, press, stretch)
            shaded[box.slices] = cv2.multiply(shaded[box.slices], cv2.merge([gain, gain, gain]), dtype=cv2.CV_8U)
        self.seam.laid_on(shaded, frame, above, below, float(ends[0, 0]), float(ends[1, 0]))
        return shaded

    def _gain(self, frame: MouthFrame, box: Box, above: F32, below: F32, ends: F64, press: float, stretch: float) -> F32:
        """Brightness of lips and corners in a box, [h, w] float32."""
        per_unit = np.float32(1 / frame.unit)
        column, v = frame.column[box.slices], frame.v[box.slices]
        parted = np.maximum(below - above - self.seam.slack, 0) * per_unit
        openness = np.clip(parted * np.float32(1 / 0.03), 0, 1).astype(np.float32)
        outside = np.maximum(above[column] - v, v - below[column]) * per_unit
        # Beyond a corner there is no lip line any more; light there falls off with the distance from the corner.
        u = frame.u[box.slices]
        beside = np.maximum(np.maximum(np.float32(ends[0, 0]) - u, u - np.float32(ends[1, 0])), 0) * per_unit
        outside = cv2.magnitude(np.maximum(outside, 0), beside)
        on_lip = (outside > 0).astype(np.float32)
        gain = np.ones_like(v)
        if self.closed > 0 and openness.any():
            near = np.exp(outside * np.float32(-1 / 0.014))
            gain -= np.float32(MOIST_EDGE * self.closed) * near * openness[column] * on_lip
        rolled = np.float32(STRETCH_LIGHT * min(max(stretch, -1.0), 1.0) - PRESS_SHADE * press)
        if rolled != 0:
            # Gone before the box ends, so that the box does not show.
            gain *= 1 + rolled * np.exp(outside * np.float32(-1 / 0.045)) * np.clip((LIT_MARGIN - outside) * 25, 0, 1)
        most_open = float(parted.max())
        dark = np.float32(CORNER_SHADE * self.closed * min(most_open / 0.08, 1.0))
        if dark > 0:
            on_lip *= dark
            for corner_u, corner_v in ends:
                far = np.square(u - np.float32(corner_u))
                far += np.square(v - np.float32(corner_v))
                far *= np.float32(-1 / (0.035 * frame.unit) ** 2)
                gain *= 1 - np.exp(far, out=far) * on_lip
        return np.asarray(gain, np.float32)


def _smile_folds(rig: FaceRig, frame: MouthFrame) -> F32:
    """Change of brightness in a broad smile: darker along the folds from nose to mouth and beside its corners, lighter above."""
    height, width = frame.u.shape
    # All of it is smooth, so that a sixteenth of the pixels is enough.
    size = (max(width // 4, 2), max(height // 4, 2))
    u, v = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) / np.float32(frame.unit) for plane in (frame.u, frame.v))
    change = np.zeros(u.shape, np.float32)

    def squared(place: F64) -> F32:
        return np.asarray((u - np.float32(place[0])) ** 2 + (v - np.float32(place[1])) ** 2, np.float32)

    for ring, corner, outwards in (((129, 203, 206, 216, 212), 61, -1.0), ((358, 423, 426, 436, 432), 291, 1.0)):
        path = frame.to_mouth(rig.landmarks[list(ring), :2].astype(np.float64)) / frame.unit
        away, bulge = np.full(u.shape, np.inf, np.float32), np.full(u.shape, np.inf, np.float32)
        for along in np.linspace(0, 1, 25):
            place = np.array([np.interp(4 * along, np.arange(5), path[:, axis]) for axis in (0, 1)])
            fade = np.float32(4 * (2 * along - 1) ** 4)  # the fold runs out at both ends
            away = np.minimum(away, squared(place) / np.float32(0.035**2) + fade)
            bulge = np.minimum(bulge, squared(place + np.array([outwards * 0.09, -0.02])) / np.float32(0.07**2) + fade)
        dimple = frame.to_mouth(rig.landmarks[corner, :2].astype(np.float64)) / frame.unit + (outwards * 0.035, 0)
        dent = squared(dimple) / np.float32(0.03**2)
        change += np.float32(SMILE_SHADE) * (0.5 * np.exp(-bulge) - np.exp(-away) - 0.7 * np.exp(-dent))
    large = cv2.resize(change, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large, -0.08, 0.05), np.float32)
