"""Teeth drawn from anatomy: single crowns of natural widths along a dental arch that is projected with the head.

Crown widths, in E (about 90 mm between the outer eye corners), follow the means of standard dental anatomy: upper central
incisor 8.5 mm, lateral 6.5, canine 7.6, premolars 7, molar 10; lower incisors 5.3 and 5.7, canine 6.8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import INNER_LIP_MIDDLES
from pctalk_studio.render.mesh.mouth_frame import F32, F64, U8, Box, MouthFrame
from pctalk_studio.render.mesh.mouth_look import TEETH_CAP, MouthLook, gum_colour, luma

TYPICAL_WIDTH = 0.55
"""Width of the relaxed mouth, in E, for which the tables below hold; other mouths scale them."""

CROWNS = 32
"""More than a row can have: tooth n of the picture's right half is n, of its left half 16 less."""

SHINE = 0.07
"""Brightness of the wet shine on a front tooth, as a part of the eyes' white."""

BEHIND_LIPS = 0.07
"""Depth of the front teeth behind the lips' surface, E."""


@dataclass(frozen=True, slots=True)
class Arch:
    """One row of teeth, from the middle outwards; lengths in E.

    Parameters
    ----------
    widths, heights
        Of each crown.
    rounding
        How far each crown's cutting edge rises towards its sides, as a part of its height.
    half_width, depth
        Semi-axes of the ellipse on which the crowns stand.
    rise
        Vertical climb per depth: the row is seen slightly from below, its back lies higher.
    upwards
        True when the cutting edges point up (lower row).
    """

    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rounding: tuple[float, ...]
    half_width: float
    depth: float
    rise: float
    upwards: bool


UPPER_ARCH = Arch(
    (0.090, 0.069, 0.078, 0.073, 0.072, 0.10),
    (0.106, 0.094, 0.104, 0.090, 0.084, 0.080),
    (0.06, 0.11, 0.17, 0.15, 0.12, 0.10),
    0.295,
    0.40,
    0.16,
    upwards=False,
)
LOWER_ARCH = Arch(
    (0.057, 0.061, 0.070, 0.073, 0.075, 0.11),
    (0.086, 0.088, 0.098, 0.086, 0.080, 0.075),
    (0.05, 0.06, 0.15, 0.14, 0.12, 0.10),
    0.265,
    0.38,
    0.16,
    upwards=True,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """What each column of the drawing shows: which crown, where on it, how deep, and where it begins and ends."""

    tooth: npt.NDArray[np.int32]
    across: F32
    half_px: F32
    depth: F32
    edge: F32
    neck: F32

    def standing_on(self, line: F64 | None) -> _Columns:
        """The same crowns with their edges on another line, v per column."""
        if line is None:
            return self
        shift = (line - self.edge).astype(np.float32)
        return replace(self, edge=self.edge + shift, neck=self.neck + shift)


def draw_teeth(arch: Arch, rig: FaceRig, frame: MouthFrame, look: MouthLook, edge_v: float, line: F64 | None = None) -> U8:
    """Paint one row.

    Parameters
    ----------
    arch
        Which row.
    rig, frame, look
        The face, the mouth's region and the photo's appearance.
    edge_v
        v (pixels, mouth frame) of the cutting edges between the two middle incisors.
    line
        [n] v of the line on which all edges stand, a table over the mouth frame's grid, where it is known.

    Returns
    -------
    [h, w, 4] uint8: the row in the mouth's region, colours premultiplied by alpha.
    """
    fine = 3 if frame.unit < 130 else 2 if frame.unit < 400 else 1
    height, width = frame.u.shape
    whole = np.zeros((height, width, 4), np.float32)
    coarse = _columns(arch, rig, frame, frame.grid, edge_v).standing_on(line)
    shown = coarse.half_px > 0
    if not shown.any():
        return whole.astype(np.uint8)
    ends = frame.grid[shown][[0, -1]]
    lines = np.stack([coarse.edge[shown], coarse.neck[shown]])
    margin = 0.11 * frame.unit
    corners = np.array([[u, v] for u in ends for v in (lines.min() - margin, lines.max() + margin)])
    box = frame.box_of(frame.to_picture(corners), 2.0)
    if box.empty:
        return whole.astype(np.uint8)
    rows, columns = box.y1 - box.y0, box.x1 - box.x0
    # A finer raster over the same pixels: their centres stay where scaling by area averages them.
    raster = MouthFrame.on(
        Box(0, 0, columns * fine, rows * fine),
        frame.unit * fine,
        ((frame.origin - (frame.roi.x0 + box.x0, frame.roi.y0 + box.y0)) + 0.5) * fine - 0.5,
        frame.axes,
    )
    grid = raster.grid / fine
    dense = _columns(arch, rig, frame, grid, edge_v)
    dense = dense.standing_on(None if line is None else np.interp(grid, frame.grid, line))
    colour, alpha = _crowns(arch, dense, raster, fine, look, _rng(rig, arch))
    planes = np.dstack([colour * alpha[..., None], alpha * 255]).astype(np.float32)
    whole[box.slices] = cv2.resize(planes, (columns, rows), interpolation=cv2.INTER_AREA) if fine > 1 else planes
    blur = 0.85 * np.sqrt(max(look.blur**2 - 0.45**2, 0.0))
    if blur > 0.2:
        whole = np.asarray(cv2.GaussianBlur(whole, (0, 0), float(blur)), np.float32)
    return np.rint(np.clip(whole, 0, 255)).astype(np.uint8)


def _rng(rig: FaceRig, arch: Arch) -> np.random.Generator:
    """Each person's own irregularities, the same every time."""
    digits = "".join(f"{ord(c):02x}" for c in rig.picture_hash)[:24] or "0"
    return np.random.default_rng([int(digits, 16) % 2**63, int(arch.upwards)])


def _columns(arch: Arch, rig: FaceRig, frame: MouthFrame, grid: F64, edge_v: float) -> _Columns:
    """Project the arch and read it back per column."""
    size = float(np.clip(rig.mouth_width / TYPICAL_WIDTH, 0.6, 1.2))
    phi = np.linspace(-1.35, 1.35, 541)
    x, z = arch.half_width * np.sin(phi), arch.depth * (1 - np.cos(phi))
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    along -= along[len(along) // 2]
    bounds = np.cumsum((0.0, *arch.widths))
    tooth = np.clip(np.searchsorted(bounds, np.abs(along), side="right") - 1, 0, len(arch.widths) - 1)
    widths = np.asarray(arch.widths)[tooth]
    across = (np.abs(along) - bounds[tooth]) / widths * 2 - 1
    shrink = size / (1 + 0.25 * z)
    away = -1.0 if arch.upwards else 1.0
    heights = _smooth(np.asarray(arch.heights)[tooth])
    edge_y, neck_y = -arch.rise * z, -arch.rise * z - away * heights
    middle = rig.shape[list(INNER_LIP_MIDDLES)].mean(0).astype(np.float64)
    base = _project(rig, frame, middle + np.array([0, 0, BEHIND_LIPS]))

    def placed(y: F64) -> F64:
        return _project(rig, frame, middle + np.stack([x * shrink, y * shrink, z * size + BEHIND_LIPS], -1)) - (0, base[1])

    edge, neck = placed(edge_y), placed(neck_y)
    # Turned heads hide the far end: keep the part on which u grows.
    u = np.maximum.accumulate(edge[:, 0]) + 1e-6 * np.arange(len(edge))
    seen = np.interp(grid, u, np.arange(len(u)), left=-1, right=len(u))
    index = np.clip(np.rint(seen), 0, len(u) - 1).astype(int)
    out = (seen < 0) | (seen > len(u) - 1)
    signed = np.where(along < 0, -1, 0)[index]
    facing = np.maximum(np.gradient(u, along), 0) * widths / 2
    return _Columns(
        tooth=(tooth[index] + 16 * (signed + 1)).astype(np.int32),
        across=(across[index] * np.where(signed < 0, -1, 1)).astype(np.float32),
        half_px=np.where(out, 0.0, np.maximum(facing[index], 1e-3)).astype(np.float32),
        depth=z[index].astype(np.float32),
        edge=(edge[index, 1] + edge_v).astype(np.float32),
        neck=(neck[index, 1] + edge_v).astype(np.float32),
    )


def _smooth(values: F64) -> F64:
    return np.asarray(cv2.GaussianBlur(values[None].astype(np.float64), (0, 0), 9, borderType=cv2.BORDER_REPLICATE)[0])


def _project(rig: FaceRig, frame: MouthFrame, points: F64) -> F64:
    picture = rig.scale * (points @ rig.rotation) + rig.translation
    return frame.to_mouth(picture[..., :2])


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """Every pixel's place on its crown.

    Parameters
    ----------
    tooth, kind
        [h, w] which crown of the row, and which counted from the middle (2 is the canine).
    s, t
        [h, w] across it from -1 to 1, and from neck (0) to cutting edge (1).
    tall, half
        [h, w] its height and half its width, pixels of the raster.
    depth
        [h, w] how far back it stands, E.
    """

    tooth: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int32]
    s: F32
    t: F32
    tall: F32
    half: F32
    depth: F32

    @classmethod
    def of(cls, arch: Arch, columns: _Columns, raster: MouthFrame, fine: int, lengths: F32) -> _Surface:
        """Places on a raster ``fine`` times as fine as the picture; ``lengths`` are factors of each crown's height."""
        at = raster.column
        tooth = columns.tooth[at]
        kind = np.minimum(tooth % 16, len(arch.widths) - 1).astype(np.int32)
        tall = (columns.edge - columns.neck)[at] * lengths[tooth]
        tall = np.where(np.abs(tall) < 1e-3, np.float32(1e-3), tall)
        t = (raster.v / np.float32(fine) - columns.neck[at]) / tall
        return cls(tooth, kind, columns.across[at], t, np.abs(tall) * fine, columns.half_px[at] * fine, columns.depth[at])


def _crowns(
    arch: Arch, columns: _Columns, raster: MouthFrame, fine: int, look: MouthLook, rng: np.random.Generator
) -> tuple[F32, F32]:
    """Colour [h, w, 3] and coverage [h, w] of crowns and gums on the fine raster."""
    longer, brighter, warmer, lean = (deviation * rng.standard_normal(CROWNS) for deviation in (0.025, 0.02, 0.02, 0.03))
    on = _Surface.of(arch, columns, raster, fine, (1 + longer).astype(np.float32))
    unit = np.float32(raster.unit)
    # The cutting edge rises to the sides, the canine's to a point; gum fills the corners between the necks.
    tilted = np.clip(on.s + lean.astype(np.float32)[on.tooth], -1.3, 1.3)
    rounding = np.asarray(arch.rounding, np.float32)[on.kind]
    cut = 1 - rounding * np.where(on.kind == 2, np.abs(tilted) ** 1.4, tilted**4)
    papilla = 0.02 + 0.22 * np.abs(on.s) ** 2.5
    above_edge = np.clip((cut - on.t) * on.tall + 0.5, 0, 1)
    on_crown = np.clip((on.t - papilla) * on.tall / np.maximum(0.012 * unit, np.float32(1)) + 0.5, 0, 1)
    enamel = _enamel_colours(on, look, unit, (1 + brighter, warmer))
    recede = _recede(on)
    gum = gum_colour(look) * (recede * (0.9 + 0.1 * np.clip(-on.t, 0, 1)))[..., None]
    colour = gum + (enamel - gum) * on_crown[..., None]
    cover = above_edge * (on.half > 0) * np.clip((on.t + 1.3) * 4, 0, 1)
    return colour.astype(np.float32), cover.astype(np.float32)


def _recede(on: _Surface) -> F32:
    """Teeth farther back get less light."""
    return np.asarray(1 / (1 + (on.depth / 0.24) ** 2), np.float32)


def _enamel_colours(on: _Surface, look: MouthLook, unit: np.float32, own: tuple[F64, F64]) -> F32:
    """Colour [h, w, 3] of the crowns; ``own`` are each crown's brightness and warmth."""
    brighter, warmer = (values.astype(np.float32)[on.tooth] for values in own)
    necks, edges = np.clip(1 - on.t, 0, 1), np.clip((on.t - 0.80) / 0.20, 0, 1)
    side = (1 - np.abs(on.s)) * on.half
    groove = np.exp(-((side / (0.0075 * unit)) ** 2)) * (0.28 + 0.45 * np.clip(on.t - 0.55, 0, 1))
    body = (1 - 0.05 * on.s**2 - 0.13 * on.s**4) * (1 - 0.10 * necks**2 - 0.06 * edges**2)
    canine = np.where(on.kind == 2, np.float32(0.96), np.float32(1))
    light = (1 - groove) * body * brighter * canine * _recede(on)
    # Wet enamel shines where it bulges, on the side from which the light comes.
    towards = float(np.clip(-2 * look.light, -0.4, 0.4)) - 0.08
    shine = np.exp(-(((on.s - towards) / 0.30) ** 2) - ((on.t - 0.52) / 0.22) ** 2) * _recede(on)
    yellow = np.array([0.0, 0.03, 0.10], np.float32) * look.chroma
    tint = 1 - yellow * (necks**2 + warmer + np.where(on.kind == 2, np.float32(0.35), np.float32(0)))[..., None]
    # Towards the cutting edge enamel lets the dark through, bluish.
    tint = tint + np.array([-0.02, -0.008, 0.012], np.float32) * look.chroma * (edges**2)[..., None]
    enamel = look.enamel.astype(np.float32) * tint * light[..., None]
    enamel += (SHINE * look.sclera_luma * shine * np.clip(1 - 3 * groove, 0, 1))[..., None]
    limit = TEETH_CAP * look.sclera_luma
    return np.asarray(enamel * np.minimum(1, limit / np.maximum(luma(enamel), 1))[..., None], np.float32)
