"""The two lips as separate layers that can slide over whatever is painted behind them.

A photo shows only one picture of the mouth: where the lips touch, or where teeth begin, the lip's own texture ends. Each layer
therefore continues its lip past the inner edge by folding the lip's own pixels over that edge, a little darker the farther in,
as a lip that rolls inwards is. The dark line between closed lips belongs to neither layer; it is kept apart as a residual
(:class:`LipSeam`), which is put back where and as long as the lips touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER
from pctalk_studio.render.mesh.mouth_frame import F32, F64, TABLE_STEP, U8, MouthFrame
from pctalk_studio.render.mesh.mouth_look import MouthLook, luma

RIM = 0.006
"""Width along a lip's inner edge, E, that the photo may have mixed with what lies behind."""

ROLL_DEPTH = 0.065
"""Depth, E, at which a lip that is continued inwards shows its inner side."""

CORNER = 0.02
"""Over how much of the lips' length, E, the inner side of a lip begins at the corners."""

HAIR_DEPTH, HAIR_DARK = 0.09, 0.35
"""Height of the moustache that is folded over a lip which it hides, E, and how much of its inner side then shows."""


@dataclass(frozen=True, slots=True, eq=False)
class LipCurves:
    """Edges of both lips in the unposed picture as tables over the mouth frame's grid.

    Parameters
    ----------
    upper, lower
        [n] float32 inner edges.
    top, bottom
        [n] float32 outer borders.
    left, right
        u of the inner corners on the picture's left and right.
    first, last
        u of the outer corners: between these and the inner ones lips touch that never part.
    """

    upper: F32
    lower: F32
    top: F32
    bottom: F32
    left: float
    right: float
    first: float
    last: float

    @classmethod
    def of(cls, rig: FaceRig, frame: MouthFrame) -> LipCurves:
        """The lips as the landmarks have them."""
        marks = rig.landmarks[:, :2].astype(np.float64)
        rings = (INNER_LIP_UPPER, INNER_LIP_LOWER, OUTER_LIP_UPPER, OUTER_LIP_LOWER)
        ends = (OUTER_LIP_UPPER[0], OUTER_LIP_UPPER[-1])
        inner = tuple((ends[0], *ring, ends[1]) for ring in rings[:2])
        upper, lower, top, bottom = (frame.table(marks[list(ring)]) for ring in (*inner, *rings[2:]))
        left, right = frame.to_mouth(marks[[INNER_LIP_UPPER[0], INNER_LIP_UPPER[-1]]])[:, 0]
        first, last = frame.to_mouth(marks[list(ends)])[:, 0]
        return cls(upper, np.maximum(upper, lower), top, bottom, left, right, min(first, left), max(last, right))


DARK_RIM = (0.5, 0.66)
"""Brightness over that of the middle of the lip below which a rim is none of it: of the upper lip, and of the lower one."""


def lip_layers(
    picture: U8, frame: MouthFrame, curves: LipCurves, look: MouthLook, hidden: bool = False, least: float = 0.0
) -> tuple[U8, U8]:
    """Textures of the region for the upper and the lower layer, each [h, w, 3] uint8.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    frame
        The mouth's region.
    curves
        The lips in the picture.
    look
        The photo's appearance.
    hidden
        Whether a moustache hides the upper lip; what it continues into is then hair.
    least
        How much of a lip's height, E, is taken for its own in any case: a laugh stretches lips thin, and what is left of one
        between teeth and skin must not be taken for either.
    """
    middle = (curves.upper + curves.lower) / 2
    closed = np.clip(1 - (curves.lower - curves.upper) / (0.03 * frame.unit), 0, 1)
    line_top, line_bottom = _dark_line(picture, frame, middle, curves)
    inset = RIM * frame.unit + 0.5 * look.blur
    # Where the lips touch, each begins beyond the dark line between them, wherever the landmarks put it.
    upper_start = curves.upper - inset + closed * np.minimum(line_top - curves.upper + inset, 0)
    lower_start = curves.lower + inset + closed * np.maximum(line_bottom - curves.lower - inset, 0)
    # Where they are apart, each begins where teeth and darkness really end, which may lie within the landmarks' lip.
    upper_start -= (1 - closed) * _foreign_rim(picture, frame, curves.upper, curves.top)
    lower_start += (1 - closed) * _foreign_rim(picture, frame, curves.lower, curves.bottom)
    if least > 0:
        kept, rim = least * frame.unit, RIM * frame.unit
        upper_start = np.maximum(upper_start, np.minimum(curves.top + kept, curves.upper - rim))
        lower_start = np.minimum(lower_start, np.maximum(curves.bottom - kept, curves.lower + rim))
    upper = _continued(picture, frame, curves, (curves.upper, upper_start.astype(np.float32), curves.top), look, hidden)
    lower = _continued(picture, frame, curves, (curves.lower, lower_start.astype(np.float32), curves.bottom), look)
    return upper, lower


def _dark_line(picture: U8, frame: MouthFrame, middle: F32, curves: LipCurves) -> tuple[F32, F32]:
    """Upper and lower end (v) of the dark line between closed lips, smooth along the mouth; [n] float32 each.

    Its core is the darkest place within 0.025 E of the middle line; it ends where the brightness has come back by three
    quarters on either side.
    """
    step = 0.5
    reach = max(round(0.06 * frame.unit / step), 4)
    offsets = np.arange(-reach, reach + 1) * step
    v = middle[None, :] + offsets[:, None]
    u = np.broadcast_to(frame.grid[None, :], v.shape)
    points = frame.to_picture(np.stack([u, v], -1))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    seen = cv2.remap(grey, points[..., 0].astype(np.float32), points[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    along = max(frame.unit * 0.02 / 0.5, 1.0)
    seen = cv2.GaussianBlur(seen, (0, 0), sigmaX=along, sigmaY=0.8, borderType=cv2.BORDER_REPLICATE)
    # A mild pull to the landmarks decides where the profile is flat.
    pulled = seen + 6.0 * np.abs(offsets)[:, None] / (0.025 * frame.unit)
    core = np.argmin(np.where(np.abs(offsets)[:, None] <= 0.025 * frame.unit, pulled, np.inf), axis=0)
    columns = np.arange(len(core))
    dark = seen[core, columns]
    rows = np.arange(len(offsets))[:, None]
    ends = []
    for side in (-1, 1):
        part = rows <= core if side < 0 else rows >= core
        bright = np.where(part, seen, -np.inf).max(0)
        back = part & (seen >= dark + 0.75 * (bright - dark)) & (bright > dark + 3)
        place = np.where(back, np.abs(rows - core), len(offsets)).min(0)
        shift = np.where(place < len(offsets), (core + side * place - reach) * step, (core - reach) * step)
        ends.append(cv2.GaussianBlur(shift.astype(np.float32)[None], (0, 0), along)[0])
    inside = np.clip(np.minimum(frame.grid - curves.left, curves.right - frame.grid) / (0.05 * frame.unit), 0, 1)
    return np.asarray(middle + ends[0] * inside, np.float32), np.asarray(middle + ends[1] * inside, np.float32)


def _foreign_rim(picture: U8, frame: MouthFrame, edge: F32, rim: F32) -> F32:
    """How far teeth or darkness reach into a lip beyond its inner edge, pixels, [n] float32.

    From the edge inwards all pixels are counted that are much darker, or paler and brighter, than the middle of the lip.
    """
    step = 0.5
    thick = np.abs(rim - edge)
    away = np.sign(rim - edge)
    offsets = np.arange(0, max(0.05 * frame.unit, 2.0), step)
    rows = np.vstack([edge + away * offsets[:, None], (edge + rim)[None] / 2])
    points = frame.to_picture(np.stack([np.broadcast_to(frame.grid, rows.shape), rows], -1)).astype(np.float32)
    mapped = cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = np.asarray(mapped, np.float64)
    along = max(0.02 * frame.unit / TABLE_STEP, 1.0)
    lip = np.asarray(cv2.GaussianBlur(seen[-1:], (0, 0), sigmaX=3 * along, sigmaY=0.01), np.float64)
    light, lip_light = luma(seen[:-1]), luma(lip)
    red, lip_red = (((c[..., 0] - c[..., 1:].mean(-1)) / np.maximum(luma(c), 8)) for c in (seen[:-1], lip))
    pale = (light > 1.05 * lip_light) & (red < 0.55 * lip_red) & (lip_red > 0.05)
    # A lower lip faces the light: nothing of it is as dark as the hollow of a corner that landmarks may take for lip.
    dark = light < DARK_RIM[int(float(np.median(away)) > 0)] * lip_light
    foreign = pale | (light > 1.35 * lip_light) & (lip_red <= 0.05) | dark
    # The run must begin at the edge, or a little into the lip, where the photo mixes both.
    mixed = max(int(0.008 * frame.unit / step), 1)
    foreign[:mixed] |= foreign[mixed]
    # So it does between a tooth and the dark beside it.
    bridge = np.ones((2 * mixed + 1, 1), np.uint8)
    bridged = np.pad(foreign.astype(np.uint8), ((0, 2 * mixed), (0, 0)))
    foreign = cv2.morphologyEx(bridged, cv2.MORPH_CLOSE, bridge)[: len(offsets)] > 0
    run = np.where(foreign.all(0), len(offsets), np.argmin(foreign, axis=0)) * step
    run = np.minimum(run, 0.5 * thick).astype(np.float32)
    even = cv2.GaussianBlur(cv2.dilate(run[None], np.ones((1, 2 * int(along) + 1))), (0, 0), along)[0]
    return np.asarray(even, np.float32)


def _continued(
    picture: U8, frame: MouthFrame, curves: LipCurves, lip: tuple[F32, F32, F32], look: MouthLook, hair: bool = False
) -> U8:
    """The region with everything beyond a lip's inner edge replaced.

    First comes the lip itself, folded over the place where its own texture ends; farther in it turns into the dark red of its
    inner side, sooner at the corners, where an opening mouth bares most of it.

    ``lip`` is three tables [n]: its inner edge, where its continuation starts, its outer border. ``hair`` that hides it is
    folded over instead, from beyond that border.
    """
    edge, start, rim = lip
    sign = 1.0 if float((edge - rim).mean()) >= 0 else -1.0
    width = max(curves.last - curves.first, 1.0)
    from_corner = np.minimum(frame.grid - curves.first, curves.last - frame.grid) / width
    thick = np.abs(edge - rim)
    taper = np.clip(from_corner / 0.12, 0, 1)
    inset = np.clip(sign * (edge - start), 0, 0.6 * thick) * taper
    start = (edge - sign * inset).astype(np.float32)
    beyond = sign * (frame.v - start[frame.column])
    reach = np.full_like(thick, HAIR_DEPTH * frame.unit) if hair else 0.5 * (thick - inset)
    period = np.maximum(reach, 1.0)[frame.column]
    folded = np.minimum(beyond, period)
    inside = (beyond > 0) & (from_corner > 0)[frame.column]
    v = np.where(inside, start[frame.column] - sign * folded, frame.v)
    points = frame.to_picture(np.stack([frame.u, v], -1)).astype(np.float32)
    texture = cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    past = beyond - inset[frame.column]
    corner = np.clip(1 - from_corner / 0.22, 0, 1)[frame.column]
    depth = np.clip(past / ((ROLL_DEPTH - 0.65 * ROLL_DEPTH * corner) * frame.unit), 0, 1)
    turned = ((0.80 + 0.15 * corner) * depth * depth * (3 - 2 * depth))[..., None] * (HAIR_DARK if hair else 1.0)
    # Far in, next to no light is left.
    dim = 1 - 0.45 * np.clip(past / (0.16 * frame.unit) - 0.3 + 0.3 * corner, 0, 1)[..., None]
    colour = texture + (mucosa_colour(look) * dim - texture) * turned
    own = picture[frame.roi.slices].astype(np.float32)
    # Beyond the inner corners nothing ever parts: what a corner that comes down bares there is skin.
    among = np.minimum(frame.u - np.float32(curves.left), np.float32(curves.right) - frame.u)
    parts = np.clip(among * np.float32(1 / (CORNER * frame.unit)) + 0.5, 0, 1) * inside
    return np.asarray(np.rint(own + parts[..., None] * (colour - own)), np.uint8)


def mucosa_colour(look: MouthLook) -> F64:
    """The inner side of a lip in the shade of the mouth."""
    return np.asarray(look.lips * np.array([1.0, 0.74, 0.76]) ** look.chroma * 0.46)
