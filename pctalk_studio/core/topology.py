"""The face mesh as geometry: which landmarks form which line, how they are joined to triangles, and the mean face.

Landmark numbers are those of the 478-point face mesh: 0 to 467 skin, 468 to 472 right iris, 473 to 477 left iris. ``left`` and
``right`` are the subject's own. The mean face lies in the face frame of :mod:`pctalk_studio.core.keypoints`; it is a statistic
of our own, made by ``python -m pctalk_studio.training.canonical_face``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.resources import resource_path

MESH_COUNT = 468
"""Landmarks of the skin mesh; the irises follow."""

# Lip rings run from the subject's right corner over the middle to the left corner; upper and lower share both corners.
# From inside to outside the rings lie on the wet-dry line, within the red of the lip (two of them), and on its border.
INNER_LIP_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LIP_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
SECOND_LIP_UPPER = (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292)
SECOND_LIP_LOWER = (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292)
THIRD_LIP_UPPER = (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306)
THIRD_LIP_LOWER = (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306)
OUTER_LIP_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LIP_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)

LIP_UPPER_RINGS = (INNER_LIP_UPPER, SECOND_LIP_UPPER, THIRD_LIP_UPPER, OUTER_LIP_UPPER)
"""Upper-lip lines from the inside out, 11 landmarks each."""
LIP_LOWER_RINGS = (INNER_LIP_LOWER, SECOND_LIP_LOWER, THIRD_LIP_LOWER, OUTER_LIP_LOWER)
"""Lower-lip lines from the inside out, 11 landmarks each."""

# Lid lines run from the outer to the inner corner; upper and lower share both corners.
EYE_RIGHT_UPPER = (33, 246, 161, 160, 159, 158, 157, 173, 133)
EYE_RIGHT_LOWER = (33, 7, 163, 144, 145, 153, 154, 155, 133)
EYE_LEFT_UPPER = (263, 466, 388, 387, 386, 385, 384, 398, 362)
EYE_LEFT_LOWER = (263, 249, 390, 373, 374, 380, 381, 382, 362)

# Brow lines run from the outer to the inner end.
BROW_RIGHT_UPPER = (70, 63, 105, 66, 107)
BROW_RIGHT_LOWER = (46, 53, 52, 65, 55)
BROW_LEFT_UPPER = (300, 293, 334, 296, 336)
BROW_LEFT_LOWER = (276, 283, 282, 295, 285)

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""Border of the mesh, clockwise on screen from the top of the forehead; 36 landmarks, closed."""

IRIS_RIGHT = (468, 469, 470, 471, 472)
"""Centre, towards the picture's right, top, towards the picture's left, bottom."""
IRIS_LEFT = (473, 474, 475, 476, 477)
"""Centre, towards the picture's right, top, towards the picture's left, bottom."""

OUTER_EYE_CORNERS = (33, 263)
"""Right and left; their distance is E."""
INNER_EYE_CORNERS = (133, 362)
INNER_LIP_CORNERS = (78, 308)
INNER_LIP_MIDDLES = (13, 14)
"""Upper and lower; their distance is the mouth's gap."""
NOSE_TIP = 4
CHIN = 152
FOREHEAD = 10

_SKIN, _MOUTH, _EYE = 852, 18, 14


def closed_ring(upper: tuple[int, ...], lower: tuple[int, ...]) -> tuple[int, ...]:
    """Join two lines that share both ends to one closed ring: along ``upper``, back along ``lower``."""
    if upper[0] != lower[0] or upper[-1] != lower[-1]:
        raise ValueError("the lines do not share both ends")
    return upper + lower[-2:0:-1]


@dataclass(frozen=True, slots=True, eq=False)
class FaceTopology:
    """The mean face and its triangles.

    Parameters
    ----------
    vertices
        [478, 3] float32, face frame, unit E: lips closed, eyes open, the line from forehead (10) to chin (152) vertical; mirror
        images of each other to the last bit. Inner lips are 0.002 E apart in the middle, so that no triangle is empty.
    triangles
        [898, 3] int32: 852 of skin, 18 that fill the mouth, 14 each that fill the right and the left eye. A disk without holes,
        bordered by the face oval. The normal (b - a) x (c - a) of each points out of the face.
    mirror
        [478] int32: ``mirror[i]`` is the landmark on the other side; ``vertices[mirror]`` equals ``vertices`` with x negated.
    """

    vertices: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.int32]
    mirror: npt.NDArray[np.int32]

    @property
    def skin_triangles(self) -> npt.NDArray[np.int32]:
        """[852, 3] int32: the mesh with open mouth and eyes."""
        return self.triangles[:_SKIN]

    @property
    def mouth_triangles(self) -> npt.NDArray[np.int32]:
        """[18, 3] int32: what lies between the inner lips."""
        return self.triangles[_SKIN : _SKIN + _MOUTH]

    @property
    def eye_right_triangles(self) -> npt.NDArray[np.int32]:
        """[14, 3] int32: what lies between the right lids."""
        return self.triangles[_SKIN + _MOUTH : _SKIN + _MOUTH + _EYE]

    @property
    def eye_left_triangles(self) -> npt.NDArray[np.int32]:
        """[14, 3] int32: what lies between the left lids."""
        return self.triangles[_SKIN + _MOUTH + _EYE :]

    def mirrored(self, landmarks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The mirror image of landmarks in the face frame, [478, 3] float32."""
        return landmarks[self.mirror] * np.array([-1, 1, 1], np.float32)


@cache
def face_topology() -> FaceTopology:
    """The shipped topology; its arrays are read-only."""
    with np.load(resource_path("canonical_face.npz"), allow_pickle=False) as stored:
        vertices, triangles, mirror = stored["vertices"], stored["triangles"], stored["mirror"]
    for array in (vertices, triangles, mirror):
        array.setflags(write=False)
    return FaceTopology(vertices, triangles, mirror)


@cache
def keypoint_partners() -> tuple[int, ...]:
    """For each keypoint of MESH its place on the other side of the face; those of the middle are their own."""
    mirror = face_topology().mirror
    groups = [frozenset(keypoint.landmarks) for keypoint in MESH.keypoints]
    images = [frozenset(int(mirror[landmark]) for landmark in group) for group in groups]
    shared = [[len(group & image) for group in groups] for image in images]
    return tuple(row.index(max(row)) for row in shared)
