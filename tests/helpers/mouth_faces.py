"""Synthetic faces for the mouth's tests: the mean face with painted skin, eyes and lips."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from pctalk_studio.core import topology as topo
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of

SKIN, LIPS, WHITE = (205, 160, 135), (180, 95, 90), (225, 222, 218)


def face(size=512, gap=0.0, roll=0.0, grey=False, teeth=False):
    """A picture [size, size, 3] and its rig; ``gap`` in E parts the lips, ``teeth`` shows a pale row between them."""
    shape = topo.face_topology().vertices.astype(np.float64).copy()
    neutral = shape.copy()
    arc = np.sin(np.linspace(0, np.pi, 11))
    shape[list(topo.INNER_LIP_UPPER), 1] -= 0.5 * gap * arc
    shape[list(topo.INNER_LIP_LOWER), 1] += 0.5 * gap * arc
    rotation, scale = rotation_of(0, 0, roll), size * 0.24
    translation = np.array([size / 2, size * 0.42, 0.0])
    marks = scale * (shape @ rotation) + translation
    rig = FaceRig(
        "synthetic", (size, size), marks.astype(np.float32), rotation, float(scale), translation,
        shape.astype(np.float32), neutral.astype(np.float32), "mesh", 1.0,
    )  # fmt: skip
    return painted(rig, grey, teeth), rig


def painted(rig, grey=False, teeth=False):
    picture = np.full((rig.picture_size[1], rig.picture_size[0], 3), SKIN, np.uint8)
    marks = rig.landmarks[:, :2]

    def fill(ring, colour):
        cv2.fillPoly(picture, [np.round(marks[list(ring)] * 16).astype(np.int32)], colour, lineType=cv2.LINE_AA, shift=4)

    for upper, lower in ((topo.EYE_RIGHT_UPPER, topo.EYE_RIGHT_LOWER), (topo.EYE_LEFT_UPPER, topo.EYE_LEFT_LOWER)):
        fill(topo.closed_ring(upper, lower), WHITE)
    fill(topo.closed_ring(topo.OUTER_LIP_UPPER, topo.OUTER_LIP_LOWER), LIPS)
    inner = topo.closed_ring(topo.INNER_LIP_UPPER, topo.INNER_LIP_LOWER)
    fill(inner, (228, 222, 205) if teeth else (60, 25, 25))
    closed = np.round(marks[list(topo.INNER_LIP_UPPER)] * 16).astype(np.int32)
    if not teeth:
        cv2.polylines(picture, [closed], False, (70, 30, 30), max(round(rig.scale * 0.01), 1), cv2.LINE_AA, 4)
    noise = np.random.default_rng(3).normal(0, 1.5, picture.shape[:2])[..., None]
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if grey:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return picture


def curves(rig, upper_rise=0.0, lower_drop=0.0, wider=0.0, points=41):
    """Inner edges of the lips, raised, dropped and widened by parts of E; each [points, 2] picture pixels."""
    found = []
    for ring, shift in ((topo.INNER_LIP_UPPER, -upper_rise), (topo.INNER_LIP_LOWER, lower_drop)):
        marks = rig.shape[list(ring)].astype(np.float64)
        s = np.linspace(0, 1, points)
        dense = np.stack([np.interp(s, np.linspace(0, 1, 11), marks[:, i]) for i in range(3)], -1)
        dense[:, 1] += shift * np.sin(np.pi * s)
        dense[:, 0] += wider * (2 * s - 1)
        found.append((rig.scale * (dense @ rig.rotation) + rig.translation)[:, :2])
    return found[0], found[1]


def moved(rig, dx, dy):
    """The face shifted by pixels, without the picture."""
    by = np.array([dx, dy, 0.0])
    return replace(rig, landmarks=(rig.landmarks + by).astype(np.float32), translation=rig.translation + by)


def named(rig, picture_hash):
    """The same face in another picture."""
    return replace(rig, picture_hash=picture_hash)


def portrait(media, name, side=512):
    """A real portrait, its longer side scaled, and its rig."""
    from pctalk_studio.analysis.face.find import find_face

    picture = cv2.cvtColor(cv2.imread(str(next((media / "portraits").glob(f"{name}.*")))), cv2.COLOR_BGR2RGB)
    factor = side / max(picture.shape[:2])
    picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return picture, find_face(picture, name)
