"""Pictures of faces as each judge wants them: which part, how large, where the eyes are."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology
from pctalk_studio.nets.judges import face_reconstruction, syncnet

ArrayF64 = npt.NDArray[np.float64]
FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]
PictureU8 = npt.NDArray[np.uint8]

_MARGIN, _BELOW = 0.4, 0.8
"""SyncNet's crop around half of the face's longer side: as much more to the left, right, and, twice, below."""
_PADDING = 110
"""Grey beyond the picture's border."""

_STANDARD = np.array(
    [
        [-0.31148657, 0.29036078, 0.13377953],
        [0.30979887, 0.28972036, 0.13179526],
        [0.0032535, -0.04617932, 0.55244243],
        [-0.25216928, -0.38133916, 0.22405732],
        [0.2484662, -0.38128236, 0.22235769],
    ]
)
"""Eyes, tip of the nose and corners of the mouth on the face model of Deep3DFaceRecon, x right, y up, z to the viewer."""
_PER_UNIT = 102.0
"""Pixels per unit of that model in an aligned picture."""

_CHIP = np.array([[0.2255, 0.2160], [0.7548, 0.2160], [0.4901, 0.5156], [0.2541, 0.7802], [0.7261, 0.7802]])
"""The same points in dlib's mean face, as shares of its square."""
_CHIP_PADDING, _CHIP_SIDE = 0.25, 224


def five_points(landmarks: FloatArray) -> ArrayF64:
    """Eyes (the picture's left one first), tip of the nose, corners of the mouth: [5, 2] pixels of landmarks [478, 2 or more]."""
    right = landmarks[list(topology.EYE_RIGHT_UPPER + topology.EYE_RIGHT_LOWER), :2].mean(axis=0)
    left = landmarks[list(topology.EYE_LEFT_UPPER + topology.EYE_LEFT_LOWER), :2].mean(axis=0)
    corners = landmarks[[topology.OUTER_LIP_UPPER[0], topology.OUTER_LIP_UPPER[-1]], :2]
    return np.asarray(np.vstack([right, left, landmarks[topology.NOSE_TIP, :2], corners]), np.float64)


def sync_crop(picture: PictureU8, box: FloatArray) -> PictureU8:
    """The face as SyncNet sees it, [224, 224, 3]; ``box`` as from :func:`lip_sync.boxes_of`."""
    x, y, half = (float(value) for value in box)
    left, top = x - half * (1 + _MARGIN), y - half
    width, height = 2 * half * (1 + _MARGIN), half * (2 + _BELOW)
    scale = np.array([syncnet.SIDE / width, syncnet.SIDE / height])
    matrix = np.array([[scale[0], 0, -left * scale[0]], [0, scale[1], -top * scale[1]]])
    return _cut(picture, matrix, syncnet.SIDE, _PADDING)


def model_crop(picture: PictureU8, landmarks: FloatArray) -> PictureU8:
    """The face as Deep3DFaceRecon sees it, [224, 224, 3]: upright as it is, of known size, the model's origin in the middle.

    Size and place come from the affine camera that maps the model's five points to those of the picture best.
    """
    seen = five_points(landmarks) * (1.0, -1.0)
    system = np.column_stack([_STANDARD, np.ones(len(_STANDARD))])
    camera = np.linalg.lstsq(system, seen, rcond=None)[0]
    scale = _PER_UNIT / float(np.linalg.norm(camera[:3], axis=0).mean())
    x, y = camera[3] * (1.0, -1.0)
    middle = face_reconstruction.SIDE / 2
    matrix = np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])
    return _cut(picture, matrix, face_reconstruction.SIDE, 0)


def chip(picture: PictureU8, landmarks: FloatArray) -> PictureU8:
    """The face turned upright as dlib does with a padding of a quarter, [224, 224, 3]."""
    wanted = (_CHIP + _CHIP_PADDING) / (1 + 2 * _CHIP_PADDING) * _CHIP_SIDE
    seen = five_points(landmarks)
    a, b = seen - seen.mean(axis=0), wanted - wanted.mean(axis=0)
    turn = (a[:, 0] + 1j * a[:, 1]).conj() @ (b[:, 0] + 1j * b[:, 1]) / float((a**2).sum())
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return _cut(picture, np.column_stack([linear, wanted.mean(axis=0) - linear @ seen.mean(axis=0)]), _CHIP_SIDE, 0)


def _cut(picture: PictureU8, matrix: ArrayF64, side: int, border: int) -> PictureU8:
    """Resample by a matrix from picture to crop; shrinking averages over areas, so that nothing aliases."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.5:
        share = max(2 * scale, 1.0 / min(picture.shape[:2]))
        smaller = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        ratio = np.array([picture.shape[1] / smaller.shape[1], picture.shape[0] / smaller.shape[0]])
        # Pixel centres: x = (x' + 1/2) ratio - 1/2.
        shift = matrix[:, :2] @ ((ratio - 1.0) / 2.0)
        matrix = np.column_stack([matrix[:, :2] * ratio, matrix[:, 2] + shift])
        picture = np.asarray(smaller, np.uint8)
    crop = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(border,) * 3
    )
    return np.asarray(crop, np.uint8)
