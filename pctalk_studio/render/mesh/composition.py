"""Putting the mouth together: interior behind, lower lip, upper lip, joined to the skin around."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import MOUTH_CHANNELS
from pctalk_studio.core.topology import INNER_LIP_LOWER, INNER_LIP_UPPER
from pctalk_studio.render.mesh.fields import Box
from pctalk_studio.render.mesh.handles import HandleDriver
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.sheets import FaceSheets
from pctalk_studio.render.mesh.warp import Texture, Window

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

CURVE_POINTS = 61
"""Points of a drawn lip line."""

FEATHER = 0.008
"""Softness of the line where the lips meet, E (standard deviation)."""

UNPARTED, PARTED = 0.002, 0.014
"""Change of the gap of the lips, E, up to which the photo's own mouth is shown and from which on the layers are."""

RIM_SHARE, RIM_REACH = 0.4, 0.05
"""The latter for the rims of lips that were photographed apart, as a part of their gap, and at most, E: the photo shows how lips
and teeth meet, and the layers' rims are made up."""

CHANNEL_PARTED = np.array([0.3, 0.3, 0.15], np.float32)
"""The same for press, tuck and tongue."""

LIGHT_REACH = 0.13
"""How far from the lips' line anything of the mouth but the folds of a smile changes light or shape of the skin, E."""

SMILE = 0.05
"""Way of a corner of the mouth in a broad smile, E."""

_SUBPIXEL_BITS = 5
_CHIN = MESH.index("chin")
_CORNER_RIGHT, _CORNER_LEFT = MESH.index("lip_corner_right"), MESH.index("lip_corner_left")


def spline_matrix(knots: int, count: int) -> F32:
    """Matrix [count, knots] that turns knots into points of the Catmull-Rom spline through them."""
    t = np.linspace(0, knots - 1, count)
    index = np.minimum(t.astype(int), knots - 2)
    f = t - index
    basis = np.stack([-f + 2 * f**2 - f**3, 2 - 5 * f**2 + 3 * f**3, f + 4 * f**2 - 3 * f**3, -(f**2) + f**3], 1) / 2
    matrix = np.zeros((count, knots))
    for offset in range(4):
        position = index + offset - 1
        # Beyond the ends the spline goes straight on: p[-1] = 2 p[0] - p[1].
        for row, (place, value) in enumerate(zip(position, basis[:, offset], strict=True)):
            if place < 0:
                matrix[row, 0] += 2 * value
                matrix[row, 1] -= value
            elif place >= knots:
                matrix[row, -1] += 2 * value
                matrix[row, -2] -= value
            else:
                matrix[row, place] += value
    return matrix.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class MouthStage:
    """Draws the region of the mouth of one face.

    Parameters
    ----------
    layers
        Textures of the lips and the inside of the mouth.
    sheets, driver
        Weight maps and lip lines of the face.
    upper, lower
        The lips' textures for sampling.
    window
        The region, with the upper and the lower sheet's grid.
    rest_upper, rest_lower
        [11, 2] float32 pixels: the landmarks of the inner lips.
    spline
        [61, 11] float32: from landmarks of a lip to points of its drawn line.
    border, outside
        [h, w] float32: 1 inside the region, 0 at its border, smooth between; and one minus that.
    unit
        Pixels per E.
    rim_reach
        Change of the lips' gap, E, from which their rims come from the layers alone.
    """

    layers: MouthLayers
    sheets: FaceSheets
    driver: HandleDriver
    upper: Texture
    lower: Texture
    window: Window
    rest_upper: F32
    rest_lower: F32
    spline: F32
    border: F32
    outside: F32
    unit: float
    rim_reach: float

    @classmethod
    def of(cls, rig: FaceRig, layers: MouthLayers, sheets: FaceSheets, driver: HandleDriver) -> MouthStage:
        """Prepare the textures and the region of a face."""
        (x, y), (width, height) = layers.origin, layers.size
        window = Window.of(sheets.upper.grid, rig.picture_size, (x, y), (x, y, x + width, y + height))
        marks = rig.landmarks[:, :2]
        border = _border((window.y1 - window.y0, window.x1 - window.x0), 0.08 * rig.scale)
        return cls(
            layers,
            sheets,
            driver,
            Texture.of(layers.upper_texture),
            Texture.of(layers.lower_texture),
            window,
            marks[list(INNER_LIP_UPPER)],
            marks[list(INNER_LIP_LOWER)],
            spline_matrix(len(INNER_LIP_UPPER), CURVE_POINTS),
            border,
            1 - border,
            rig.scale,
            min(RIM_SHARE * float(driver.gaps.max()), RIM_REACH),
        )

    def lines(self, handles: F32) -> tuple[F32, F32]:
        """Inner edges of both lips for handle displacements [57, 2] in pixels, [61, 2] float32 pixels each."""
        moved = self.driver.weights @ handles
        return self.spline @ (self.rest_upper + moved[:11]), self.spline @ (self.rest_lower + moved[11:])

    def draw(self, canvas: U8, fields: tuple[F32, F32], seen: F32, mouth: F32) -> None:
        """Draw the mouth region over the canvas, in place.

        Parameters
        ----------
        canvas
            [H, W, 3] uint8, the skin already moved.
        fields
            Forward fields of the upper and the lower sheet.
        seen
            [57, 2] pixels: handle displacements that the visible edges follow.
        mouth
            [4] the row's mouth channels.
        """
        upper_line, lower_line = self.lines(seen)
        part, rims = self._shares(seen, mouth)
        region, under = self._lips(fields, upper_line, lower_line), canvas[self.window.slices]
        if rims < 1:
            region = np.asarray(cv2.addWeighted(region, rims, under, 1 - rims, 0), np.uint8)
        channels = dict(zip(MOUTH_CHANNELS, mouth.tolist(), strict=True))
        jaw = (float(seen[_CHIN, 0]), float(seen[_CHIN, 1]))
        patch = self.layers.interior(upper_line, lower_line, jaw, channels["tuck"], channels["tongue"])
        if patch is not None:
            y, x = patch.y - self.window.y0, patch.x - self.window.x0
            behind = region[y : y + patch.rgb.shape[0], x : x + patch.rgb.shape[1]]
            cover = patch.cover.astype(np.float32) * np.float32(1 / 255)
            behind[:] = cv2.blendLinear(patch.rgb, behind.copy(), cover, 1 - cover)
        region = self.layers.shade(region, upper_line, lower_line, channels["press"], *self._expression(seen))
        if part == 1:
            under[:] = cv2.blendLinear(region, under.copy(), self.border, self.outside)
        else:
            share = self.border * np.float32(part)
            under[:] = cv2.blendLinear(region, under.copy(), share, 1 - share)

    def apart(self, seen: F32, mouth: F32) -> float:
        """How much the mouth must be put together from layers, 0 to 1, for handles [57, 2] in pixels and mouth channels.

        Lips that stay together, or as far apart as in the photo, are best shown by the photo itself, moved as one skin; so
        nothing jumps when the mouth starts to move.
        """
        return self._shares(seen, mouth)[0]

    def _shares(self, seen: F32, mouth: F32) -> tuple[float, float]:
        """How much the mouth and, among what is put together, the lips' rims must come from layers, 0 to 1 each."""
        moved = self.driver.weights @ (seen @ self.layers.frame.axes[1].astype(np.float32))
        change = float(np.abs(moved[11:] - moved[:11]).max()) / self.unit
        asked = max((mouth[1:] / CHANNEL_PARTED).tolist())
        whole = max((change - UNPARTED) / (PARTED - UNPARTED), asked)
        rims = max((change - UNPARTED) / max(self.rim_reach - UNPARTED, PARTED - UNPARTED), asked)
        return _smooth(whole), _smooth(rims)

    def changed(self, seen: F32) -> Box:
        """Where the drawn mouth differs from the photo moved as one skin, for handles [57, 2] in pixels."""
        if self._expression(seen)[0] > 0:
            return self.window.box  # the folds of a smile
        lines = np.vstack(self.lines(seen))
        margin = LIGHT_REACH * self.unit
        (x0, y0), (x1, y1) = np.floor(lines.min(0) - margin).astype(int), np.ceil(lines.max(0) + margin).astype(int) + 1
        return self.window.within((int(x0), int(y0), int(x1), int(y1))).box

    def _expression(self, seen: F32) -> tuple[float, float]:
        """How far the corners have gone up and apart, as parts of a broad smile's."""
        apart = (seen[_CORNER_LEFT] - seen[_CORNER_RIGHT]) @ self.layers.frame.axes[0]
        raised = -(seen[_CORNER_LEFT] + seen[_CORNER_RIGHT]) @ self.layers.frame.axes[1]
        smile, stretch = raised / (2 * SMILE * self.unit), apart / (2 * SMILE * self.unit)
        return float(np.clip(smile, -1, 1)), float(np.clip(stretch, -1, 1))

    def _lips(self, fields: tuple[F32, F32], upper_line: F32, lower_line: F32) -> U8:
        """Both lip layers joined along the line between them, [h, w, 3] uint8."""
        upper, lower = (
            texture.sample(self.window.doubled_map(sheet.backward(field), smooth=False))
            for sheet, texture, field in ((self.sheets.upper, self.upper, fields[0]), (self.sheets.lower, self.lower, fields[1]))
        )
        matte = self._matte((upper_line + lower_line) / 2)
        return np.asarray(cv2.blendLinear(upper, lower, matte, 1 - matte), np.uint8)

    def _matte(self, line: F32) -> F32:
        """1 above a line from corner to corner and its straight continuation, 0 below, soft between; [h, w] float32."""
        height, width = self.border.shape
        far = 2.0 * (width + height)
        axis = self.layers.frame.axes.astype(np.float32)
        path = np.vstack([line[:1] - far * axis[0], line, line[-1:] + far * axis[0]])
        closed = np.vstack([path, path[-1:] - far * axis[1], path[:1] - far * axis[1]])
        closed = (closed - (self.window.x0, self.window.y0)) * (1 << _SUBPIXEL_BITS)
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.rint(closed).astype(np.int32)], (255,), cv2.LINE_AA, _SUBPIXEL_BITS)
        soft = cv2.GaussianBlur(mask, (0, 0), max(FEATHER * self.unit, 0.5))
        return soft.astype(np.float32) * np.float32(1 / 255)


def _smooth(x: float) -> float:
    t = min(max(x, 0.0), 1.0)
    return float(t * t * (3 - 2 * t))


def _border(shape: tuple[int, int], width: float) -> F32:
    """1 inside a region, falling smoothly to 0 at its border, [h, w] float32."""

    def ramp(n: int) -> F32:
        place = np.arange(n)
        part = np.clip(np.minimum(place, n - 1 - place) / max(width, 1.0), 0, 1)
        return (part * part * (3 - 2 * part)).astype(np.float32)

    return np.asarray(ramp(shape[0])[:, None] * ramp(shape[1])[None, :], np.float32)
