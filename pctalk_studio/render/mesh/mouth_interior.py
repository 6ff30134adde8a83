"""What lies between the lips, painted from back to front: darkness, lower teeth, tongue, upper teeth, and the light on them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import CHIN, INNER_LIP_CORNERS, INNER_LIP_MIDDLES
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.moustache import bared, fringe
from pctalk_studio.render.mesh.mouth_frame import F32, F64, TABLE_STEP, U8, Box, MouthFrame, Points
from pctalk_studio.render.mesh.mouth_light import FRONT_LIGHT, MOST, WARM_SHADOW, RestLight, ThroughLight, edge_light, pursed
from pctalk_studio.render.mesh.mouth_look import MouthLook
from pctalk_studio.render.mesh.own_teeth import OwnMouth
from pctalk_studio.render.mesh.teeth import LOWER_ARCH, UPPER_ARCH, draw_teeth
from pctalk_studio.render.mesh.tongue import paint_tip, paint_tongue, tongue_colour, tongue_pose

OVERBITE = 0.004
"""How far the upper teeth overlap the lower ones in a closed bite, E."""

SHOWN_AT_REST = 0.030
"""How far the upper teeth reach below the line of the closed lips, E."""

SHOWN_UNDER_HAIR = 0.004
"""The same under a moustache that hides the lips: hanging over the mouth it hides most of the teeth, too."""

HAIR = 0.008
"""Lips part over this much of a gap, E: from the photo's own line between them to an opening that is in full view."""

END = 0.03
"""Distance along the lips over which the opening comes out from between them, E."""

TEETH_WARMTH = (0.45, 0.9)
"""How much the upper teeth take of the warmth of the shade, and how much more behind pursed lips."""

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


@dataclass(frozen=True, slots=True)
class Skull:
    """Where the bones of a face stand in a frame of a movie, by the person's relaxed face: lips that speak there do not tell.

    Parameters
    ----------
    meeting
        v of the line where the relaxed lips meet, in the middle.
    dropped
        How far the jaw has come down from there, pixels along v.
    """

    meeting: float
    dropped: float

    @classmethod
    def of(cls, rig: FaceRig, frame: MouthFrame) -> Skull:
        """Measure a face."""
        places = np.stack([rig.neutral[list(INNER_LIP_MIDDLES)].mean(0), rig.neutral[CHIN], rig.shape[CHIN]]).astype(np.float64)
        v = frame.to_mouth((rig.scale * (places @ rig.rotation) + rig.translation)[:, :2])[:, 1]
        return cls(float(v[0]), float(v[2] - v[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Opening:
    """Where each pixel of a box lies between the lips: distances from both edges, and its coverage; and the light there.

    ``through`` is a table over the mouth frame's grid, ``pursed`` 0 for lips as wide as when relaxed or wider and 1 for an OO.
    """

    under_upper: F32
    over_lower: F32
    cover: F32
    through: ThroughLight
    pursed: float


@dataclass(frozen=True, slots=True, eq=False)
class MouthInterior:
    """Teeth, tongue, gums and darkness of one face.

    Parameters
    ----------
    frame, look
        The mouth's plane and the photo's appearance.
    relaxed_width
        Distance of the inner corners of the relaxed mouth, pixels.
    slack
        [n] float32: gap up to which the lips count as closed, pixels.
    flanks
        Columns of the mouth frame's grid at a quarter of the mouth's width from either corner.
    upper_teeth, lower_teeth
        [h, w, 4] uint8, premultiplied: as they stand in the photo, whether it shows them or not.
    upper_edge, lower_edge
        v of the middle incisors' cutting edges in the photo.
    own
        The inside of the mouth as photographed, or None.
    rest_light
        The light in the photo.
    grain, light
        [h, w] float32: grain to add, and brightness from side to side.
    fringe
        [n] float32: how far a moustache hangs over the opening, pixels; None where none does.
    """

    frame: MouthFrame
    look: MouthLook
    relaxed_width: float
    slack: F32
    flanks: tuple[int, int]
    upper_teeth: U8
    lower_teeth: U8
    upper_edge: float
    lower_edge: float
    own: OwnMouth | None
    rest_light: RestLight
    grain: F32
    light: F32
    fringe: F32 | None

    @classmethod
    def of(
        cls,
        picture: U8,
        rig: FaceRig,
        frame: MouthFrame,
        curves: LipCurves,
        look: MouthLook,
        slack: F32,
        skull: Skull | None = None,
    ) -> MouthInterior:
        """Study a picture [H, W, 3] uint8; with a ``skull`` nothing of what its open mouth shows is used."""
        own = OwnMouth.of(picture, frame, curves, look) if skull is None else None
        middle = int(np.argmin(np.abs(frame.grid)))
        hair = fringe(picture, rig, frame, curves)
        shown = SHOWN_AT_REST if hair is None else SHOWN_UNDER_HAIR
        meeting, dropped = (float(curves.upper[middle]), 0.0) if skull is None else (skull.meeting, skull.dropped)
        upper_edge = meeting + shown * rig.scale
        if own is not None:
            upper_edge, dropped, look = own.edge, own.drop, own.recoloured(look)
        # A mouth photographed open has its jaw down already.
        lower_edge = upper_edge - OVERBITE * rig.scale + dropped
        if own is not None and own.colour is not None:
            painted = draw_teeth(UPPER_ARCH, rig, frame, look, upper_edge, own.line)
            upper_teeth = own.completed(painted, frame, look.chroma)
        else:
            upper_teeth = draw_teeth(UPPER_ARCH, rig, frame, look, upper_edge)
        column = frame.column
        under = np.maximum(frame.v - curves.upper[column], 0.015 * frame.unit)
        over = np.maximum(curves.lower[column] - frame.v, 0.010 * frame.unit)
        through = ThroughLight.of(curves.lower - curves.upper, frame.unit)
        side = 1 + look.light * frame.u / max(0.5 * rig.mouth_width * rig.scale, 1.0)
        return cls(
            frame=frame,
            look=look,
            relaxed_width=_relaxed_width(rig),
            slack=slack,
            flanks=_flanks(frame, curves),
            upper_teeth=upper_teeth,
            lower_teeth=draw_teeth(LOWER_ARCH, rig, frame, look, lower_edge),
            upper_edge=upper_edge,
            lower_edge=lower_edge,
            own=own,
            rest_light=RestLight.of(edge_light(under, over, frame.unit), through),
            grain=_grain(frame.u.shape, look),
            light=np.clip(side, 0.7, 1.3).astype(np.float32),
            fringe=hair,
        )

    def paint(self, upper: Points, lower: Points, jaw: tuple[float, float], tuck: float, tongue: float) -> InteriorPatch | None:
        """Paint one frame; see :meth:`pctalk_studio.render.mesh.mouth.MouthLayers.interior`."""
        frame = self.frame
        above, below = frame.table(upper), frame.table(lower)
        gap = below - above
        if not np.isfinite(gap).all() or float((gap - self.slack).max()) <= 0.05:
            return None
        soft = max(1.0, 1.1 * self.look.blur)
        box = frame.box_of(np.concatenate([upper, lower]).astype(np.float64), soft + 0.5)
        if box.empty:
            return None
        width = float(np.hypot(*(np.asarray(upper[-1]) - np.asarray(upper[0])))) / self.relaxed_width
        opening = self._opening(box, above, below, soft, pursed(width, float(gap.max()) / frame.unit))
        if not opening.cover.any():
            return None
        planes = self._painted(box, opening, jaw, tuck, tongue)
        np.clip(planes, 0, 255, out=planes)
        rgb = np.rint(cv2.merge(list(planes))).astype(np.uint8)
        still = 0.0 if self.own is None else self.own.unmoved(gap, jaw, tongue)
        if self.own is not None and still > 0:
            photo = self.own.as_photographed(box, jaw)
            rgb = photo if still == 1 else np.asarray(cv2.addWeighted(photo, still, rgb, 1 - still, 0), np.uint8)
        cover = np.rint(opening.cover * 255).astype(np.uint8)
        return InteriorPatch(frame.roi.x0 + box.x0, frame.roi.y0 + box.y0, rgb, cover)

    def _opening(self, box: Box, above: F32, below: F32, soft: float, purse: float) -> _Opening:
        """Distances and coverage; edges as soft as the photo's own."""
        column, v = self.frame.column[box.slices], self.frame.v[box.slices]
        # Across a steep edge the distance is shorter than along v.
        up = 1 / np.hypot(1, np.gradient(above, TABLE_STEP))
        down = 1 / np.hypot(1, np.gradient(below, TABLE_STEP))
        under = (v - above[column]) * up[column].astype(np.float32)
        over = (below[column] - v) * down[column].astype(np.float32)
        gap = below - above
        parted = np.clip((gap - self.slack) * np.float32(1 / (HAIR * self.frame.unit)), 0, 1)
        # Beyond where lips meet beside the opening they do not part again.
        right, left = self.flanks
        parted[:right] = np.minimum.accumulate(parted[:right][::-1])[::-1]
        parted[left:] = np.minimum.accumulate(parted[left:])
        # Nor does the opening end in a wall.
        across = round(2 * END * self.frame.unit / TABLE_STEP) | 1
        parted = np.minimum(parted, np.maximum(2 * cv2.blur(parted, (1, across))[:, 0] - 1, 0))
        cover = np.clip(np.minimum(under, over) * np.float32(1 / soft) + 0.5, 0, 1) * parted[column]
        if self.fringe is not None:
            cover = bared(cover, under, self.fringe[column], gap[column], self.frame.unit)
        return _Opening(under, over, cover, ThroughLight.of(gap, self.frame.unit, purse), purse)

    def _painted(self, box: Box, opening: _Opening, jaw: tuple[float, float], tuck: float, tongue: float) -> F32:
        """All layers, [3, h, w] float32."""
        unit = self.frame.unit
        column = self.frame.column[box.slices]
        edge, through = (
            edge_light(opening.under_upper, opening.over_lower, unit, tuck, opening.pursed),
            opening.through.inside[column],
        )
        reaching = edge * through
        lit = reaching * self.light[box.slices]
        planes = self._cavity(opening)
        down = float(jaw[0] * self.frame.axes[1, 0] + jaw[1] * self.frame.axes[1, 1])
        pose = tongue_pose(tongue, unit, self.upper_edge, self.lower_edge + down)
        softness = 1.2 + 1.6 * self.look.blur
        shade, cover = paint_tongue(pose, self.frame.u[box.slices], self.frame.v[box.slices], unit, softness)
        colour = tongue_colour(self.look) * (0.90 + 0.06 * pose.forward)
        _paint(planes, colour, shade, cover)
        _lay(planes, _shifted(self.lower_teeth, box, jaw), 0.84)
        warm = [1 + np.float32(warmth) * (1 - reaching) for warmth in WARM_SHADOW * self.look.chroma]
        for plane, tint in zip(planes, warm, strict=True):
            plane *= lit * tint
        if self.own is not None:
            relit = opening.through.inside / self.rest_light.through.inside
            moved = relit[column] * (0.5 + edge * self.rest_light.edge[box.slices])
            _lay(planes, _shifted(self.own.back, box, jaw), np.minimum(moved, np.float32(MOST)))
        lifted = min(max(pose.forward, 0.0 if self.own is None else 2.5 * pose.raised), 1.0)
        if lifted > 0:
            _paint(planes, colour, shade * lit, cover * np.float32(lifted))
        # Grain is weaker in the dark.
        planes += self.grain[box.slices] * np.clip(0.25 + planes[1] * np.float32(1 / 130), 0, 1)
        front = self._light_on_teeth(box, opening, edge)
        # Behind pursed lips only what light lips and gums give back is left on them: grey would be no colour of a mouth.
        hue = np.float32(TEETH_WARMTH[0] + TEETH_WARMTH[1] * opening.pursed)
        _lay(planes, self.upper_teeth[box.slices], [front * (1 - hue + hue * tint) for tint in warm])
        if pose.forward > 0:
            tip, tip_cover = paint_tip(pose, self.frame.u[box.slices], opening.over_lower, unit, softness)
            _paint(planes, colour, tip * (0.35 + 0.65 * through), tip_cover)
        return planes

    def _light_on_teeth(self, box: Box, opening: _Opening, edge: F32) -> F32:
        """Light on the upper teeth, [h, w] float32, given what the lips' edges leave; in front as they stand, more gets there."""
        column, through = self.frame.column[box.slices], opening.through.teeth
        if self.own is None:
            near = edge * self.light[box.slices]
        else:
            through = through / self.rest_light.through.teeth
            near = 0.5 + edge * self.rest_light.edge[box.slices]
        lit = through[column] * (FRONT_LIGHT + (1 - FRONT_LIGHT) * near)
        return np.asarray(np.minimum(lit, np.float32(MOST)), np.float32)

    def _cavity(self, opening: _Opening) -> F32:
        """The dark of the mouth, [3, h, w]: lips' hue, darkest below the upper lip."""
        red = np.array([1.0, 0.70, 0.70]) ** self.look.chroma
        deep, shallow = self.look.lips * red * 0.17, self.look.lips * red * 0.42
        near = np.clip(1 - opening.over_lower * np.float32(1 / (0.09 * self.frame.unit)), 0, 1)
        near *= near
        return np.asarray([dark + (pale - dark) * near for dark, pale in zip(deep, shallow, strict=True)], np.float32)


def _flanks(frame: MouthFrame, curves: LipCurves) -> tuple[int, int]:
    """Indices of the grid a quarter of the mouth's width from either corner."""
    quarter = (curves.right - curves.left) / 4
    right, left = np.searchsorted(frame.grid, (curves.left + quarter, curves.right - quarter)).tolist()
    return right, left


def _relaxed_width(rig: FaceRig) -> float:
    """Distance in the picture, pixels, of the inner corners of the relaxed mouth, with the head turned as it is."""
    corners = rig.neutral[list(INNER_LIP_CORNERS)].astype(np.float64) @ rig.rotation
    return max(float(np.hypot(*(corners[1] - corners[0])[:2])) * rig.scale, 1.0)


def _shifted(rgba: U8, box: Box, by: tuple[float, float]) -> U8:
    """The part in a box of a layer moved by (right, down) pixels."""
    back = np.array([[1, 0, box.x0 - by[0]], [0, 1, box.y0 - by[1]]], np.float64)
    size = (box.x1 - box.x0, box.y1 - box.y0)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(rgba, back, size, flags=flags, borderMode=cv2.BORDER_CONSTANT), np.uint8)


def _lay(planes: F32, rgba: U8, light: F32 | list[F32] | float) -> None:
    """Put premultiplied [h, w, 4] over planes [3, h, w], in place; ``light`` (of each plane, if a list) multiplies colours."""
    *colours, alpha = cv2.split(rgba)
    clear = 1 - alpha * np.float32(1 / 255)
    for i, (plane, colour) in enumerate(zip(planes, colours, strict=True)):
        plane *= clear
        plane += colour * np.asarray(light[i] if isinstance(light, list) else light, np.float32)


def _paint(planes: F32, colour: F64, shade: F32, cover: F32) -> None:
    """Blend a shaded colour over planes [3, h, w], in place."""
    for plane, value in zip(planes, colour, strict=True):
        plane += cover * (shade * np.float32(value) - plane)


def _grain(shape: tuple[int, ...], look: MouthLook) -> F32:
    """Grain as fine and as strong as the photo's, [h, w] float32."""
    noise = np.random.default_rng(GRAIN_SEED).standard_normal(shape).astype(np.float32)
    if look.blur > 0.8:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.35 * look.blur), np.float32)
    return np.asarray(noise * (look.grain / max(float(noise.std()), 1e-6)), np.float32)
