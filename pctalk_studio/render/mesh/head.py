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
    node_numbers,
)
from pctalk_studio.render.mesh.places import PlaceGrid, doubled
from pctalk_studio.render.mesh.warp import AnyTexture

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
        [4, rows * columns] float32: node positions and depths relative to the face frame's origin, pixels, and 1; all of it
        times the weight.
    steepest
        [2, 4] float64: greatest change of each of the four from node to node, by pixel, along x and y.
    texture
        The photo for sampling.
    places
        Where the picture's pixels look.
    numbers
        The grid's node numbers.
    face, face_extent
        The grid of the skin's fields, and the pixels outside of which they move nothing.
    """

    picture: U8
    rig: FaceRig
    grid: Grid
    weight: F32
    relief: F32
    steepest: F64
    texture: AnyTexture
    places: PlaceGrid
    numbers: F32
    face: Grid
    face_extent: Box

    @classmethod
    def of(cls, picture: U8, rig: FaceRig, texture: AnyTexture, face: WeightMap) -> HeadStage:
        """Study a rig; ``face`` is the map on whose grid the skin's fields lie."""
        width, height = rig.picture_size
        step = 2 * max(round(STEP / 2 * rig.scale), 1)
        grid = Grid.over(np.zeros(2), np.array([width, height], np.float64), step)
        nodes = grid.nodes
        depth = _depth(grid, rig)
        weight = (_head_weight(nodes, rig) * _border_weight(nodes, rig)).astype(np.float32)
        relief = np.dstack([nodes - rig.translation[:2].astype(np.float32), depth, np.ones_like(depth)]) * weight[..., None]
        return cls(
            picture,
            rig,
            grid,
            weight,
            np.ascontiguousarray(relief.reshape(-1, 4).T, np.float32),
            _steepest(relief, step),
            texture,
            PlaceGrid.over(grid, rig.picture_size),
            node_numbers(grid.rows, grid.columns),
            face.grid,
            face.extent,
        )

    def forward(self, pose: F32) -> F32:
        """Where the nodes go for a pose (see POSE_CHANNELS), as displacements [rows, columns, 2] float32 pixels."""
        pitch, yaw, roll, x, y, zoom = (float(value) for value in pose)
        rig = self.rig
        turn = zoom * (rig.rotation.T @ rotation_of(pitch, yaw, roll) @ rig.rotation) - np.eye(3)
        shift = rig.scale * zoom * (np.array([x, y, 0.0]) @ rig.rotation)[:2]
        change = np.vstack([turn[:, :2], shift])
        field = np.ascontiguousarray((change.T.astype(np.float32) @ self.relief).T).reshape(*self.weight.shape, 2)
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
        turned = self.places.of(inverted(forward, self.grid.step, self.numbers))
        reach = math.ceil(cv2.norm(forward, cv2.NORM_INF)) + 2
        through = turned if skin is None else self._through(skin, turned, reach)
        out = self.picture.copy()
        for cells in self.places.moving(through):
            self.texture.look_up(*self.places.look_up(through, cells), out[self.places.pixels(cells)])
        for patch in patches:
            self._lay(out, canvas, patch, turned, reach)
        return out

    def _through(self, skin: F32, turned: F32, reach: int) -> F32:
        """Places that look through the head's turn, which goes up to ``reach`` far, then through the skin's backward field."""
        x0, y0, x1, y1 = self.places.cells(_grown(self.face_extent, reach))
        through = turned.copy()
        part = through[:, y0 : y1 + 2, x0 : x1 + 2]
        grid, per_step = self.face, np.float32(1 / self.face.step)
        # Node i of the doubled field lies at pixel (i + 1/2) step / 2 - 1/2 from its corner.
        x, y = (
            plane * per_step + np.float32((1 - 2 * start) / grid.step - 0.5)
            for plane, start in zip(part, (grid.x0, grid.y0), strict=True)
        )
        for plane, field in zip(part, doubled(skin), strict=True):
            plane += cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return through

    def _lay(self, out: U8, canvas: U8, patch: Box, turned: F32, reach: int) -> None:
        """Lay a patch of a drawing over the picture where its turn takes it, in place."""
        x0, y0, x1, y1 = patch
        left, top = max(x0 - _AROUND, 0), max(y0 - _AROUND, 0)
        # Bicubic doubling and bilinear sampling is three times as fast as bicubic sampling, and as sharp.
        larger = cv2.resize(canvas[top : y1 + _AROUND, left : x1 + _AROUND], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        drawn = larger[2 * (y0 - top) : 2 * (y1 - top), 2 * (x0 - left) : 2 * (x1 - left)]
        cells = self.places.cells(_grown(patch, reach))
        # Pixel X of the doubled drawing lies at (X + 1/2) / 2 - 1/2.
        x, y = self.places.look_up(turned, cells, (2 * x0 - 0.5, 2 * y0 - 0.5))
        # What looks beside the patch stays as it is.
        cv2.remap(drawn, x, y, cv2.INTER_LINEAR, out[self.places.pixels(cells)], cv2.BORDER_TRANSPARENT)


def _steepest(relief: F32, step: int) -> F64:
    """Greatest central differences over the nodes of planes [rows, columns, N], along x and y, [2, N] float64 by pixel."""
    along = relief[:, 2:] - relief[:, :-2], relief[2:] - relief[:-2]
    return np.array([np.abs(part).max(axis=(0, 1), initial=0) for part in along], np.float64) / (2 * step)


def _never_folds(slopes: F64) -> bool:
    """Whether no field folds whose slopes along x and y, [2, 2] for both displacements, are nowhere steeper than these."""
    a, b, c, d = (float(slope) for slope in slopes.ravel())
    return 1 - (a + d) - (a * d + b * c) >= MIN_DETERMINANT and 1 - 0.5 * (a + d) >= MIN_DETERMINANT


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
