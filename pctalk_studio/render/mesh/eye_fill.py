"""Fill parts of a small picture from the rest of it: smooth colour by weighted averages, and grain. Pure numpy and OpenCV."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.eye_frame import PlaneF32

ColourF32 = npt.NDArray[np.float32]
"""Colours of an eye's window, [h, w, 3] float32, sRGB 0 to 255."""

PlanesF32 = npt.NDArray[np.float32]
"""The same as [3, h, w]: numpy is several times as fast when a factor for each pixel is spread over the first axis."""

_NARROW = 3.0
"""A blur of this many pixels can be sampled at every pixel of a picture made smaller, and nobody sees it."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601."""


def luma_of(colour: ColourF32) -> PlaneF32:
    """Brightness of each pixel, 0 to 255."""
    return np.asarray(colour @ _LUMA, np.float32)


def planes_of(colour: npt.NDArray[Any]) -> PlanesF32:
    """Channels first, float32."""
    return np.ascontiguousarray(colour.transpose(2, 0, 1), np.float32)


def blurred(image: npt.NDArray[np.float32], sigma: float) -> npt.NDArray[np.float32]:
    """Gaussian blur, mirrored at the borders; a wide one is made on a smaller picture at the cost of a narrow one."""
    if sigma < 0.05:
        return image
    height, width = image.shape[:2]
    factor = min(int(sigma / _NARROW), height // 4, width // 4)
    if factor < 2:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101))
    small = cv2.resize(image, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.resize(wide, (width, height), interpolation=cv2.INTER_LINEAR))


def spread(colour: ColourF32, weight: PlaneF32, sigma: float) -> ColourF32:
    """Smooth colour everywhere from the pixels with weight.

    Normalised convolution (Knutsson and Westin 1993) over doubling scales: near trusted pixels the narrow scale decides; farther
    off, where it has seen nothing, wider ones take over.
    """
    height, width = weight.shape
    out = np.empty_like(colour)
    total = float(weight.sum())
    out[:] = (colour * weight[..., None]).sum(axis=(0, 1)) / max(total, 1e-6)
    scale = sigma
    scales = []
    while scale < max(height, width):
        scales.append(scale)
        scale *= 2
    for scale in reversed(scales):
        mass = blurred(weight, scale)
        mean = blurred(colour * weight[..., None], scale) / np.maximum(mass, 1e-6)[..., None]
        trust = np.clip(mass * 4, 0, 1)[..., None]
        out += trust * (mean - out)
    return out


def grain_like(luma: PlaneF32, known: npt.NDArray[np.bool_], sigma: float, seed: int = 0) -> PlaneF32:
    """Noise as fine and as strong as that of a picture's plain parts, zero mean, [h, w] float32.

    Copied skin brings pores, hairs and lashes along and shows where it repeats; noise with the same standard deviation and the
    same correlation of neighbours does neither.

    Parameters
    ----------
    luma
        Brightness.
    known
        Where it shows plain skin.
    sigma
        Details coarser than this, in pixels, are not grain.
    seed
        Other seeds give other noise of the same kind.
    """
    mass = blurred(known.astype(np.float32), 4 * sigma)
    if known.sum() < 24:
        return np.zeros_like(luma)
    fine = luma - blurred(luma, sigma)
    # Folds and hairs are texture, too, but not grain: the calmest eighth of the skin tells.
    local = np.sqrt(blurred(np.square(fine) * known, 4 * sigma) / np.maximum(mass, 1e-3))
    calm = known & (local <= np.percentile(local[known], 12.5))
    strength = float(np.sqrt(np.square(fine[calm]).mean()))
    pairs = calm[:, 1:] & calm[:, :-1]
    alike = float((fine[:, 1:] * fine[:, :-1])[pairs].mean()) / max(strength**2, 1e-6) if pairs.any() else 0.0
    # Neighbours under a Gaussian blur of width s are alike by exp(-1 / (4 s^2)).
    width = float(np.sqrt(-0.25 / np.log(min(max(alike, 0.02), 0.85))))
    noise = blurred(np.random.default_rng(seed).standard_normal(luma.shape).astype(np.float32), width)
    noise -= blurred(noise, sigma)
    return np.asarray(noise * np.float32(0.5 * strength / max(float(noise.std()), 1e-6)), np.float32)
