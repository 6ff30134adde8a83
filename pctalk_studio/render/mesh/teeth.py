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
    (0.112, 0.098, 0.108, 0.092, 0.084, 0.080),
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


def _crowns(
    arch: Arch, columns: _Columns, raster: MouthFrame, fine: int, look: MouthLook, rng: np.random.Generator
) -> tuple[F32, F32]:
    """Colour [h, w, 3] and coverage [h, w] of crowns and gums on the fine raster."""
    count = 32
    at = raster.column
    tooth = columns.tooth[at]
    kind = np.minimum(tooth % 16, len(arch.widths) - 1)
    long = (1 + 0.025 * rng.standard_normal(count)).astype(np.float32)
    bright = (1 + 0.02 * rng.standard_normal(count)).astype(np.float32)
    lean = (0.10 * rng.standard_normal(count)).astype(np.float32)
    unit = raster.unit / fine
    v = raster.v / np.float32(fine)
    tall = (columns.edge - columns.neck)[at] * long[tooth]
    s = columns.across[at]
    s_edge = np.clip(s + lean[tooth] * 0.3, -1.3, 1.3)
    t = (v - columns.neck[at]) / np.where(np.abs(tall) < 1e-3, 1e-3, tall)
    rounding = np.asarray(arch.rounding)[kind]
    pointed = np.where(kind == 2, 1.4, 4.0)
    cut = 1 - rounding * np.abs(s_edge) ** pointed
    papilla = 0.02 + 0.22 * np.abs(s) ** 2.5
    px = np.abs(tall) * fine
    below_edge = np.clip((cut - t) * px + 0.5, 0, 1)
    on_crown = np.clip((t - papilla) * px / max(0.012 * unit * fine, 1.0) + 0.5, 0, 1)
    side = (1 - np.abs(s)) * columns.half_px[at]
    groove = np.exp(-((side / (0.0075 * unit)) ** 2)) * (0.30 + 0.45 * np.clip(t - 0.55, 0, 1))
    round_off = 1 - 0.14 * s**4
    recede = 1 / (1 + (columns.depth[at] / 0.24) ** 2)
    body = 1 - 0.10 * np.clip(1 - t, 0, 1) ** 2 - 0.05 * np.clip((t - 0.82) / 0.18, 0, 1)
    glint = 0.05 * np.exp(-(((s + 0.15) / 0.4) ** 2) - ((t - 0.5) / 0.25) ** 2)
    light = (1 - groove) * round_off * (body + glint) * bright[tooth] * recede
    enamel = look.enamel * light[..., None]
    enamel *= 1 - np.array([0.0, 0.03, 0.10]) * look.chroma * (np.clip(1 - t, 0, 1) ** 2)[..., None]
    enamel *= np.minimum(1, TEETH_CAP * look.sclera_luma / np.maximum(luma(enamel), 1))[..., None]
    gum = gum_colour(look) * (recede * (0.9 + 0.1 * np.clip(-t, 0, 1)))[..., None]
    colour = gum + (enamel - gum) * on_crown[..., None]
    inside = columns.half_px[at] > 0
    fade = np.clip((t + 1.3) * 4, 0, 1)
    return colour.astype(np.float32), (below_edge * inside * fade).astype(np.float32)
