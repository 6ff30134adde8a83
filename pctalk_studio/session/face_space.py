"""Where the face lies in a frame: from the face that masks are painted on to pixels, and back.

Masks live on the frontal, upright mean face (:mod:`pctalk_studio.document.masks`). A frame shows the same mesh with the motion of
its row, turned with the head. A point of the one is found in the other within its triangle; beyond the mesh the way goes along
the nearest point of its border, as if a sheet parallel to the face went on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.motion import MotionRow, rotation_of
from pctalk_studio.core.topology import FACE_OVAL, face_topology
from pctalk_studio.document.masks import MASK_MIDDLE, MASK_REACH, MASK_SIDE
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.moving import MovingSource
from pctalk_studio.session.face_raster import Raster, rasterised

if TYPE_CHECKING:
    from pctalk_studio.render.mesh.handles import HandleDriver

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

BEYOND = 0.4
"""How far outside the mesh a point still belongs to the face, E."""

MAP_STEP = 0.025
"""Distance of the nodes at which a frame is mapped back to the face, E."""

CELL = 2 * MASK_REACH / MASK_SIDE
"""Side of a mask's cell, E."""


@dataclass(frozen=True, slots=True)
class FacePoint:
    """A point of the face that masks are painted on.

    Parameters
    ----------
    x, y
        Face frame, unit E.
    on_mesh
        The mesh covers it; otherwise it lies a little beyond.
    """

    x: float
    y: float
    on_mesh: bool


@dataclass(frozen=True, slots=True, eq=False)
class FaceSpace:
    """One source, of whose frames one wants to know where the face is.

    Parameters
    ----------
    rig
        The face in a frame at full size; of a movie in the one that shows the person best.
    driver
        From rows to displacements of handles.
    weights
        [478, 57] float32 from handles to vertices.
    track
        The face through a movie.
    """

    rig: FaceRig
    driver: HandleDriver
    weights: F32
    track: FaceTrack | None = None

    @classmethod
    def of(cls, source: RenderSource | MovingSource) -> FaceSpace:
        """Study a source; takes some hundredths of a second, and loads what the embedded engine loads."""
        from pctalk_studio.render.mesh.eyewear import wears_glasses
        from pctalk_studio.render.mesh.handles import HandleDriver
        from pctalk_studio.render.mesh.weights import HandleWeights

        poster = source.poster
        weights = HandleWeights.solve(face_topology())
        if wears_glasses(poster.picture, poster.rig.landmarks[:, :2]):
            weights = weights.behind_glasses(poster.rig.shape)
        _canonical()
        track = source.face if isinstance(source.face, FaceTrack) else None
        return cls(poster.rig, HandleDriver.of(poster.rig, weights), weights.matrix, track)

    @property
    def face(self) -> FaceRig | FaceTrack:
        """The face in the picture, or through the movie."""
        return self.rig if self.track is None else self.track

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of a frame at full size, pixels."""
        return self.rig.picture_size

    def posed(self, row: MotionRow) -> PosedFace:
        """The face in the frame of a row."""
        rig, driver = self.rig, self.driver
        if self.track is not None and row.source is not None:
            from pctalk_studio.render.mesh.handles import HandleDriver
            from pctalk_studio.render.mesh.weights import HandleWeights

            rig = self.track.rig(row.source)
            driver = HandleDriver.of(rig, HandleWeights(self.weights))
        moved = rig.shape + self.weights @ driver.pose(row).seen
        pitch, yaw, roll, x, y, zoom = (float(value) for value in row.pose)
        turn = rig.scale * zoom * (rotation_of(pitch, yaw, roll) @ rig.rotation)
        origin = rig.scale * zoom * (np.array([x, y, 0.0]) @ rig.rotation) + rig.translation
        return PosedFace(moved.astype(np.float64) @ turn + origin, np.asarray(turn[:2, :2]), rig.scale * zoom)


@dataclass(frozen=True, slots=True, eq=False)
class PosedFace:
    """The face in one frame.

    Parameters
    ----------
    points
        [478, 3] float64 vertices: pixels of a frame at full size, and depth.
    plane
        [2, 2] float64: what a step in the plane of the face (row vector, unit E) makes in the frame, pixels.
    scale
        Pixels per E.
    """

    points: F64
    plane: F64
    scale: float

    def at(self, x: float, y: float) -> FacePoint | None:
        """The point of the face that is seen at a pixel; None where there is no face."""
        triangles, flat = face_topology().triangles, face_topology().vertices[:, :2]
        a, b, c = (self.points[triangles[:, corner]] for corner in range(3))
        u, v = b[:, :2] - a[:, :2], c[:, :2] - a[:, :2]
        offset = np.array([x, y]) - a[:, :2]
        area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        safe = np.where(np.abs(area) < 1e-9, np.inf, area)
        second = (offset[:, 0] * v[:, 1] - offset[:, 1] * v[:, 0]) / safe
        third = (u[:, 0] * offset[:, 1] - u[:, 1] * offset[:, 0]) / safe
        hit = np.flatnonzero((second >= -1e-9) & (third >= -1e-9) & (second + third <= 1 + 1e-9) & np.isfinite(safe))
        if not len(hit):
            return self._beyond(x, y)
        depth = a[hit, 2] + second[hit] * (b[hit, 2] - a[hit, 2]) + third[hit] * (c[hit, 2] - a[hit, 2])
        nearest = hit[np.argmin(depth)]
        shares = np.array([1 - second[nearest] - third[nearest], second[nearest], third[nearest]])
        place = shares @ flat[triangles[nearest]]
        return FacePoint(float(place[0]), float(place[1]), True)

    def _beyond(self, x: float, y: float) -> FacePoint | None:
        """The point beside the nearest one of the mesh's border; None when that is far."""
        oval = list(FACE_OVAL)
        starts, flat = self.points[oval, :2], face_topology().vertices[oval, :2].astype(np.float64)
        steps, flat_steps = np.roll(starts, -1, axis=0) - starts, np.roll(flat, -1, axis=0) - flat
        offsets = np.array([x, y]) - starts
        along = np.clip((offsets * steps).sum(1) / np.maximum((steps * steps).sum(1), 1e-9), 0, 1)[:, None]
        away = offsets - along * steps
        distance = np.hypot(*away.T)
        edge = int(np.argmin(distance))
        if distance[edge] > BEYOND * self.scale:
            return None
        step = _inverse(self.plane, away[edge])
        place = flat[edge] + along[edge] * flat_steps[edge] + step
        return FacePoint(float(place[0]), float(place[1]), False)

    def to_picture(self, places: F64) -> F64:
        """Where points of the face are seen, whether something hides them or not.

        Parameters
        ----------
        places
            [N, 2] face frame, unit E.

        Returns
        -------
        [N, 2] float64 pixels.
        """
        flat = _canonical()
        cells = ((places - (0.0, MASK_MIDDLE)) + MASK_REACH) / CELL - 0.5
        inside = np.clip(cells, 0, MASK_SIDE - 1)
        low = np.minimum(inside.astype(int), MASK_SIDE - 2)
        share = inside - low
        out = np.zeros((len(places), 2))
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            x, y = low[:, 0] + dx, low[:, 1] + dy
            part = np.abs(1 - dx - share[:, 0]) * np.abs(1 - dy - share[:, 1])
            seen = np.einsum("nk,nkc->nc", flat.raster.shares[y, x], self.points[flat.raster.corners[y, x], :2])
            out += part[:, None] * (seen + flat.beyond[y, x] @ self.plane)
        return np.asarray(out + (cells - inside) * CELL @ self.plane)

    def map(self) -> FaceMap:
        """Every part of the frame that the face covers, mapped back to it."""
        step = max(MAP_STEP * self.scale, 1.0)
        low = self.points[:, :2].min(axis=0) - 2 * step
        columns, rows = (int(side) for side in np.ceil((self.points[:, :2].max(axis=0) + 2 * step - low) / step))
        nodes = np.column_stack([(self.points[:, :2] - low) / step, self.points[:, 2]])
        raster = rasterised(nodes, face_topology().skin_triangles, (rows, columns))
        flat = face_topology().vertices[:, :2]
        place = np.einsum("rck,rckp->rcp", raster.shares, flat[raster.corners]).astype(np.float32)
        cells = (place - np.array([0, MASK_MIDDLE], np.float32) + np.float32(MASK_REACH)) / np.float32(CELL) - np.float32(0.5)
        return FaceMap((float(low[0]), float(low[1])), step, _spread(cells, raster.covered))


@dataclass(frozen=True, slots=True, eq=False)
class FaceMap:
    """A frame mapped back to the face that masks are painted on.

    Parameters
    ----------
    origin
        (x, y) of the first node, pixels of a frame at full size.
    step
        Distance of the nodes, pixels.
    nodes
        [rows, columns, 3] float32: column and row in a mask, cells; and 1 where there is skin.
    """

    origin: tuple[float, float]
    step: float
    nodes: F32

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what may be covered, pixels."""
        rows, columns = self.nodes.shape[:2]
        x, y = self.origin
        return x, y, x + (columns - 1) * self.step, y + (rows - 1) * self.step

    def seen(self, values: U8, window: tuple[float, float, float, float], size: tuple[int, int]) -> U8:
        """Values of the face as they are seen in a part of the frame.

        Parameters
        ----------
        values
            [MASK_SIDE, MASK_SIDE] uint8.
        window
            Left, top, width and height of the part, pixels of a frame at full size.
        size
            (width, height) of the result.

        Returns
        -------
        [height, width] uint8; 0 where there is no skin, with a soft border.
        """
        left, top, width, height = window
        scale = np.array([width / size[0], height / size[1]]) / self.step
        first = (np.array([left, top]) - self.origin) / self.step + scale / 2
        turn = np.array([[scale[0], 0, first[0]], [0, scale[1], first[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        places = cv2.warpAffine(self.nodes, turn, size, flags=flags, borderMode=cv2.BORDER_CONSTANT)
        across, down, cover = cv2.split(places)
        found = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cv2.multiply(found, cover, dtype=cv2.CV_8U), np.uint8)


def _inverse(plane: F64, step: F64) -> F64:
    """A step in the frame as one in the plane of the face; seen from the side, where that is unclear, the shorter one."""
    if abs(np.linalg.det(plane)) < 1e-6:
        return np.zeros(2)
    found = step @ np.linalg.inv(plane)
    longest = 2 * np.hypot(*step) / max(float(np.linalg.norm(plane, 2)), 1e-6)
    return np.asarray(found * min(1.0, longest / max(float(np.hypot(*found)), 1e-9)))


def _spread(cells: F32, covered: npt.NDArray[np.bool_]) -> F32:
    """Nodes as in :class:`FaceMap`; beside the skin its cells are carried on, so that they can be interpolated up to its edge."""
    cover = covered.astype(np.float32)
    weighed = cells * cover[..., None]
    around = cv2.blur(np.dstack([weighed, cover]), (5, 5))
    carried = around[..., :2] / np.maximum(around[..., 2:], 1e-6)
    return np.dstack([np.where(covered[..., None], cells, carried), cover]).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Canonical:
    """The mean face at a mask's cells: triangles, and how far beyond the nearest of them a cell lies, [side, side, 2] E."""

    raster: Raster
    beyond: F64


@cache
def _canonical() -> _Canonical:
    face = face_topology()
    nodes = (face.vertices - (0.0, MASK_MIDDLE, 0.0)).astype(np.float64)
    nodes[:, :2] = (nodes[:, :2] + MASK_REACH) / CELL - 0.5
    raster = rasterised(nodes, face.triangles, (MASK_SIDE, MASK_SIDE))
    gaps = (~raster.covered).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(gaps, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(raster.covered)
    nearest = np.zeros(int(labels.max()) + 1, np.int64)
    nearest[labels[rows, columns]] = np.arange(len(rows))
    row, column = rows[nearest[labels]], columns[nearest[labels]]
    down, across = np.mgrid[:MASK_SIDE, :MASK_SIDE]
    beyond = np.dstack([across - column, down - row]) * CELL
    filled = Raster(raster.corners[row, column], raster.shares[row, column], raster.covered)
    return _Canonical(filled, np.asarray(beyond, np.float64))
