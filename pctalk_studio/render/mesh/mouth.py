"""The mouth of one face in layers: two lips that slide, and behind them teeth, gums, tongue and darkness.

Everything is drawn in the *unposed picture*, the photo with its own head pose, where the skull stands still: upper teeth never
move there, lower teeth move with the jaw. Head motion is applied afterwards to the finished picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.mesh.lip_light import LipSeam
from pctalk_studio.render.mesh.lips import LipCurves, lip_layers
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Box, MouthFrame, Points
from pctalk_studio.render.mesh.mouth_look import MouthLook
from pctalk_studio.render.mesh.own_teeth import OwnTeeth
from pctalk_studio.render.mesh.teeth import LOWER_ARCH, UPPER_ARCH, draw_teeth
from pctalk_studio.render.mesh.tongue import paint_tongue, tongue_colour, tongue_pose

OVERBITE = 0.022
"""How far the upper teeth overlap the lower ones in a closed bite, E."""

SHOWN_AT_REST = 0.030
"""How far the upper teeth reach below the line of the closed lips, E."""

HAIR = 0.008
"""Lips part over this much of a gap, E: from the photo's own line between them to an opening that is in full view."""

GRAIN_SEED = 20_011
"""The grain stands still, frame after frame."""


@dataclass(frozen=True, slots=True, eq=False)
class InteriorPatch:
    """What shows between the lips.

    Parameters
    ----------
    x, y
        Top left corner, picture pixels.
    rgb
        [h, w, 3] uint8.
    cover
        [h, w] uint8: 0 where a lip hides the interior, 255 where it is in full view, between on the lips' edges.
    """

    x: int
    y: int
    rgb: U8
    cover: U8


@dataclass(frozen=True, slots=True, eq=False)
class MouthLayers:
    """Everything that drawing the mouth needs, studied once per source.

    Parameters
    ----------
    origin
        (x, y) of the region's top left corner, picture pixels.
    size
        (width, height) of the region.
    upper_texture, lower_texture
        [h, w, 3] uint8: the region as the upper and the lower layer show it.
    frame, look
        The mouth's plane and the photo's appearance.
    """

    origin: tuple[int, int]
    size: tuple[int, int]
    upper_texture: U8
    lower_texture: U8
    frame: MouthFrame
    look: MouthLook
    _curves: LipCurves
    _seam: LipSeam
    _upper_teeth: npt.NDArray[np.uint8]
    _lower_teeth: npt.NDArray[np.uint8]
    _upper_edge: float
    _lower_edge: float
    _own: OwnTeeth | None
    _grain: F32
    _light: F32

    @classmethod
    def of(cls, picture: U8, rig: FaceRig) -> MouthLayers:
        """Study a picture.

        Parameters
        ----------
        picture
            [H, W, 3] uint8 RGB.
        rig
            The face in it, in this picture's pixels.
        """
        frame = MouthFrame.of(rig)
        look = MouthLook.of(picture, rig)
        curves = LipCurves.of(rig, frame)
        upper, lower = lip_layers(picture, frame, curves)
        own = OwnTeeth.of(picture, frame, curves, look)
        middle = int(np.argmin(np.abs(frame.grid)))
        upper_edge = float(curves.upper[middle]) + SHOWN_AT_REST * rig.scale
        if own is not None:
            upper_edge, look = own.edge, own.recoloured(look)
        # A mouth photographed open has its jaw down already.
        dropped = max(0.0, float(curves.lower[middle]) - upper_edge) if own is not None else 0.6 * rig.mouth_gap * rig.scale
        lower_edge = upper_edge - OVERBITE * rig.scale + dropped
        upper_teeth = draw_teeth(UPPER_ARCH, rig, frame, look, upper_edge).rgba
        lower_teeth = draw_teeth(LOWER_ARCH, rig, frame, look, lower_edge).rgba
        light = 1 + look.light * frame.u / max(0.5 * rig.mouth_width * rig.scale, 1.0)
        return cls(
            origin=(frame.roi.x0, frame.roi.y0),
            size=(frame.roi.x1 - frame.roi.x0, frame.roi.y1 - frame.roi.y0),
            upper_texture=upper,
            lower_texture=lower,
            frame=frame,
            look=look,
            _curves=curves,
            _seam=LipSeam.of(picture, frame, curves, upper, lower),
            _upper_teeth=own.over(upper_teeth) if own is not None else upper_teeth,
            _lower_teeth=lower_teeth,
            _upper_edge=upper_edge,
            _lower_edge=lower_edge,
            _own=own,
            _grain=_grain(frame.u.shape, look),
            _light=np.clip(light, 0.7, 1.3).astype(np.float32),
        )

    def interior(
        self,
        upper: Points,
        lower: Points,
        jaw: tuple[float, float] = (0.0, 0.0),
        tuck: float = 0.0,
        tongue: float = 0.0,
    ) -> InteriorPatch | None:
        """Paint what shows between the lips.

        Parameters
        ----------
        upper, lower
            [N, 2] inner edges of the lips, picture pixels, unposed, from the corner on the picture's left to the other.
        jaw
            Displacement of the jaw from where the photo has it, (right, down) pixels.
        tuck, tongue
            Channels of :data:`pctalk_studio.core.motion.MOUTH_CHANNELS`.

        Returns
        -------
        The patch, or None where the lips leave no opening.
        """
        frame, unit = self.frame, self.frame.unit
        above, below = frame.table(upper), frame.table(lower)
        gap = below - above
        parted = gap - self._seam.slack
        if not np.isfinite(gap).all() or float(parted.max()) <= 0.05:
            return None
        box = frame.box_of(np.concatenate([upper, lower]).astype(np.float64), 1.5)
        if box.empty:
            return None
        column = frame.column[box.slices]
        v = frame.v[box.slices]
        under_upper = v - above[column]
        over_lower = below[column] - v
        cover = np.clip(np.minimum(under_upper, over_lower) + 0.5, 0, 1) * np.clip(parted * (1 / (HAIR * unit)), 0, 1)[column]
        if not cover.any():
            return None
        planes = self._cavity(under_upper, over_lower, unit)
        self._lay_lower(planes, box, jaw, tongue)
        _lay(planes, self._upper_teeth[box.slices], 1.0)
        planes *= self._occlusion(under_upper, over_lower, gap[column], tuck) * self._light[box.slices]
        planes += self._grain[box.slices]
        np.clip(planes, 0, 255, out=planes)
        rgb = np.rint(planes.transpose(1, 2, 0)).astype(np.uint8)
        if self._own is not None:
            rgb = self._own.unmoved(rgb, box, gap, jaw, tongue)
        return InteriorPatch(frame.roi.x0 + box.x0, frame.roi.y0 + box.y0, rgb, np.rint(cover * 255).astype(np.uint8))

    def _cavity(self, under_upper: F32, over_lower: F32, unit: float) -> F32:
        """The dark of the mouth, [3, h, w]: lips' hue, darkest below the upper lip."""
        red = np.array([1.0, 0.72, 0.72]) ** self.look.chroma
        deep, shallow = self.look.lips * red * 0.15, self.look.lips * red * 0.40
        near = np.clip(1 - over_lower * (1 / (0.09 * unit)), 0, 1)
        near = near * near
        return np.asarray([dark + (light - dark) * near for dark, light in zip(deep, shallow, strict=True)], np.float32)

    def _lay_lower(self, planes: F32, box: Box, jaw: tuple[float, float], tongue: float) -> None:
        """Lower teeth and tongue, in the order in which they hide each other."""
        unit = self.frame.unit
        down = float(jaw[0] * self.frame.axes[1, 0] + jaw[1] * self.frame.axes[1, 1])
        pose = tongue_pose(tongue, unit, self._upper_edge, self._lower_edge + down)
        softness = 1.2 + 1.6 * self.look.blur
        shade, cover = paint_tongue(pose, self.frame.u[box.slices], self.frame.v[box.slices], unit, softness)
        colour = tongue_colour(self.look) * (0.62 + 0.30 * pose.forward)
        if pose.forward < 0.5:
            _paint(planes, colour, shade, cover)
        shift = np.array([[1, 0, -jaw[0] + box.x0], [0, 1, -jaw[1] + box.y0]], np.float64)
        moved = cv2.warpAffine(
            self._lower_teeth,
            shift,
            (box.x1 - box.x0, box.y1 - box.y0),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )
        _lay(planes, moved, 0.86)
        if pose.forward >= 0.5:
            _paint(planes, colour, shade, cover)

    def _occlusion(self, under_upper: F32, over_lower: F32, gap: F32, tuck: float) -> F32:
        """How much light reaches each pixel: little under the upper lip, at the corners and through a narrow slit."""
        unit = self.frame.unit
        lip = 1 - 0.55 * np.exp(under_upper.clip(0) * (-1 / (0.022 * unit)))
        foot = 1 - (0.25 + 0.2 * tuck) * np.exp(over_lower.clip(0) * (-1 / (0.012 * unit)))
        open_here = np.clip(gap * (1 / (0.075 * unit)), 0, 1)
        corner = 0.30 + 0.70 * open_here * (2 - open_here)
        return np.asarray(lip * foot * corner, np.float32)

    def shade(
        self,
        region: U8,
        upper: Points,
        lower: Points,
        press: float = 0.0,
        smile: float = 0.0,
        stretch: float = 0.0,
    ) -> U8:
        """Correct the light on the composed mouth region.

        Parameters
        ----------
        region
            [h, w, 3] uint8: the region (``origin``, ``size``) with lips and interior put together, unposed.
        upper, lower
            As for :meth:`interior`.
        press
            0 to 1, lips rolled in.
        smile
            About -1 to 1: corners up.
        stretch
            About -1 to 1: corners apart.

        Returns
        -------
        [h, w, 3] uint8.
        """
        shaded = region.copy()
        ends = self.frame.to_mouth(np.asarray([upper[0], upper[-1]]))[:, 0]
        above, below = self.frame.table(upper), self.frame.table(lower)
        self._seam.laid_on(shaded, self.frame, above, np.maximum(above, below), float(ends[0]), float(ends[1]))
        return shaded


def _lay(planes: F32, rgba: npt.NDArray[Any], gain: float) -> None:
    """Put premultiplied [h, w, 4] over planes [3, h, w]."""
    channels = cv2.split(rgba)
    clear = 1 - channels[3].astype(np.float32) * (1 / 255)
    for plane, channel in zip(planes, channels[:3], strict=True):
        plane *= clear
        plane += channel if gain == 1.0 else channel * np.float32(gain)


def _paint(planes: F32, colour: F64, shade: F32, cover: F32) -> None:
    """Blend a shaded colour over planes [3, h, w]."""
    for plane, value in zip(planes, colour, strict=True):
        plane += cover * (shade * np.float32(value) - plane)


def _grain(shape: tuple[int, ...], look: MouthLook) -> F32:
    """Grain as fine and as strong as the photo's, [h, w] float32."""
    noise = np.random.default_rng(GRAIN_SEED).standard_normal(shape).astype(np.float32)
    if look.blur > 0.8:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.35 * look.blur), np.float32)
    return np.asarray(noise * (look.grain / max(float(noise.std()), 1e-6)), np.float32)
