"""The regions of the face as soft areas that one can fill with paint, point at, and see outlined."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology as topo
from pctalk_studio.document.masks import MASK_MIDDLE, MASK_REACH, MASK_SIDE, FaceMask
from pctalk_studio.document.project import EmotionRegion, Side
from pctalk_studio.session.face_space import CELL

F64 = npt.NDArray[np.float64]

SOFTNESS = 0.03
"""How far one region reaches into another, E."""

MIDDLE_SOFTNESS = 0.04
"""How far the left half of the face reaches into the right one, E."""

_RIM = 17
"""Twice the width of the mesh's rim that no outline enters, quarters of a mask's cell."""

# Landmarks that belong to a region without doubt; a point of the face belongs to the region of the nearest of them.
_ANCHORS: dict[EmotionRegion, tuple[int, ...]] = {
    EmotionRegion.BROWS: (
        *topo.BROW_RIGHT_UPPER, *topo.BROW_RIGHT_LOWER, *topo.BROW_LEFT_UPPER, *topo.BROW_LEFT_LOWER,
        10, 151, 9, 8, 108, 337, 67, 297, 103, 332, 54, 284, 21, 251, 69, 299, 68, 298, 71, 301,
    ),
    EmotionRegion.EYES: (
        *topo.EYE_RIGHT_UPPER, *topo.EYE_RIGHT_LOWER, *topo.EYE_LEFT_UPPER, *topo.EYE_LEFT_LOWER,
        *topo.IRIS_RIGHT, *topo.IRIS_LEFT, 130, 359, 226, 446, 25, 255, 23, 253, 110, 339,
    ),
    EmotionRegion.NOSE: (
        168, 6, 197, 195, 5, 4, 1, 2, 129, 49, 64, 98, 358, 279, 294, 327, 48, 278, 236, 456, 174, 399, 97, 326,
    ),
    EmotionRegion.CHEEKS: (
        50, 101, 118, 36, 280, 330, 347, 266, 117, 346, 123, 352, 116, 345, 147, 376, 187, 411, 205, 425,
        234, 454, 93, 323, 137, 366, 177, 401, 132, 361, 215, 435, 213, 433, 119, 348, 142, 371, 203, 423, 227, 447,
    ),
    EmotionRegion.MOUTH: (
        *topo.OUTER_LIP_UPPER, *topo.OUTER_LIP_LOWER, *topo.INNER_LIP_UPPER, *topo.INNER_LIP_LOWER,
        164, 167, 393, 152, 175, 199, 200, 18, 148, 377, 176, 400, 149, 378, 150, 379, 136, 365, 172, 397,
        57, 287, 43, 273, 202, 422, 204, 424, 194, 418, 212, 432, 169, 394, 170, 395, 140, 369,
    ),
}  # fmt: skip


@cache
def _shares() -> F64:
    """Share of each region (in order of EmotionRegion) in each cell of a mask, [5, side, side]; they sum to one."""
    centres = (np.arange(MASK_SIDE) + 0.5) * CELL - MASK_REACH
    cells = np.dstack(np.meshgrid(centres, centres + MASK_MIDDLE))
    vertices = topo.face_topology().vertices[:, :2].astype(np.float64)
    distances = []
    for region in EmotionRegion:
        anchors = vertices[list(_ANCHORS[region])]
        apart = np.hypot(cells[..., 0, None] - anchors[:, 0], cells[..., 1, None] - anchors[:, 1])
        distances.append(apart.min(axis=-1))
    away = np.stack(distances)
    away -= away.min(axis=0)
    near = np.exp(-away / SOFTNESS)
    return np.asarray(near / near.sum(axis=0))


def area(regions: Collection[EmotionRegion], side: Side | None = None) -> FaceMask:
    """The soft area of some regions.

    Parameters
    ----------
    regions
        Which; the areas of all regions sum to one everywhere.
    side
        The subject's own left or right half of them; None: both.
    """
    order = list(EmotionRegion)
    share = sum((_shares()[order.index(region)] for region in regions), np.zeros((MASK_SIDE, MASK_SIDE)))
    return FaceMask.of(share if side is None else share * _half(side))


def _half(side: Side) -> F64:
    across = ((np.arange(MASK_SIDE) + 0.5) * CELL - MASK_REACH) / MIDDLE_SOFTNESS
    left = np.clip(across / 2 + 0.5, 0, 1)
    left = left * left * (3 - 2 * left)
    return np.asarray(left if side is Side.LEFT else 1 - left, np.float64)


def region_at(x: float, y: float) -> EmotionRegion:
    """The region to which a point of the face mostly belongs; face frame, unit E."""
    column = int(np.clip((x + MASK_REACH) / CELL, 0, MASK_SIDE - 1))
    row = int(np.clip((y - MASK_MIDDLE + MASK_REACH) / CELL, 0, MASK_SIDE - 1))
    return list(EmotionRegion)[int(np.argmax(_shares()[:, row, column]))]


@cache
def outlines() -> dict[EmotionRegion, tuple[F64, ...]]:
    """The border of each region on the mesh: closed lines of points [N, 2], face frame, unit E."""
    face = topo.face_topology().vertices[list(topo.FACE_OVAL), :2].astype(np.float64)
    oval = np.round(((face - (0, MASK_MIDDLE)) + MASK_REACH) / CELL * 4 - 0.5).astype(np.int32)
    side = 4 * MASK_SIDE
    filled = cv2.fillPoly(np.zeros((side, side), np.uint8), [oval], (1.0,))
    # Within the rim, whose triangles a turned head shows edgewise: a line along them would be ragged.
    inside = cv2.erode(filled, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_RIM, _RIM)))
    finer = np.stack([cv2.resize(share, (side, side), interpolation=cv2.INTER_CUBIC) for share in _shares()])
    owner = np.argmax(finer, axis=0)
    found = {}
    for number, region in enumerate(EmotionRegion):
        mine = np.asarray((owner == number) & (inside > 0), np.uint8)
        lines, _ = cv2.findContours(mine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        big = [line[:, 0].astype(np.float64) for line in lines if cv2.contourArea(line) > side]
        found[region] = tuple(_rounded(((line + 0.5) / 4) * CELL - MASK_REACH + (0, MASK_MIDDLE)) for line in big)
    return found


def _rounded(line: F64) -> F64:
    """A closed line without the steps of the cells that it was found in."""
    reach = 9
    kernel = np.hanning(2 * reach + 3)[1:-1]
    kernel /= kernel.sum()
    padded = np.concatenate([line[-reach:], line, line[:reach]])
    smooth = np.column_stack([np.convolve(padded[:, axis], kernel, mode="valid") for axis in (0, 1)])
    return np.asarray(smooth[::4])
