"""The light of the face's skin, cell by cell, where nothing articulates: what flickers there was not meant to move."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.reading import Window, cut
from pctalk_studio.core import topology

_CELLS, _FINE = 12, 8
"""Cells along each side of the view, and pixels along each side of a cell."""
_SIDE = 1.5
"""The view's side, E; it is centred between the outer eye corners and as much below them as above."""
_STILL = (*topology.OUTER_EYE_CORNERS, *topology.INNER_EYE_CORNERS, 168, 6, 197)


def _skin_cells() -> npt.NDArray[np.bool_]:
    """[12, 12] cells on forehead, nose bridge and upper cheeks: no eyes, brows, mouth, nor anything beside the face."""
    at = (np.arange(_CELLS) + 0.5) / _CELLS * _SIDE - _SIDE / 2
    x, y = np.abs(at)[None, :], at[:, None]
    eyes = (x > 0.1) & (y > -0.34) & (y < 0.16)
    return np.asarray((x < 0.55) & (y > -0.5) & (y < 0.5) & ~eyes)


_CHOSEN = _skin_cells()
SKIN_CELLS = int(_CHOSEN.sum())
"""Number of cells."""
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def skin_light(picture: PictureU8, landmarks: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean lightness of the skin's cells, [K] float64 on a scale of 0 to 255.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    landmarks
        [478, 3] float64 in its pixels.
    """
    right, left = topology.OUTER_EYE_CORNERS
    across = landmarks[left] - landmarks[right]
    middle = landmarks[list(_STILL), :2].mean(axis=0)
    side = _SIDE * float(np.linalg.norm(across))
    window = Window(float(middle[0]), float(middle[1]), side, float(np.arctan2(across[1], across[0])))
    patch = cut(picture, window, _CELLS * _FINE)
    cells = np.asarray(cv2.resize(patch.astype(np.float32), (_CELLS, _CELLS), interpolation=cv2.INTER_AREA))
    return np.asarray(cells[_CHOSEN] @ _LUMA, np.float64)
