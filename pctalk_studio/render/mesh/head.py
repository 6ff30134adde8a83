"""The head's own motion: the finished, unposed picture seen from a slightly different side.

Every pixel of the head has a depth: the mesh's on the face, and beyond it one that recedes towards the middle of the skull, as
hair, ears and neck do. Turning that relief moves near parts against far ones (parallax). The motion is full on the head, dies
away down the neck and into the background, and is nothing at the picture's border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology as topo
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.render.mesh.fields import (
    MIN_DETERMINANT,
    Box,
    Grid,
    Spread,
    WeightMap,
    inverted,
    largest_factor,
    looked_up,
    node_numbers,
)
from pctalk_studio.render.mesh.warp import Texture, Window

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

STEP = 0.07
"""Distance of the nodes, E."""

SKULL_DEPTH, SKULL_CURVE = 0.80, 0.40
"""Depth of the head's widest section behind the line of the eyes, and the distance beyond the face over which hair and neck
recede to it, E."""

# The head with its hair as an ellipse in the face frame, E: centre, half axes upwards, sideways and downwards.
CENTRE_Y, UP, SIDE, DOWN = 0.25, 1.55, 1.02, 1.12

FADE_UP, FADE_SIDE, FADE_DOWN = 0.9, 0.9, 1.3
"""Beyond that ellipse the motion fades over this distance, E; downwards that is the neck and the shoulders."""

_AROUND = 2
"""Pixels around a patch that doubling it looks at."""

BORDER = 0.5
"""Towards the picture's border it fades over this distance, E."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadStage:
    """Turns one head in one picture.

    Parameters
    ----------
    picture, rig
        The source.
    grid
        Nodes over the whole picture.
    weight
        [rows, columns] float32, 0 to 1: how fully a node follows the head.
    relief
        [rows * columns, 4] float32: node positions and depths relative to the face frame's origin, pixels, and 1; all of it
        times the weight.
    steepest
        [2, 4] float64: greatest change of each of the four from node to node, by pixel, along x and y.
    texture, window
        The photo for sampling, and all of its pixels, on a grid twice as fine.
    numbers
        The grid's node numbers.
    base
        [2 rows + 2, 2 columns + 2, 2] float32: positions of the window's nodes, and of those around, in the doubled picture.
    face, face_window
        The face's weight map and its pixels.
    face_nodes
        Positions of the face's nodes in this grid, [rows, columns, 2] float32 node numbers.
    """

    picture: U8
    rig: FaceRig
    grid: Grid
    weight: F32
    relief: F32
    steepest: F64
    texture: Texture
    window: Window
    numbers: F32
    base: F32
    face: WeightMap
    face_window: Window
    face_nodes: F32

    @classmethod
    def of(cls, picture: U8, rig: FaceRig, texture: Texture, face: WeightMap) -> HeadStage:
        """Study a rig; ``face`` is the map on whose grid the skin's fields lie."""
        width, height = rig.picture_size
        step = 2 * max(round(STEP / 2 * rig.scale), 1)
        grid = Grid.over(np.zeros(2), np.array([width, height], np.float64), step)
        nodes = grid.nodes
        depth = _depth(grid, rig)
        weight = (_head_weight(nodes, rig) * _border_weight(nodes, rig)).astype(np.float32)
        relief = np.dstack([nodes - rig.translation[:2].astype(np.float32), depth, np.ones_like(depth)]) * weight[..., None]
        finer = Grid(grid.x0, grid.y0, step // 2, 2 * grid.columns, 2 * grid.rows)
        window = Window.of(finer, rig.picture_size)
        numbers = node_numbers(grid.rows, grid.columns)
        in_head = (face.grid.nodes - np.array([grid.x0, grid.y0], np.float32) + np.float32(0.5)) / step - np.float32(0.5)
        face_window = Window.of(face.grid, rig.picture_size)
        return cls(
            picture,
            rig,
            grid,
            weight,
            np.ascontiguousarray(relief.reshape(-1, 4), np.float32),
            _steepest(relief, step),
            texture,
            window,
            numbers,
            2 * Grid(finer.x0 - finer.step, finer.y0 - finer.step, finer.step, finer.columns + 2, finer.rows + 2).nodes,
            face,
            face_window,
            in_head.astype(np.float32),
        )

    def forward(self, pose: F32) -> F32:
        """Where the nodes go for a pose (see POSE_CHANNELS), as displacements [rows, columns, 2] float32 pixels."""
        pitch, yaw, roll, x, y, zoom = (float(value) for value in pose)
        rig = self.rig
        turn = zoom * (rig.rotation.T @ rotation_of(pitch, yaw, roll) @ rig.rotation) - np.eye(3)
        shift = rig.scale * zoom * (np.array([x, y, 0.0]) @ rig.rotation)[:2]
        change = np.vstack([turn[:, :2], shift])
        field = (self.relief @ change.astype(np.float32)).reshape(*self.weight.shape, 2)
        if _never_folds(self.steepest @ np.abs(change)):
            return field
        return np.asarray(field * np.float32(largest_factor(field, float(self.grid.step), self.weight > 0)), np.float32)

    def draw(self, canvas: U8, patches: tuple[Box, ...], pose: F32, skin: F32 | None = None) -> U8:
        """Turn a finished picture.

        Parameters
        ----------
        canvas
            [H, W, 3] uint8: what is drawn in the patches, with at least 3 pixels of the moved skin around each.
        patches
            Where something is drawn that no field can bring from the photo.
        pose
            [6] the row's pose channels.
        skin
            Backward field of the skin on the face's grid; everything outside the patches is looked up through both at once.

        Returns
        -------
        [H, W, 3] uint8, new.
        """
        forward = self.forward(pose)
        backward = inverted(forward, self.grid.step, self.numbers)
        both = None if skin is None else self._through(skin, backward)
        skin_box = (0, 0, 0, 0) if both is None else self.face.grid.moved(both)
        bands = self.grid.bands(backward, skin_box)
        window = self.window.within(_hull(bands))
        look_up = window.straight_map(self._places(backward))
        reach = math.ceil(cv2.norm(forward, cv2.NORM_INF)) + 2
        targets = [window.within(_grown(patch, reach)) for patch in patches]
        places = [
            cv2.subtract(look_up[target.slices_in(window)], (*_doubled_corner(patch), 0, 0))  # type: ignore[call-overload]
            for patch, target in zip(patches, targets, strict=True)
        ]
        if both is not None:
            face = self.face_window.within(window.box).within(skin_box)
            if not face.empty:
                look_up[face.slices_in(window)] += face.dense(both)
        out = self.picture.copy()
        drawn = out[window.slices]
        for band in bands:
            rows = slice(max(band[1] - window.y0, 0), max(band[3] - window.y0, 0))
            columns = slice(max(band[0] - window.x0, 0), max(band[2] - window.x0, 0))
            if drawn[rows, columns].size:
                self.texture.sample(look_up[rows, columns], drawn[rows, columns])
        for patch, target, place in zip(patches, targets, places, strict=True):
            if not target.empty:
                _lay(out[target.slices], canvas, patch, place)
        return out

    def _places(self, backward: F32) -> F32:
        """Where the nodes of the window's grid, and those around it, look, in twice the picture's pixels; [rows, columns, 2]."""
        finer = cv2.resize(backward * np.float32(2), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        places = cv2.copyMakeBorder(finer, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return np.add(places, self.base, out=places)

    def _through(self, skin: F32, backward: F32) -> F32:
        """What the skin's backward field adds to the head's, at the face's nodes in the turned picture."""
        step = np.float32(1 / self.face.grid.step)
        turned = looked_up(backward, self.face_nodes, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
        return looked_up(skin, self.face.numbers + turned * step, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT)


def _steepest(relief: F32, step: int) -> F64:
    """Greatest central differences over the nodes of planes [rows, columns, N], along x and y, [2, N] float64 by pixel."""
    along = relief[:, 2:] - relief[:, :-2], relief[2:] - relief[:-2]
    return np.array([np.abs(part).max(axis=(0, 1), initial=0) for part in along], np.float64) / (2 * step)


def _never_folds(slopes: F64) -> bool:
    """Whether no field folds whose slopes along x and y, [2, 2] for both displacements, are nowhere steeper than these."""
    a, b, c, d = (float(slope) for slope in slopes.ravel())
    return 1 - (a + d) - (a * d + b * c) >= MIN_DETERMINANT and 1 - 0.5 * (a + d) >= MIN_DETERMINANT


def _doubled_corner(patch: Box) -> tuple[float, float]:
    """Where the first pixel of a doubled drawing of a patch and what lies around it lies, in twice the picture's pixels.

    Pixel X of the doubled drawing lies at (X + 1/2) / 2 - 1/2.
    """
    return 2 * max(patch[0] - _AROUND, 0) - 0.5, 2 * max(patch[1] - _AROUND, 0) - 0.5


def _lay(out: U8, canvas: U8, patch: Box, places: F32) -> None:
    """Lay a patch of a drawing over a region of the picture, in place; ``places`` count from :func:`_doubled_corner`."""
    x0, y0, x1, y1 = patch
    part = canvas[max(y0 - _AROUND, 0) : y1 + _AROUND, max(x0 - _AROUND, 0) : x1 + _AROUND]
    # Bicubic doubling and bilinear sampling is three times as fast as bicubic sampling, and as sharp.
    doubled = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    drawn = looked_up(np.asarray(doubled, np.uint8), places, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
    left, top = _doubled_corner(patch)
    low, high = (2 * x0 - left, 2 * y0 - top), (2 * (x1 - 1) - left, 2 * (y1 - 1) - top)
    within = cv2.inRange(places, low, high)  # type: ignore[call-overload]
    cv2.copyTo(drawn, within, out)


def _hull(boxes: tuple[Box, ...]) -> Box:
    """Smallest box around some."""
    if not boxes:
        return 0, 0, 0, 0
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _grown(box: Box, reach: int) -> Box:
    """A box enlarged on all sides."""
    return box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach


def _depth(grid: Grid, rig: FaceRig) -> F32:
    """Depth of the nodes relative to the face frame's origin, pixels away from the viewer; [rows, columns] float32."""
    points = rig.landmarks[: topo.MESH_COUNT].astype(np.float64)
    relative = points[:, 2] - rig.translation[2]
    spread = Spread.of(grid, points[:, :2], points[:, 2], topo.face_topology().triangles)
    mesh = spread.values(relative[:, None].astype(np.float32))[..., 0]
    uncovered = (~spread.covered).astype(np.uint8)
    if uncovered.all():
        return np.zeros(uncovered.shape, np.float32)
    distance, label = cv2.distanceTransformWithLabels(
        uncovered, cv2.DIST_L2, cv2.DIST_MASK_PRECISE, labelType=cv2.DIST_LABEL_PIXEL
    )
    rim = np.zeros(label.max() + 1, np.float32)
    rim[label[spread.covered]] = mesh[spread.covered]
    unit = rig.scale / grid.step
    start = cv2.GaussianBlur(rim[label], (0, 0), 0.12 * unit)
    recede = 1 - np.exp(-distance / (SKULL_CURVE * unit))
    back = np.maximum(SKULL_DEPTH * rig.scale, start)
    depth = start + (back - start) * recede.astype(np.float32)
    depth = np.where(spread.covered, mesh, depth)
    return np.asarray(cv2.GaussianBlur(depth.astype(np.float32), (0, 0), max(0.06 * unit, 0.3)), np.float32)


def _head_weight(nodes: F32, rig: FaceRig) -> F64:
    """1 on the head, smoothly 0 where neck and background stand still."""
    # The face's upright plane as the picture shows it: head roll is taken out, turning sideways is not.
    across = rig.rotation[0, :2] / max(float(np.linalg.norm(rig.rotation[0, :2])), 1e-6)
    skull = rig.translation[:2] + rig.scale * SKULL_DEPTH * rig.rotation[2, :2]
    local = (nodes.astype(np.float64) - skull) / rig.scale
    x, y = local @ across, local @ np.array([-across[1], across[0]]) - CENTRE_Y
    vertical, fade_vertical = np.where(y < 0, UP, DOWN), np.where(y < 0, FADE_UP, FADE_DOWN)
    inner = np.hypot(x / SIDE, y / vertical)
    outer = np.hypot(x / (SIDE + FADE_SIDE), y / (vertical + fade_vertical))
    # inner reaches 1 on the ellipse, outer on the border of the fade; between them the part grows from 0 to 1.
    part = np.where(outer >= 1, 1, np.where(inner <= 1, 0, (inner - 1) / np.maximum(inner - 1 + (1 - outer) * 2, 1e-6)))
    return np.asarray(1 - part**3 * (part * (6 * part - 15) + 10), np.float64)


def _border_weight(nodes: F32, rig: FaceRig) -> F64:
    """0 on the picture's border, 1 well inside."""
    width, height = rig.picture_size
    near = np.minimum(np.minimum(nodes[..., 0], width - 1 - nodes[..., 0]), np.minimum(nodes[..., 1], height - 1 - nodes[..., 1]))
    reach = min(BORDER * rig.scale, 0.25 * min(width, height))
    part = np.clip(near / reach, 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float64)
