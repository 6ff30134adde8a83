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
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, MouthFrame
from pctalk_studio.render.mesh.mouth_look import TEETH_CAP, MouthLook, brightness, gum_colour, luma

OPEN_ENOUGH = 0.035
"""Gap in E from which a mouth counts as photographed open."""

SHOWING = 0.10
"""Part of the opening that must be teeth for the photo to show teeth."""

CROWN = 0.118
"""Height of a front tooth, E; above it there is gum."""

HIDDEN_EDGE = 0.018
"""How much longer teeth are, E, than the lower lip lets the photo show."""

RIM = 0.010
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
    """

    picture: U8
    front: npt.NDArray[np.uint8]
    back: npt.NDArray[np.uint8]
    colour: F64 | None
    edge: float
    drop: float
    gap: F32

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves, look: MouthLook) -> OwnMouth | None:
        """Study an open mouth; None when the lips are closed."""
        gap = curves.lower - curves.upper
        if float(gap.max()) < OPEN_ENOUGH * frame.unit:
            return None
        flat = _Flat.of(picture, frame, curves)
        row = _upper_row(flat, frame.unit, look)
        front, back = _front(flat, row, look, frame.unit), _back(flat, row, frame.unit)
        middle = int(np.argmin(np.abs(flat.u)))
        near = row.present & (np.abs(flat.u) < 0.12 * frame.unit)
        edge = float(np.median(row.edge[near])) if near.any() else float(flat.upper[middle]) - 0.005 * frame.unit
        return cls(
            picture=picture[frame.roi.slices].copy(),
            front=flat.back_to(frame, front),
            back=flat.back_to(frame, back),
            colour=row.colour,
            edge=edge,
            drop=max(0.0, float(flat.lower[middle]) - max(edge, float(flat.upper[middle]))),
            gap=gap,
        )

    def recoloured(self, look: MouthLook) -> MouthLook:
        """The look with these teeth's colour for painted ones, a little darker since those stand farther back."""
        if self.colour is None:
            return look
        return replace(look, enamel=0.94 * self.colour, sclera_luma=max(look.sclera_luma, brightness(self.colour) / TEETH_CAP))

    def unmoved(self, gap: F32, jaw: tuple[float, float], tongue: float, unit: float) -> float:
        """1 when the mouth stands as photographed, falling to 0 over a fiftieth of E of change."""
        change = float(np.abs(gap - self.gap).max()) + float(np.hypot(*jaw))
        return float(np.clip(1 - change / (0.02 * unit) - 4 * abs(tongue), 0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """The region resampled so that columns run across the mouth: pixel (row i, column j) is (u[j], v[i])."""

    image: F32
    u: F64
    v: F64
    upper: F64
    lower: F64

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves) -> _Flat:
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

    def back_to(self, frame: MouthFrame, rgba: F32) -> U8:
        """Premultiplied colours of this raster on the region's own pixels, transparent outside."""
        x, y = frame.u - np.float32(self.u[0]), frame.v - np.float32(self.v[0])
        seen = cv2.remap(rgba, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.rint(np.clip(seen, 0, 255)).astype(np.uint8)

    def folded(self, first: F64, last: F64, period: F64) -> F32:
        """The image with each column outside [first, last] (v) replaced by itself folded back at these borders."""
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
class _Row:
    """The upper teeth, column by column: whether they show, v of their edge, whether the lower lip hides it, their colour."""

    present: npt.NDArray[np.bool_]
    edge: F64
    cut: npt.NDArray[np.bool_]
    colour: F64 | None


def _tooth_likeness(image: F32, look: MouthLook, brightest: float) -> F32:
    """0 to 1: bright and less red than the lips."""
    light = luma(image)
    red = (image[..., 0] - image[..., 1:].mean(-1)) / np.maximum(light, 8)
    lip_red = float((look.lips[0] - look.lips[1:].mean()) / max(brightness(look.lips), 8))
    pale = 1 / (1 + np.exp(np.clip((red - 0.6 * lip_red - 0.03) / 0.05, -30, 30)))
    dim = 0.55 * brightest
    lit = 1 / (1 + np.exp(np.clip(-(light - dim) / (0.06 * dim + 1), -30, 30)))
    return np.asarray(pale * lit, np.float32)


def _upper_row(flat: _Flat, unit: float, look: MouthLook) -> _Row:
    """Find the teeth that hang from the upper lip."""
    none = _Row(np.zeros(len(flat.u), bool), flat.upper.copy(), np.zeros(len(flat.u), bool), None)
    inside = (flat.rows > flat.upper + 0.5) & (flat.rows < flat.lower - 0.5)
    if inside.sum() < 12:
        return none
    brightest = float(np.quantile(luma(flat.image[inside]), 0.95))
    teeth = inside & (_tooth_likeness(flat.image, look, brightest) > 0.5)
    if teeth.sum() < SHOWING * inside.sum() or brightest < 0.6 * brightness(look.lips):
        return none
    bridge = np.ones((1, 2 * max(round(0.012 * unit), 1) + 1), np.uint8)
    solid = cv2.morphologyEx(teeth.astype(np.uint8), cv2.MORPH_CLOSE, bridge)
    _, labels = cv2.connectedComponents(solid, connectivity=4)
    near_top = solid.astype(bool) & (flat.rows < flat.upper + 0.06 * unit)
    row = np.isin(labels, np.unique(labels[near_top])) & solid.astype(bool)
    present = row.sum(0) >= max(0.012 * unit, 1.5)
    if present.sum() < 0.12 * len(flat.u):
        return none
    last = flat.v[len(flat.v) - 1 - np.argmax(row[::-1], axis=0)] + 0.5
    columns = np.arange(len(flat.u))
    edge = np.interp(columns, columns[present], last[present])
    edge = cv2.GaussianBlur(cv2.medianBlur(edge[None].astype(np.float32), 3), (0, 0), max(0.006 * unit, 0.4))[0].astype(
        np.float64
    )
    cut = edge > flat.lower - 0.022 * unit
    pixels = flat.image[row].astype(np.float64)
    light = luma(pixels)
    return _Row(present, edge, cut, np.asarray(pixels[light >= np.median(light)].mean(0)))


def _front(flat: _Flat, row: _Row, look: MouthLook, unit: float) -> F32:
    """Upper teeth, continued upwards to the gums and downwards to edges that the lower lip hides; [h, w, 4] premultiplied."""
    rim = RIM * unit
    # Dark columns are the gaps between teeth: there the edge is higher and the gum reaches lower.
    gaps = _along(_gaps(flat, row, unit), 0.005 * unit)
    hidden = np.clip(1.6 * _along(row.cut.astype(np.float64), 0.03 * unit) - 0.3, 0, 1)
    edge = row.edge + hidden * (_along(row.edge, 0.02 * unit) - row.edge + HIDDEN_EDGE * unit * (1 - 0.7 * gaps))
    first = np.minimum(flat.upper + rim + 1, row.edge - 1)
    last = row.edge - hidden * np.maximum(row.edge - (flat.lower - rim - 1), 0)
    teeth = flat.folded(first, np.maximum(last, first), np.full(len(flat.u), 0.035 * unit))
    neck = np.median(edge) - CROWN * unit + 0.03 * unit * gaps + 0.5 * (edge - np.median(edge))
    neck = np.minimum(neck, flat.upper - 0.3 * rim)
    gum = np.clip((neck[None] - flat.rows) / (0.012 * unit) + 0.5, 0, 1)[..., None]
    colour = teeth + (gum_colour(look) - teeth) * gum
    ends = _along(row.present.astype(np.float64), 0.010 * unit)
    ends = np.clip(2 * ends - 0.5, 0, 1) * _filled(row.present)
    soft = 1.0 + 0.6 * look.blur
    cover = np.clip((edge[None] - flat.rows) / soft + 0.5, 0, 1) * ends[None]
    return np.dstack([colour * cover[..., None], 255 * cover]).astype(np.float32)


def _along(values: F64, sigma: float) -> F64:
    """Values [n] smoothed along the mouth."""
    return np.asarray(cv2.GaussianBlur(values[None], (0, 0), max(sigma, 0.5), borderType=cv2.BORDER_REPLICATE)[0])


def _filled(present: npt.NDArray[np.bool_]) -> F64:
    """1 from the first to the last column with teeth."""
    columns = np.flatnonzero(present)
    inside = np.zeros(len(present))
    if len(columns):
        inside[columns[0] : columns[-1] + 1] = 1
    return inside


def _gaps(flat: _Flat, row: _Row, unit: float) -> F64:
    """How much each column lies between two teeth, 0 to 1, from how dark it is against its neighbours."""
    light = luma(flat.image)
    crown = (flat.rows < row.edge - 0.006 * unit) & (flat.rows > np.maximum(flat.upper, row.edge - 0.06 * unit))
    level = (light * crown).sum(0) / np.maximum(crown.sum(0), 1)
    around = _along(level, 0.05 * unit)
    dark = np.clip((around - level) / np.maximum(0.18 * around, 4), 0, 1)
    return np.where(crown.any(0), dark, 0.0)


def _back(flat: _Flat, row: _Row, unit: float) -> F32:
    """Lower teeth, tongue and darkness, continued up behind the upper teeth and down behind the lower lip; premultiplied."""
    rim = RIM * unit
    top = np.where(row.present, row.edge + 1.5 * rim, flat.upper + rim)
    bottom = flat.lower - rim
    room = bottom - top
    smooth = _along(room, 0.03 * unit)
    cover = np.clip((smooth - 0.035 * unit) / (0.02 * unit), 0, 1)
    colour = flat.folded(top, bottom, np.maximum(0.6 * room, 1.0))
    # Far up behind the teeth it is dark.
    shade = 1 - 0.75 * np.clip((top[None] - flat.rows) / (0.07 * unit), 0, 1)
    return np.dstack([colour * (shade * cover)[..., None], np.broadcast_to(255 * cover, shade.shape)]).astype(np.float32)
