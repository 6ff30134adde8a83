"""Putting the mouth together: interior behind, lower lip, upper lip, joined to the skin around."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import MOUTH_CHANNELS
from pctalk_studio.core.topology import INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_UPPER
from pctalk_studio.render.mesh.fields import Box, WeightMap
from pctalk_studio.render.mesh.handles import HandleDriver
from pctalk_studio.render.mesh.moustache import hides_lips
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.sheets import FaceSheets
from pctalk_studio.render.mesh.warp import AnyTexture, PlainTexture, Texture, Window

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

HAIR_REACH = 0.10
"""And for lips under hair, of which layers know little."""

CHANNEL_PARTED = np.array([0.3, 0.3, 0.15], np.float32)
"""The same for press, tuck and tongue."""

LIGHT_REACH = 0.13
"""How far from the lips' line anything of the mouth but the folds of a smile changes light or shape of the skin, E."""

SOFT_EDGE = 0.03
"""At the end of that reach the drawn mouth gives way to the skin over this distance, E."""

SMILE = 0.05
"""Way of a corner of the mouth in a broad smile, E."""

_SPARE_NODES = 3
"""Rows of nodes beyond those whose skin is drawn: enlarging looks at two."""

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
class MouthShape:
    """What a mouth looks like in one frame, as far as its edges tell.

    Parameters
    ----------
    upper, lower
        [61, 2] float32 pixels: inner edges of the lips.
    corners
        [2, 2] float32 pixels: outer corners, between which and the inner ones the lips never part.
    part, rims
        How much the mouth and, among what is put together, the lips' rims must come from layers, above 0 to 1.
    smile, stretch
        How far the corners have gone up and apart, as parts of a broad smile's, -1 to 1.
    jaw
        Displacement of the jaw, (right, down) pixels.
    channels
        [4] the row's mouth channels.
    box
        Where the drawn mouth differs from the photo moved as one skin.
    """

    upper: F32
    lower: F32
    corners: F32
    part: float
    rims: float
    smile: float
    stretch: float
    jaw: tuple[float, float]
    channels: F32
    box: Box


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
    rest
        [122, 2] float32 pixels: the lines of the inner lips as drawn, the upper one's first.
    rest_corners
        [2, 2] float32 pixels: the outer corners.
    follow
        [122, 57] float32: how their points follow the handles.
    axes
        [2, 2] float32: the mouth frame's axes.
    border
        [h, w] float32: 1 inside the region, 0 at its border, smooth between.
    unit
        Pixels per E.
    rim_reach
        Change of the lips' gap, E, from which their rims come from the layers alone.
    always
        An open mouth comes from the layers however little it is changed: between two frames of a movie nothing may flicker.
    """

    layers: MouthLayers
    sheets: FaceSheets
    driver: HandleDriver
    upper: AnyTexture
    lower: AnyTexture
    window: Window
    rest: F32
    rest_corners: F32
    follow: F32
    axes: F32
    border: F32
    unit: float
    rim_reach: float
    always: bool = False

    @classmethod
    def of(
        cls, rig: FaceRig, layers: MouthLayers, sheets: FaceSheets, driver: HandleDriver, *, moment: bool = False
    ) -> MouthStage:
        """Prepare the textures and the region of a face, for good or for one moment of a movie."""
        sampled: type[AnyTexture] = PlainTexture if moment else Texture
        (x, y), (width, height) = layers.origin, layers.size
        window = Window.of(sheets.upper.grid, rig.picture_size, (x, y), (x, y, x + width, y + height))
        marks = rig.landmarks[:, :2]
        border = np.outer(*(_ramp(n, 0.08 * rig.scale) for n in (window.y1 - window.y0, window.x1 - window.x0)))
        spline = spline_matrix(len(INNER_LIP_UPPER), CURVE_POINTS)
        count = len(INNER_LIP_UPPER)
        return cls(
            layers,
            sheets,
            driver,
            sampled.of(layers.upper_texture),
            sampled.of(layers.lower_texture),
            window,
            np.vstack([spline @ marks[list(ring)] for ring in (INNER_LIP_UPPER, INNER_LIP_LOWER)]),
            marks[[OUTER_LIP_UPPER[0], OUTER_LIP_UPPER[-1]]],
            np.vstack([spline @ driver.weights[:count], spline @ driver.weights[count:]]),
            layers.frame.axes.astype(np.float32),
            border,
            rig.scale,
            HAIR_REACH if hides_lips(rig) else min(RIM_SHARE * float(driver.gaps.max()), RIM_REACH),
            moment and float(driver.gaps.max()) > 0,
        )

    def lines(self, handles: F32) -> tuple[F32, F32]:
        """Inner edges of both lips for handle displacements [57, 2] in pixels, [61, 2] float32 pixels each."""
        both = self.rest + self.follow @ handles
        return both[:CURVE_POINTS], both[CURVE_POINTS:]

    def shape(self, seen: F32, channels: F32) -> MouthShape | None:
        """The mouth for handle displacements that the visible edges follow and for mouth channels.

        Parameters
        ----------
        seen
            [57, 2] pixels.
        channels
            [4] the row's mouth channels.

        Returns
        -------
        MouthShape | None
            None where nothing has to be put together.
        """
        part, rims = self._shares(seen, channels)
        if part == 0:
            return None
        upper, lower = self.lines(seen)
        smile, stretch = self._expression(seen)
        jaw = float(seen[_CHIN, 0]), float(seen[_CHIN, 1])
        box = self.window.box if smile > 0 else self._near(upper, lower)  # the folds of a smile
        corners = self.rest_corners + (upper - self.rest[:CURVE_POINTS])[[0, -1]]
        return MouthShape(upper, lower, corners, part, rims, smile, stretch, jaw, channels, box)

    def sheets_for(self, shape: MouthShape) -> tuple[WeightMap, WeightMap]:
        """What of the upper and the lower sheet is needed to draw a mouth."""
        grid, margin = self.window.grid, LIGHT_REACH * self.unit
        # Skin that comes into the box comes from nearer to the lips at rest than the box reaches.
        top = min(shape.box[1], float(self.rest[:, 1].min()) - margin)
        bottom = max(shape.box[3], float(self.rest[:, 1].max()) + margin)
        rows = int((top - grid.y0) // grid.step) - _SPARE_NODES, int((bottom - grid.y0) // grid.step) + 1 + _SPARE_NODES
        return self.sheets.upper.rows(*rows), self.sheets.lower.rows(*rows)

    def draw(self, canvas: U8, fields: tuple[tuple[WeightMap, F32], ...], shape: MouthShape) -> None:
        """Draw a mouth over the canvas, in place, within the shape's box.

        Parameters
        ----------
        canvas
            [H, W, 3] uint8, the skin already moved.
        fields
            The upper and the lower sheet as :meth:`sheets_for` gives them, with their forward fields.
        shape
            The mouth.
        """
        window = self.window.within(shape.box)
        if window.empty:
            return
        inside = window.slices_in(self.window)
        region = canvas[self.window.slices].copy()
        lips = self._lips(window, fields, shape)
        region[inside] = lips if shape.rims == 1 else cv2.addWeighted(lips, shape.rims, region[inside], 1 - shape.rims, 0)
        channels = dict(zip(MOUTH_CHANNELS, shape.channels.tolist(), strict=True))
        patch = self.layers.interior(shape.upper, shape.lower, shape.jaw, channels["tuck"], channels["tongue"])
        if patch is not None:
            y, x = patch.y - self.window.y0, patch.x - self.window.x0
            behind = region[y : y + patch.rgb.shape[0], x : x + patch.rgb.shape[1]]
            cover = patch.cover.astype(np.float32) * np.float32(1 / 255)
            behind[:] = cv2.blendLinear(patch.rgb, behind.copy(), cover, 1 - cover)
        region = self.layers.shade(region, shape.upper, shape.lower, channels["press"], shape.smile, shape.stretch)
        under = canvas[window.slices]
        height, width = under.shape[:2]
        soft = SOFT_EDGE * self.unit
        share = self.border[inside] * np.outer(_ramp(height, soft), _ramp(width, soft) * np.float32(shape.part))
        under[:] = cv2.blendLinear(region[inside], under.copy(), share, 1 - share)

    def _shares(self, seen: F32, channels: F32) -> tuple[float, float]:
        """How much the mouth and, among what is put together, the lips' rims must come from layers, 0 to 1 each.

        Lips that stay together, or as far apart as in the photo, are best shown by the photo itself, moved as one skin; so
        nothing jumps when the mouth starts to move.
        """
        if self.always:
            return 1.0, 1.0
        moved = self.driver.weights @ (seen @ self.axes[1])
        change = float(np.abs(moved[11:] - moved[:11]).max()) / self.unit
        press, tuck, tongue = (channels[1:] / CHANNEL_PARTED).tolist()
        whole = max((change - UNPARTED) / (PARTED - UNPARTED), press, tuck, tongue)
        # A tongue moves no lip.
        rims = max((change - UNPARTED) / max(self.rim_reach - UNPARTED, PARTED - UNPARTED), press, tuck)
        return _smooth(whole), _smooth(rims)

    def _near(self, upper: F32, lower: F32) -> Box:
        """The part of the region that lies near the lips' edges."""
        low, high = np.minimum(upper.min(0), lower.min(0)), np.maximum(upper.max(0), lower.max(0))
        (x0, y0), (x1, y1), margin = low.tolist(), high.tolist(), LIGHT_REACH * self.unit
        box = math.floor(x0 - margin), math.floor(y0 - margin), math.ceil(x1 + margin) + 1, math.ceil(y1 + margin) + 1
        return self.window.within(box).box

    def _expression(self, seen: F32) -> tuple[float, float]:
        """How far the corners have gone up and apart, as parts of a broad smile's."""
        apart = float((seen[_CORNER_LEFT] - seen[_CORNER_RIGHT]) @ self.axes[0])
        raised = -float((seen[_CORNER_LEFT] + seen[_CORNER_RIGHT]) @ self.axes[1])
        broad = 2 * SMILE * self.unit
        return min(max(raised / broad, -1.0), 1.0), min(max(apart / broad, -1.0), 1.0)

    def _lips(self, window: Window, fields: tuple[tuple[WeightMap, F32], ...], shape: MouthShape) -> U8:
        """Both lip layers joined along the line between them, in a window of the region; [h, w, 3] uint8."""
        upper, lower = (
            texture.look_up(*window.over(sheet.grid).look_up(sheet.backward(field), smooth=False))
            for texture, (sheet, field) in zip((self.upper, self.lower), fields, strict=True)
        )
        line = (shape.upper + shape.lower) / 2
        matte = self._matte(window, np.vstack([shape.corners[:1], line, shape.corners[1:]]))
        return np.asarray(cv2.blendLinear(upper, lower, matte, 1 - matte), np.uint8)

    def _matte(self, window: Window, line: F32) -> F32:
        """1 above a line from corner to corner and its level continuation, 0 below, soft between; [h, w] float32."""
        frame, inside = self.layers.frame, window.slices_in(self.window)
        above = frame.table(line)[frame.column[inside]]
        above -= frame.v[inside]
        # A straight ramp, as steep as a Gaussian's own is in its middle.
        above *= np.float32(1 / (math.sqrt(2 * math.pi) * max(FEATHER * self.unit, 0.5)))
        above += np.float32(0.5)
        return np.asarray(np.clip(above, 0, 1, out=above), np.float32)


def _smooth(x: float) -> float:
    t = min(max(x, 0.0), 1.0)
    return float(t * t * (3 - 2 * t))


def _ramp(count: int, width: float) -> F32:
    """1 inside a row of pixels, falling smoothly to 0 at both ends, [count] float32."""
    place = np.arange(count, dtype=np.float32)
    part = np.minimum(np.minimum(place, place[::-1]) * np.float32(1 / max(width, 1.0)), 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)
