"""The inside of a mouth that was photographed open: its own teeth, tongue and darkness, in two layers.

In front the upper teeth, which stay with the skull; behind them everything else, which goes with the jaw. The photo shows each
only between the lips and down to the next thing in front of it, so both are continued beyond what is seen: along each column
across the mouth, by folding the column's own pixels over at the border.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Box, MouthFrame
from pctalk_studio.render.mesh.mouth_light import WARM_SHADOW
from pctalk_studio.render.mesh.mouth_look import TEETH_CAP, MouthLook, brightness, gum_colour, luma
from pctalk_studio.render.mesh.tooth_row import FlatLayer, FlatMouth, ToothRow, find_upper_row, smooth_along

OPEN_ENOUGH = 0.035
"""Gap in E from which a mouth counts as photographed open."""

SLIT = 0.075
"""Gap in E up to which an opening tells nothing of teeth that it does not show."""

CROWN = 0.098
"""Height of a front tooth, E; above it there is gum."""

HIDDEN_EDGE = 0.010
"""How much longer teeth are, E, than the lower lip lets the photo show."""

STILL_SHARE, STILL_REACH = 0.5, (0.02, 0.08)
"""Change of the opening over which the photo's own inside gives way to the layers, as a part of its opening, and bounds in E."""

BEHIND = 0.055
"""How far up behind the upper teeth that which shows below them goes on, E, before all is dark."""

SIDE_BAND, SIDE_FADE = 0.03, 0.07
"""Width of the last teeth that show, E, which the painted ones beside them match in brightness; and the distance beyond, over
which those fall to the light in the corners of the mouth."""

RIM = 0.006
"""Width along the lips, E, in which the photo mixes lip and interior."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnMouth:
    """An open mouth as photographed.

    Parameters
    ----------
    picture
        [h, w, 3] uint8: the photo's region.
    front
        [h, w, 4] uint8, premultiplied: upper teeth; nothing where the photo shows none.
    back
        [h, w, 4] uint8, premultiplied: what lies behind and below them; transparent where the photo shows too little of it.
    colour
        [3] float64 RGB of the teeth, or None.
    edge
        v of the upper cutting edge in the middle, pixels.
    drop
        How far the jaw is down already, pixels.
    gap
        [n] float32: the photo's opening, a table over the mouth frame's grid.
    line
        [n] float64: v of the line on which the upper edges stand.
    seen
        [n] float32: 1 where the photo shows upper teeth, 0 elsewhere.
    sides
        How light the mouth is beside its teeth, on the picture's left and right, as a part of their own brightness.
    sinks
        [h, w] float32: how far each pixel goes with the jaw, 0 at the upper teeth to 1 at the lower lip.
    reach
        Change of the opening, pixels, over which the photo's own inside gives way to the layers.
    """

    picture: U8
    front: npt.NDArray[np.uint8]
    back: npt.NDArray[np.uint8]
    colour: F64 | None
    edge: float
    drop: float
    gap: F32
    line: F64
    seen: F32
    sides: tuple[float, float]
    sinks: F32
    reach: float

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves, look: MouthLook) -> OwnMouth | None:
        """Study an open mouth; None when the lips are closed."""
        gap = curves.lower - curves.upper
        if float(gap.max()) < OPEN_ENOUGH * frame.unit:
            return None
        flat = FlatMouth.of(picture, frame, curves)
        row = find_upper_row(flat, frame.unit, look)
        photo = picture[frame.roi.slices].copy()
        front, back = (layer(flat, row, look, frame.unit) for layer in (_front, _back))
        middle = int(np.argmin(np.abs(flat.u)))
        near = row.present & (np.abs(flat.u) < 0.12 * frame.unit)
        # Through a narrow slit no teeth can be made out, but there are some; a wide mouth without any has them farther up.
        slit = row.colour is None and float(gap.max()) < SLIT * frame.unit
        bare = float(flat.upper[middle]) + (0.022 if slit else -0.005) * frame.unit
        edge = float(np.median(row.edge[near])) if near.any() else bare
        back_rgba = flat.back_to(frame, back, photo)
        return cls(
            picture=photo,
            front=flat.back_to(frame, front, photo),
            back=np.zeros_like(back_rgba) if slit else back_rgba,
            colour=row.colour,
            edge=edge,
            drop=max(0.0, float(flat.lower[middle]) - max(edge, float(flat.upper[middle]))),
            gap=gap,
            line=_continued_line(frame, flat, row),
            seen=np.interp(frame.grid, flat.u, row.ends(frame.unit), left=0, right=0).astype(np.float32),
            sides=_side_light(flat, row),
            sinks=np.clip((frame.v - edge) / np.maximum(curves.lower[frame.column] - edge, 1.0), 0, 1).astype(np.float32),
            reach=frame.unit * float(np.clip(STILL_SHARE * gap.max() / frame.unit, *STILL_REACH)),
        )

    def completed(self, painted: U8, frame: MouthFrame, chroma: float) -> U8:
        """The photo's upper teeth with painted ones [h, w, 4] at both sides, where the photo shows no more of them.

        ``chroma`` is the look's: shade at the sides is as warm as all shade in a mouth.
        """
        shown = np.flatnonzero(self.seen > 0.5)
        if len(shown) == 0:
            return painted
        beside = 1 - self.seen[frame.column]
        light = np.ones_like(frame.u)
        for end, outward, corner in ((shown[0], -1.0, self.sides[0]), (shown[-1], 1.0, self.sides[1])):
            beyond = (frame.u - np.float32(frame.grid[end])) * np.float32(outward)
            band = np.abs(beyond) < SIDE_BAND * frame.unit
            own, theirs = _level(self.front, band & (beyond < 0)), _level(painted, band)
            start = float(np.clip(own / theirs, corner, 1.3)) if own > 0 and theirs > 0 else corner
            fade = corner + np.float32(start - corner) * np.exp(beyond * np.float32(-1 / (SIDE_FADE * frame.unit)))
            light = np.where(beyond > 0, fade, light)
        # What falls short of light is shade: it covers as well as what is lit.
        tints = [light * (1 + np.float32(warmth) * (1 - np.minimum(light, 1))) for warmth in WARM_SHADOW * chroma]
        both = self.front + painted * beside[..., None] * np.dstack([*tints, np.ones_like(light)])
        return np.asarray(np.rint(np.clip(both, 0, 255)), np.uint8)

    def recoloured(self, look: MouthLook) -> MouthLook:
        """The look with these teeth's colour for painted ones, a little darker since those stand farther back."""
        if self.colour is None:
            return look
        return replace(look, enamel=0.94 * self.colour, sclera_luma=max(look.sclera_luma, brightness(self.colour) / TEETH_CAP))

    def unmoved(self, gap: F32, jaw: tuple[float, float], tongue: float) -> float:
        """1 when the mouth stands as photographed, falling smoothly to 0 as the opening changes by ``reach``."""
        change = max(float(np.abs(gap - self.gap).max()), float(np.hypot(*jaw)))
        part = float(np.clip(1 - change / self.reach - 4 * abs(tongue), 0, 1))
        return part * part * (3 - 2 * part)

    def as_photographed(self, box: Box, jaw: tuple[float, float]) -> U8:
        """The photo's inside in a box, [h, w, 3]: upper teeth stand, the lower lip's neighbourhood goes with the jaw."""
        if jaw == (0.0, 0.0):
            return self.picture[box.slices].copy()
        sinks = self.sinks[box.slices]
        rows, columns = np.mgrid[box.y0 : box.y1, box.x0 : box.x1].astype(np.float32)
        x, y = columns - np.float32(jaw[0]) * sinks, rows - np.float32(jaw[1]) * sinks
        return np.asarray(cv2.remap(self.picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _level(rgba: U8, where: npt.NDArray[np.bool_]) -> float:
    """Mean luma of what is opaque of a premultiplied layer [h, w, 4] in some places [h, w]; 0 where nothing is."""
    pixels = rgba[where & (rgba[..., 3] > 200)]
    return float(luma(pixels[:, :3]).mean() * 255 / pixels[:, 3].mean()) if len(pixels) >= 4 else 0.0


def _front(flat: FlatMouth, row: ToothRow, look: MouthLook, unit: float) -> FlatLayer:
    """Upper teeth, continued upwards to the gums and downwards to edges that the lower lip hides."""
    rim = RIM * unit + 1.0 * look.blur
    # Dark columns are the gaps between teeth: there the edge is higher and the gum reaches lower.
    gaps = smooth_along(_gaps(flat, row, unit), 0.005 * unit)
    hidden = np.clip(2 * smooth_along(row.cut.astype(np.float64), 0.05 * unit) - 0.6, 0, 1)
    arch = _arch_line(flat.u / unit, row)
    shown = np.clip(row.edge, arch - 0.035 * unit, arch + 0.020 * unit)
    covered = np.maximum(smooth_along(row.edge, 0.02 * unit), arch)
    covered += HIDDEN_EDGE * unit * (1 - 0.8 * smooth_along(gaps, 0.008 * unit)) * _room_below(row, covered, unit)
    edge = shown + hidden * (covered - shown)
    seen = np.maximum(np.minimum(shown, flat.lower) - flat.upper, 1.0)
    first = flat.upper + np.minimum(rim + 0.5, 0.35 * seen)
    last = np.maximum(np.minimum(shown - 0.5, flat.lower - np.minimum(rim + 1, 0.3 * seen)), first)
    teeth = flat.folded(first, last, np.full(len(flat.u), 0.035 * unit))
    if row.colour is not None:
        # What is continued has the teeth's own colour, so that lip that shines through at the border does not come along;
        # unless it is gum that the photo shows there.
        unseen = np.clip(np.maximum(first[None] - flat.rows, flat.rows - last[None]) / (0.5 * rim) + 0.3, 0, 1)
        tooth_top = smooth_along(_at(row.likeness, flat, first + 0.5 * rim), 0.01 * unit)
        unseen *= np.where(flat.rows < last[None], np.clip(2 * tooth_top, 0, 1)[None], 1.0)
        even = cv2.GaussianBlur(teeth, (0, 0), sigmaX=0.5, sigmaY=0.02 * unit + 0.5)
        plain = row.colour * np.clip(luma(np.asarray(even, np.float32)) / max(brightness(row.colour), 1.0), 0, 1.05)[..., None]
        teeth = np.asarray(teeth + (plain - teeth) * unseen[..., None], np.float32)
    neck = np.median(edge) - CROWN * unit + 0.012 * unit * gaps + 0.5 * (edge - np.median(edge))
    neck = np.minimum(neck, flat.upper - 0.4 * rim)
    if row.colour is not None and _gum_shows(flat, row, first, unit):
        neck = first - 0.010 * unit * (1 - gaps)
    gum = np.clip((neck[None] - flat.rows) / (0.008 * unit + look.blur) + 0.5, 0, 1)[..., None]
    colour = teeth + (gum_colour(look) - teeth) * gum
    soft = 1.0 + 0.6 * look.blur
    cover = np.clip((edge[None] - flat.rows) / soft + 0.5, 0, 1) * row.ends(unit)[None]
    return FlatLayer(np.dstack([colour * cover[..., None], 255 * cover]).astype(np.float32), first, last)


def _room_below(row: ToothRow, edge: F64, unit: float) -> F64:
    """Whether teeth may end lower than [n] v: not where neighbours whose edges show end higher already, 0 to 1."""
    whole = (row.present & ~row.cut).astype(np.float64)
    near = smooth_along(whole, 0.06 * unit)
    neighbours = smooth_along(whole * row.edge, 0.06 * unit) / np.maximum(near, 1e-3)
    return np.asarray(1 - np.clip(4 * near, 0, 1) * np.clip((edge - neighbours) / (0.010 * unit), 0, 1))


def _gum_shows(flat: FlatMouth, row: ToothRow, first: F64, unit: float) -> bool:
    """Whether the photo shows gum above the teeth: redder than enamel in more than a tenth of the columns under the lip."""
    band = (flat.rows >= first) & (flat.rows < first + max(0.015 * unit, 1.5))
    colour = (flat.image * band[..., None]).sum(0) / np.maximum(band.sum(0), 1)[:, None]
    red = (colour[:, 0] - colour[:, 1:].mean(-1)) / np.maximum(luma(colour), 8)
    enamel = row.colour if row.colour is not None else colour.mean(0)
    own = (enamel[0] - enamel[1:].mean()) / max(brightness(np.asarray(enamel, np.float64)), 8.0)
    return bool(np.mean(red[row.present] > own + 0.10) > 0.10)


def _at(plane: F32, flat: FlatMouth, v: F64) -> F64:
    """A plane's value in every column at some v."""
    index = np.clip(np.rint(v - flat.v[0]).astype(int), 0, plane.shape[0] - 1)
    return np.asarray(plane[index, np.arange(plane.shape[1])], np.float64)


def _side_light(flat: FlatMouth, row: ToothRow) -> tuple[float, float]:
    """Brightness in the corners of the opening, beyond the first and the last tooth, as a part of the teeth's, 0.15 to 1."""
    shown = np.flatnonzero(row.present)
    if row.colour is None or len(shown) == 0:
        return 1.0, 1.0
    within = (flat.rows > flat.upper + 0.3 * (flat.lower - flat.upper)) & (
        flat.rows < flat.lower - 0.3 * (flat.lower - flat.upper)
    )
    sides = []
    for columns in (slice(0, shown[0]), slice(shown[-1] + 1, None)):
        pixels = flat.image[:, columns][within[:, columns]]
        light = float(np.median(luma(pixels))) if len(pixels) >= 6 else 0.5 * brightness(row.colour)
        sides.append(float(np.clip(1.6 * light / max(brightness(row.colour), 1.0), 0.2, 1.0)))
    return sides[0], sides[1]


def _continued_line(frame: MouthFrame, flat: FlatMouth, row: ToothRow) -> F64:
    """V of the edges' line over the mouth frame's grid, continued straight on beyond the last teeth that show."""
    if row.present.sum() < 4:
        return np.zeros(len(frame.grid))
    line = _arch_line(flat.u / frame.unit, row)
    shown = np.flatnonzero(row.present)
    a, b = shown[0], shown[-1]
    table = np.interp(frame.grid, flat.u[a : b + 1], line[a : b + 1])
    reach = max((b - a) // 6, 1)
    slopes = np.clip([line[a + reach] - line[a], line[b] - line[b - reach]], -0.6 * reach, 0.6 * reach) / reach
    table += np.minimum(frame.grid - flat.u[a], 0) * slopes[0] + np.maximum(frame.grid - flat.u[b], 0) * slopes[1]
    return np.asarray(table)


def _arch_line(u: F64, row: ToothRow) -> F64:
    """V of the line on which the upper edges stand: a parabola through most of them, those that a lip hides counting less."""
    edge, trust = row.edge, row.present * np.where(row.cut, 0.3, 1.0)
    spread = max(float(np.ptp(edge[row.present])) * 0.15, 1.0) if row.present.any() else 1.0
    weight, line = trust, edge
    for _ in range(6):
        if (weight > 0).sum() < 4:
            return np.asarray(edge)
        line = np.polyval(np.polyfit(u, edge, 2, w=np.sqrt(weight)), u)
        # Columns whose edge lies too low have caught a lower tooth or the lip.
        weight = trust / (1 + (np.maximum(edge - line, 0.5 * (line - edge)) / spread) ** 2) ** 2
    return np.asarray(line)


def _gaps(flat: FlatMouth, row: ToothRow, unit: float) -> F64:
    """How much each column lies between two teeth, 0 to 1, from how dark it is against its neighbours."""
    light = luma(flat.image)
    crown = (flat.rows < row.edge - 0.006 * unit) & (flat.rows > np.maximum(flat.upper, row.edge - 0.06 * unit))
    level = (light * crown).sum(0) / np.maximum(crown.sum(0), 1)
    around = smooth_along(level, 0.05 * unit)
    dark = np.clip((around - level) / np.maximum(0.18 * around, 4), 0, 1)
    return np.where(crown.any(0), dark, 0.0)


def _back(flat: FlatMouth, row: ToothRow, look: MouthLook, unit: float) -> FlatLayer:
    """Lower teeth, tongue and darkness, continued up behind the upper teeth and down behind the lower lip."""
    rim = RIM * unit + 1.0 * look.blur
    top = row.edge + rim
    bottom = np.maximum(flat.lower - rim, top)
    room = flat.lower - row.edge
    cover = np.clip((smooth_along(room, 0.06 * unit) - 0.030 * unit) / (0.025 * unit), 0, 1)
    colour = flat.folded(top, bottom, np.maximum(0.6 * (bottom - top), 1.0))
    # Far up behind the teeth it is dark; below the lower teeth there is gum.
    shade = 1 - 0.75 * np.clip((top[None] - flat.rows) / (0.07 * unit), 0, 1)
    gum = 0.8 * np.clip((flat.rows - bottom[None] - 1.5 * rim) / (0.025 * unit), 0, 1)[..., None]
    colour = (colour + (0.7 * gum_colour(look) - colour) * gum) * shade[..., None]
    # Folded once, what shows behind the teeth goes on plausibly; folded again it would be wallpaper.
    even = 0.05 * unit
    reach = smooth_along(np.clip(0.66 * (bottom - top), 1.0, BEHIND * unit), even)[None]
    near = np.clip(1.6 - 1.6 * (smooth_along(top, even)[None] - flat.rows) / reach, 0, 1)
    alpha = cover[None] * near * near * (3 - 2 * near)
    return FlatLayer(np.dstack([colour * alpha[..., None], 255 * alpha]).astype(np.float32), top, bottom)
