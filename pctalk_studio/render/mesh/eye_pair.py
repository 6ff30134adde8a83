"""Drawing of both eyes at once: their windows lie side by side in one array, so that each step is taken once for both.

Eyes are small, and what a step costs is mostly that it is taken at all. Numbers that differ between the eyes (widths, closures,
directions) become rows with a number for each column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_fill import PlanesF32, planes_of
from pctalk_studio.render.mesh.eye_frame import LEAST_FOLD, EyeFrame, LidLines, PlaneF32, ease, smoothstep
from pctalk_studio.render.mesh.gaze import SHADE, SHADE_REACH, Eyeball, under_lid
from pctalk_studio.render.mesh.lids import LidSkin

RowF32 = npt.NDArray[np.float32]
"""A number for each column, [w] float32."""

UPPER_SHARE = 0.9
"""Part of the way that the upper lid goes in a blink; the lower lid comes up by the rest."""

LID_FOLLOWS = (0.5, 0.2)
"""Parts of a turn of the iris by which the upper lid goes along upwards, and the lower lid both ways. How far the upper lid
comes down with a look down is a matter of the row's closure: there a person may want more of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """What a row makes of one eye.

    Parameters
    ----------
    blink
        Closure 0 to 1.
    gaze
        (right, down) of the iris, pixels along the eye frame.
    """

    blink: float
    gaze: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class EyePair:
    """One eye or two, ready to be drawn.

    All planes are [h, w] float32 over the windows side by side, [3, h, w] where they are colours; a lower window is filled up
    below with its last row.

    Parameters
    ----------
    frames, balls
        Of each eye.
    spans
        Each eye's columns.
    v, sides
        Eye-frame coordinate v; 1 between the corners, 0 beyond.
    lines
        Lids at rest: upper edge, lower edge, fold, [3, h, w].
    bases
        For each eye how its three lines follow their vertices, [n, h * columns] each.
    columns, rows
        Coordinates of the pixels in the array.
    width, down_x, down_y
        Distance of the corners, pixels, and the direction across the lids.
    rest, white, glint, lit
        Of the eyeballs.
    lid
        Skin of the lids.
    """

    frames: tuple[EyeFrame, ...]
    balls: tuple[Eyeball, ...]
    spans: tuple[slice, ...]
    v: PlaneF32
    sides: PlaneF32
    lines: npt.NDArray[np.float32]
    bases: tuple[tuple[npt.NDArray[np.float32], ...], ...]
    columns: PlaneF32
    rows: PlaneF32
    width: RowF32
    down_x: RowF32
    down_y: RowF32
    rest: PlanesF32
    white: PlanesF32
    glint: PlanesF32
    lit: PlaneF32
    lid: LidSkin

    @classmethod
    def of(cls, eyes: Sequence[tuple[EyeFrame, Eyeball, LidSkin]]) -> EyePair:
        """Lay eyes that were studied one by one side by side; there must be one at least."""
        frames, balls, lids = zip(*eyes, strict=True)
        height = max(frame.u.shape[0] for frame in frames)
        ends = np.cumsum([0, *(frame.u.shape[1] for frame in frames)]).tolist()
        spans = tuple(slice(start, stop) for start, stop in pairwise(ends))

        def planes(part: Callable[[EyeFrame], npt.NDArray[np.float32]]) -> PlaneF32:
            return _beside([part(frame) for frame in frames], height)

        rows, columns = np.mgrid[:height, : ends[-1]].astype(np.float32)
        along = [(frame.width, frame.down[0], frame.down[1]) for frame in frames]
        width, down_x, down_y = (_row(spans, values) for values in zip(*along, strict=True))
        rest, white, glint = (_beside([getattr(ball, name) for ball in balls], height) for name in ("rest", "white", "glint"))
        return cls(
            frames,
            balls,
            spans,
            planes(lambda frame: frame.v),
            planes(lambda frame: np.clip(np.minimum(frame.u, frame.width - frame.u) + 0.5, 0, 1).astype(np.float32)),
            np.stack([planes(line) for line in (lambda eye: eye.upper, lambda eye: eye.lower, lambda eye: eye.fold)]),
            tuple(
                tuple(
                    np.ascontiguousarray(_beside([basis.reshape(len(basis), *frame.u.shape)], height).reshape(len(basis), -1))
                    for basis in frame.bases
                )
                for frame in frames
            ),
            columns,
            rows,
            width,
            down_x,
            down_y,
            rest,
            white,
            glint,
            _beside([ball.lit for ball in balls], height),
            _lids_beside(lids, spans, height),
        )

    def draw(self, canvas: PictureU8, vertices: npt.NDArray[np.float32], moved: Sequence[Moved]) -> None:
        """Draw the eyes in place.

        Parameters
        ----------
        canvas
            The picture after the skin's warp.
        vertices
            [478, 2] float32 pixels.
        moved
            What the row makes of each eye.
        """
        bent = self._bent(vertices)
        blinks = any(eye.blink > 0 for eye in moved)
        if bent is None and not blinks and all(eye.gaze == (0.0, 0.0) for eye in moved):
            return
        lines = LidLines(*(self.lines if bent is None else bent))
        gap = np.maximum(lines.lower - lines.upper, 0)
        follow = np.minimum(gap * (1 / (np.float32(0.15) * self.width)), 1)
        fall = self._along([LID_FOLLOWS[0] * min(eye.gaze[1], 0.0) * (1 - eye.blink) for eye in moved]) * follow
        lift = self._along([-LID_FOLLOWS[1] * eye.gaze[1] * (1 - eye.blink) for eye in moved]) * follow
        if blinks:
            blink = self._along([eye.blink for eye in moved])
            fall += np.float32(UPPER_SHARE) * blink * gap
            lift += np.float32(1 - UPPER_SHARE) * blink * gap
        edge = lines.upper + fall
        window = self._gathered(canvas)
        lids_move = blinks or any(eye.gaze[1] != 0 for eye in moved)
        out = self._skin(window, lines, fall, lift) if lids_move else planes_of(window)
        masks = self._masks(lines, bent is None) if blinks or self.lid.crossed else None
        if masks is not None and blinks:
            self._unroll(out, masks, lines.fold, edge, fall, moved)
        if any(eye.blink < 1 for eye in moved):
            sight = self._opening(edge, lines.lower - lift)
            sight *= self._along(self._visible(moved, lines, fall))
            out += sight * (self._eyeballs(moved, edge) - out)
        if blinks:
            self._lashes(out, edge, gap, moved)
        if masks is not None and self.lid.crossed:
            out += masks[2] * (planes_of(window) - out)
        np.maximum(out, 0, out=out)  # OpenCV would take what is below 0 as positive; what is above 255 it cuts off
        self._scatter(cv2.convertScaleAbs(cv2.merge(list(out))), canvas)

    def _along(self, values: Sequence[float]) -> RowF32:
        """A number of each eye as a row."""
        return _row(self.spans, values)

    def _gathered(self, canvas: PictureU8) -> PictureU8:
        """The windows side by side, [h, w, 3] uint8."""
        out = np.empty((*self.v.shape, 3), np.uint8)
        for frame, span in zip(self.frames, self.spans, strict=True):
            x0, y0, x1, y1 = frame.window
            out[: y1 - y0, span] = canvas[y0:y1, x0:x1]
            out[y1 - y0 :, span] = canvas[y1 - 1, x0:x1]
        return out

    def _scatter(self, drawn: npt.NDArray[Any], canvas: PictureU8) -> None:
        for frame, span in zip(self.frames, self.spans, strict=True):
            x0, y0, x1, y1 = frame.window
            canvas[y0:y1, x0:x1] = drawn[: y1 - y0, span]

    def _bent(self, vertices: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
        """The lines as a deformed mesh bends them, [3, h, w]; None when no edge has moved by as much as changes a byte."""
        heights = [frame.heights(vertices) for frame in self.frames]
        if all(parts is None for parts in heights):
            return None
        lines = self.lines.copy()
        for parts, bases, span in zip(heights, self.bases, self.spans, strict=True):
            for line, part, basis in zip(lines, parts or (), bases, strict=False):
                line[:, span] += (part @ basis).reshape(len(line), -1)
        np.minimum(lines[2], lines[0] - np.float32(LEAST_FOLD / 2) * self.width, out=lines[2])
        return lines

    def _visible(self, moved: Sequence[Moved], lines: LidLines, fall: PlaneF32) -> list[float]:
        """How far each eyeball has come forward from behind the photo's own: fully once iris or lids have gone a pixel."""
        parts = []
        for eye, span in zip(moved, self.spans, strict=True):
            motion = math.hypot(*eye.gaze)
            if motion < 1:
                now, rest = (lines.upper, lines.lower), self.lines
                lids = (cv2.norm(line[:, span], was[:, span], cv2.NORM_INF) for line, was in zip(now, rest, strict=False))
                motion = max(motion, cv2.norm(fall[:, span], cv2.NORM_INF), *lids)
            parts.append(ease(motion, 0.0, 1.0) if eye.blink < 1 else 0.0)
        return parts

    def _skin(self, window: PictureU8, lines: LidLines, fall: PlaneF32, lift: PlaneF32) -> PlanesF32:
        """The skin of both lids, gone along with their edges."""
        # A strip along the edge goes down whole, with its lashes; what is stretched lies between it and the fold.
        height = np.maximum(lines.upper - lines.fold, 1.0)
        strip = np.minimum(np.float32(0.1) * self.width, np.float32(0.6) * height)
        rise = np.clip((self.v - lines.fold) / (height + fall - strip), 0, 1)
        sink = np.clip(1 - (self.v - lines.lower + lift) * (1 / (np.float32(0.22) * self.width)), 0, 1)
        edge = lines.upper + fall
        middle = edge + np.float32(0.5) * np.maximum(lines.lower - lift - edge, 0)
        # Where the lids meet, one takes over from the other within a pixel and a half, or their seam would crawl in steps.
        over = np.clip((middle - self.v) * np.float32(1 / 1.5) + np.float32(0.5), 0, 1)
        sink *= lift
        shift = over * (fall * rise + sink) - sink
        out = planes_of(window)
        moving = np.flatnonzero(shift.any(1))
        if len(moving):
            # Only what moves is looked up: bicubic look-ups cost more than all else here.
            rows = slice(int(moving[0]), int(moving[-1]) + 1)
            out[:, rows] = self._shifted(window, shift[rows], cv2.INTER_CUBIC, rows.start)
        return out

    def _shifted(self, image: npt.NDArray[Any], shift: PlaneF32, method: int, first: int = 0) -> PlanesF32:
        """An image [h, w, C] gone along by a shift [n, w] of its rows from ``first`` on across the lids, [C, n, w] float32."""
        rows = slice(first, first + len(shift))
        x, y = self.columns[rows] - shift * self.down_x, self.rows[rows] - shift * self.down_y
        return planes_of(cv2.remap(image, x, y, method, borderMode=cv2.BORDER_REPLICATE))

    def _masks(self, lines: LidLines, at_rest: bool) -> PlanesF32:
        """The lids' masks gone along with the skin, before any blink, [3, h, w]."""
        if at_rest:
            return planes_of(self.lid.masks)
        upper, _, fold = self.lines
        over = lines.fold - fold
        share = np.clip((self.v - lines.fold) / (lines.upper - lines.fold), 0, 1)
        return self._shifted(self.lid.masks, over + share * (lines.upper - upper - over), cv2.INTER_LINEAR)

    def _unroll(
        self, out: PlanesF32, masks: PlanesF32, fold: PlaneF32, edge: PlaneF32, fall: PlaneF32, moved: Sequence[Moved]
    ) -> None:
        """Lay new lid skin over what the fall of the lid has stretched, in place."""
        per_width = 1 / self.width
        # The lashes on the strip along the edge are the photo's own until the lid is half down and they point at the viewer.
        strip = smoothstep((self.v - edge) * per_width, -0.14, -0.06)
        cover = masks[0] + strip * (self._along([ease(eye.blink, 0.2, 0.6) for eye in moved]) * self.lid.hem - masks[0])
        cover *= smoothstep(fall * per_width, 0.01, 0.08)
        cover = np.maximum(cover, self._along([ease(eye.blink, 0.1, 0.5) for eye in moved]) * masks[1])
        cover *= np.clip((edge - self.v + np.float32(0.02) * self.width) * self.lid.lower_edge + np.float32(0.5), 0, 1)
        out += cover * (self.lid.drawn(self.v, fold, edge) - out)

    def _lashes(self, out: PlanesF32, edge: PlaneF32, gap: PlaneF32, moved: Sequence[Moved]) -> None:
        """Darken the line of lashes in place."""
        part = self._along([ease(eye.blink, 0.0, 0.35) for eye in moved])
        droop = np.minimum(gap * self._along([0.12 * eye.blink for eye in moved]), np.float32(0.05) * self.width)
        out *= 1 - part + part * self.lid.lash_shade(self.v, edge, droop)

    def _opening(self, upper: PlaneF32, lower: PlaneF32) -> PlaneF32:
        """How much of each pixel lies between the lids, 0 to 1."""
        soft = np.float32(1 / 1.2)
        above = np.clip((self.v - upper) * soft + np.float32(0.5), 0, 1)
        below = np.clip((lower - self.v) * soft + np.float32(0.5), 0, 1)
        above += below
        above -= 1
        return np.asarray(np.maximum(above, 0, out=above) * self.sides, np.float32)

    def _eyeballs(self, moved: Sequence[Moved], edge: PlaneF32) -> PlanesF32:
        """The eyeballs under the lids' edges, a new array [3, h, w]."""
        disks, parts = np.zeros((*self.v.shape, 4), np.float32), []
        for eye, frame, ball, span in zip(moved, self.frames, self.balls, self.spans, strict=True):
            x, y = eye.gaze[0] * frame.across + eye.gaze[1] * frame.down
            turn = math.hypot(x, y)
            parts.append(ease(turn, 0.0, 0.75))
            if turn > 0:
                disks[: frame.u.shape[0], span] = ball.turned(float(x), float(y))
        shade = (1 - SHADE * under_lid(edge, self.v, np.float32(SHADE_REACH) * self.width)) * self.lit
        if not any(parts):
            return np.asarray(self.rest * shade, np.float32)
        disk = planes_of(disks)
        out = self.white * (1 - disk[3])
        out += disk[:3]
        out += self.glint
        if min(parts) < 1:
            out = self.rest + self._along(parts) * (out - self.rest)
        return np.multiply(out, shade, out=out)


def _row(spans: Sequence[slice], values: Sequence[float]) -> RowF32:
    out = np.empty(spans[-1].stop, np.float32)
    for span, value in zip(spans, values, strict=True):
        out[span] = value
    return out


def _beside(parts: Sequence[npt.NDArray[np.float32]], height: int) -> npt.NDArray[np.float32]:
    """Planes [..., h, w] side by side, lower ones filled up with their last row."""
    filled = [np.pad(part, [(0, 0)] * (part.ndim - 2) + [(0, height - part.shape[-2]), (0, 0)], mode="edge") for part in parts]
    return np.ascontiguousarray(np.concatenate(filled, axis=-1), np.float32)


def _lids_beside(lids: Sequence[LidSkin], spans: Sequence[slice], height: int) -> LidSkin:
    """Skin of lids side by side."""

    def planes(name: str) -> npt.NDArray[np.float32]:
        return _beside([getattr(lid, name) for lid in lids], height)

    masks = _beside([lid.masks.transpose(2, 0, 1) for lid in lids], height)
    for lid, span in zip(lids, spans, strict=True):
        if not lid.crossed:
            masks[2, :, span] = 0
    return LidSkin(
        planes("skin"),
        np.ascontiguousarray(masks.transpose(1, 2, 0)),
        any(lid.crossed for lid in lids),
        planes("hem"),
        planes("lower_edge"),
        planes("bow"),
        planes("lashes"),
        _row(spans, [float(lid.lash_width) for lid in lids]),
    )
