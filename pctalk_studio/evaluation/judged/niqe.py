"""NIQE: how far a picture's statistics are from those of sharp photos (Mittal, Soundararajan and Bovik, 2013)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.io import loadmat
from scipy.special import gamma

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.resources import resource_path

ArrayF64 = npt.NDArray[np.float64]

BLOCK = 96
"""Side of the blocks whose statistics are taken, pixels; half of it at half size."""

SHARP = 0.75
"""Share of the sharpest block's sharpness that a block of a photo needs to be taken as pristine."""

_WINDOW, _SIGMA = 7, 7.0 / 6.0
_SHAPES = np.arange(0.2, 10.001, 0.001)
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Pristine:
    """Statistics of sharp photos: mean [36] and covariance [36, 36], and where they come from."""

    mean: ArrayF64
    covariance: ArrayF64
    source: str


def shipped_statistics() -> Pristine:
    """Our own, made by ``python -m pctalk_studio.evaluation.judged.niqe_statistics`` from public-domain portraits."""
    with np.load(resource_path("niqe_local.npz"), allow_pickle=False) as stored:
        return Pristine(stored["mean"].astype(np.float64), stored["covariance"].astype(np.float64), "NIQE-local")


def published_statistics(path: Path) -> Pristine:
    """The published ones, ``mu_prisparam`` and ``cov_prisparam`` of ``modelparameters.mat``.

    Raises
    ------
    WeightsError
        When the file is none, or holds other things.
    """
    try:
        stored = loadmat(path, variable_names=["mu_prisparam", "cov_prisparam"])
        mean, covariance = (np.asarray(stored[name], np.float64) for name in ("mu_prisparam", "cov_prisparam"))
        return Pristine(mean.reshape(36), covariance.reshape(36, 36), "NIQE")
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise WeightsError(f"'{path}' holds no statistics of NIQE; choose the published 'modelparameters.mat'.") from error


def luma(picture: npt.NDArray[np.uint8]) -> ArrayF64:
    """Y of ITU-R BT.601 in its studio range, 16 to 235, of a picture [H, W, 3] uint8 RGB."""
    return np.asarray(16.0 + picture.astype(np.float64) @ (np.array([65.481, 128.553, 24.966]) / 255.0))


def niqe(picture: npt.NDArray[np.uint8], pristine: Pristine) -> float:
    """Distance of a picture from sharp photos.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB, at least 96 in each direction; what exceeds a multiple of 96 at right and below is left out.
    pristine
        What it is compared with.

    Returns
    -------
    float
        0 or more; lower is more like them. Values of different statistics cannot be compared.

    Raises
    ------
    ValueError
        When the picture is smaller than one block.
    """
    features, _ = block_statistics(luma(picture))
    mean, covariance = features.mean(axis=0), np.cov(features, rowvar=False) if len(features) > 1 else np.zeros((36, 36))
    away = mean - pristine.mean
    return float(np.sqrt(max(0.0, away @ np.linalg.pinv((covariance + pristine.covariance) / 2) @ away)))


def pristine_of(pictures: list[npt.NDArray[np.uint8]], source: str) -> Pristine:
    """Statistics of the sharp blocks of photos."""
    kept = []
    for picture in pictures:
        features, sharpness = block_statistics(luma(picture))
        kept.append(features[sharpness > SHARP * sharpness.max()])
    every = np.concatenate(kept)
    return Pristine(every.mean(axis=0), np.cov(every, rowvar=False), source)


def block_statistics(grey: ArrayF64) -> tuple[ArrayF64, ArrayF64]:
    """Features [B, 36] and sharpness [B] of the blocks of a grey picture [H, W], 0 to 255."""
    rows, columns = grey.shape[0] // BLOCK, grey.shape[1] // BLOCK
    if not rows or not columns:
        raise ValueError(f"a picture of {grey.shape[1]} x {grey.shape[0]} has no block of {BLOCK}")
    grey = grey[: rows * BLOCK, : columns * BLOCK]
    halves: list[ArrayF64] = []
    sharpness = np.zeros(0)
    for scale in (1, 2):
        local = cv2.GaussianBlur(grey, (_WINDOW, _WINDOW), _SIGMA, borderType=cv2.BORDER_REPLICATE)
        square = cv2.GaussianBlur(grey * grey, (_WINDOW, _WINDOW), _SIGMA, borderType=cv2.BORDER_REPLICATE)
        spread = np.sqrt(np.abs(square - local * local))
        normal, side = (grey - local) / (spread + 1.0), BLOCK // scale
        blocks = [(slice(r * side, (r + 1) * side), slice(c * side, (c + 1) * side)) for r in range(rows) for c in range(columns)]
        halves.append(np.array([_features(normal[block]) for block in blocks]))
        if scale == 1:
            sharpness = np.array([spread[block].mean() for block in blocks])
            grey = _halved(grey)
    return np.concatenate(halves, axis=1), sharpness


def _halved(grey: ArrayF64) -> ArrayF64:
    """Half the size by a cubic kernel twice as wide, so that nothing aliases."""
    at = np.arange(8) - 3.5
    near = np.abs(at) / 2.0
    weights = np.where(near <= 1, 1.5 * near**3 - 2.5 * near**2 + 1, -0.5 * near**3 + 2.5 * near**2 - 4 * near + 2)
    weights = weights / weights.sum()
    padded = cv2.copyMakeBorder(grey, 3, 4, 3, 4, cv2.BORDER_REFLECT)
    smooth = cv2.sepFilter2D(padded, cv2.CV_64F, weights, weights, anchor=(3, 3), borderType=cv2.BORDER_REFLECT)
    return np.asarray(smooth[3 : 3 + grey.shape[0] : 2, 3 : 3 + grey.shape[1] : 2])


def _features(normal: ArrayF64) -> ArrayF64:
    """18 numbers of one block of normalised luma."""
    shape, left, right = _asymmetric(normal)
    found = [shape, (left + right) / 2]
    for shift in _NEIGHBOURS:
        shape, left, right = _asymmetric(normal * np.roll(normal, shift, axis=(0, 1)))
        found += [shape, (right - left) * gamma(2 / shape) / gamma(1 / shape), left, right]
    return np.array(found)


@cache
def _ratios() -> ArrayF64:
    return np.asarray(gamma(2 / _SHAPES) ** 2 / (gamma(1 / _SHAPES) * gamma(3 / _SHAPES)))


def _asymmetric(values: ArrayF64) -> tuple[float, float, float]:
    """Shape and the two scales of an asymmetric generalised Gaussian, by its moments (Lasmar, Stitou and Berthoumieu, 2009)."""
    below, above = values[values < 0], values[values > 0]
    left = float(np.sqrt((below**2).mean())) if below.size else 0.0
    right = float(np.sqrt((above**2).mean())) if above.size else 0.0
    power = float((values**2).mean())
    if left == 0 or right == 0 or power == 0:
        # A block without any texture has no distribution; the broadest shape and no width says that.
        return float(_SHAPES[-1]), left, right
    skew = left / right
    ratio = float(np.abs(values).mean()) ** 2 / power * (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    shape = float(_SHAPES[np.abs(_ratios() - ratio).argmin()])
    width = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * width, right * width
