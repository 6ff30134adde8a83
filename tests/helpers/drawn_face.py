"""A face drawn from the mean mesh: no photograph, yet enough of a face for the networks, with landmarks known exactly."""

from __future__ import annotations

import cv2
import numpy as np

from pctalk_studio.core import topology
from pctalk_studio.core.topology import closed_ring, face_topology

_SKIN, _LIP, _BROW, _HAIR = (224, 178, 148), (178, 84, 84), (84, 58, 44), (62, 42, 32)
_LIGHT = np.array([-0.25, -0.45, -0.86])


def posed(shape: np.ndarray, scale: float, centre: tuple[float, float], rotation: np.ndarray | None = None) -> np.ndarray:
    """Face-frame shape [478, 3] as picture landmarks: pixels per E, where the eyes' middle lies, [3, 3] turn."""
    turned = shape.astype(np.float64) @ (np.eye(3) if rotation is None else rotation)
    return turned * scale + (*centre, 0.0)


def with_mouth(gap: float, width: float = 0.0, pull: float = 0.0) -> np.ndarray:
    """The mean face [478, 3] with inner lips ``gap`` E apart (jaw along), widened by ``width`` and corners lifted by ``pull``."""
    shape = face_topology().vertices.astype(np.float64).copy()
    x, y = shape[:, 0] / 0.28, shape[:, 1]
    inside = np.clip(1 - np.abs(x) ** 3, 0, 1)
    lower = {i for ring in topology.LIP_LOWER_RINGS for i in ring[1:-1]}
    upper = {i for ring in topology.LIP_UPPER_RINGS for i in ring[1:-1]}
    lips = lower | upper | {i for ring in topology.LIP_UPPER_RINGS for i in (ring[0], ring[-1])}
    fade = np.clip((y - 0.74) / 0.2, 0, 1) * np.clip(1.6 - np.abs(x) * 0.7, 0, 1)
    gap = gap - 0.002
    for i in range(478):
        if i in lips:
            shape[i, 0] += width / 2 * np.clip(x[i], -1, 1)
            shape[i, 1] -= pull * min(abs(x[i]), 1) ** 2
        if i in lower:
            shape[i, 1] += gap * 0.8 * inside[i]
        elif i in upper:
            shape[i, 1] -= gap * 0.2 * inside[i]
        elif i not in lips:
            shape[i, 1] += gap * 0.75 * fade[i]
    return shape


def with_lids(shape: np.ndarray, closed: float) -> np.ndarray:
    """The shape with both upper lids lowered by a share of the opening, 0 to 1."""
    out = shape.copy()
    for upper, lower in (
        (topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER),
        (topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER),
    ):
        out[list(upper)] += closed * 0.97 * (out[list(lower)] - out[list(upper)])
    return out


def draw(landmarks: np.ndarray, size: tuple[int, int], noise: float = 2.0, seed: int = 0) -> np.ndarray:
    """Draw landmarks [478, 3] (pixels) as an RGB picture [H, W, 3] uint8 of a size (width, height)."""
    over = 2
    picture = np.full((size[1] * over, size[0] * over, 3), (150, 165, 175), np.uint8)
    points = (landmarks.astype(np.float64) + 0.5) * over - 0.5
    e = float(np.linalg.norm(points[33, :2] - points[263, :2])) or 1.0

    def fill(indices: tuple[int, ...], colour: tuple[int, ...], flat: np.ndarray = points) -> None:
        cv2.fillPoly(picture, [np.round(flat[list(indices), :2] * 16).astype(int)], colour, cv2.LINE_AA, 4)

    oval = points[list(topology.FACE_OVAL), :2]
    middle = oval.mean(axis=0)
    hair = middle + (oval - middle) * 1.14 - (0, 0.2 * e)
    neck = np.array([(-0.42, 0.5), (0.42, 0.5), (0.5, 3.0), (-0.5, 3.0)]) * e + middle
    cv2.fillPoly(picture, [np.round(neck).astype(int)], (188, 140, 116), cv2.LINE_AA)
    cv2.fillPoly(picture, [np.round(hair * 16).astype(int)], _HAIR, cv2.LINE_AA, 4)
    corners = points[face_topology().skin_triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    shades = 0.55 + 0.5 * np.clip(normals @ _LIGHT, 0, 1)
    for k in np.argsort(-corners[:, :, 2].mean(axis=1)):
        if normals[k, 2] < 0:
            colour = tuple(int(c * shades[k]) for c in _SKIN)
            cv2.fillPoly(picture, [np.round(corners[k, :, :2] * 16).astype(int)], colour, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.035 * e)
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(oval).astype(int)], 255)
    picture[inside > 0] = soft[inside > 0]
    for nostril in (points[[98, 97, 99], :2].mean(axis=0), points[[327, 326, 328], :2].mean(axis=0)):
        cv2.ellipse(picture, (tuple(nostril.tolist()), (0.07 * e, 0.035 * e), 0), (112, 66, 54), -1, cv2.LINE_AA)
    fill(closed_ring(topology.OUTER_LIP_UPPER, topology.OUTER_LIP_LOWER), _LIP)
    fill(closed_ring(topology.INNER_LIP_UPPER, topology.INNER_LIP_LOWER), (36, 14, 14))
    for inner in (topology.INNER_LIP_UPPER,):
        line = [np.round(points[list(inner), :2] * 16).astype(int)]
        cv2.polylines(picture, line, False, (92, 36, 36), max(1, round(0.012 * e)), cv2.LINE_AA, 4)
    for upper, lower, iris in (
        (topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER, 468),
        (topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER, 473),
    ):
        ring = closed_ring(upper, lower)
        mask = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(points[list(ring), :2] * 16).astype(int)], 255, cv2.LINE_AA, 4)
        eye = np.full_like(picture, (236, 232, 228))
        centre = tuple(np.round(points[iris, :2]).astype(int).tolist())
        cv2.circle(eye, centre, round(0.066 * e), (70, 48, 34), -1, cv2.LINE_AA)
        cv2.circle(eye, centre, round(0.028 * e), (8, 8, 8), -1, cv2.LINE_AA)
        share = mask[..., None] / 255.0
        picture = np.round(picture * (1 - share) + eye * share).astype(np.uint8)
        lash = [np.round(points[list(upper), :2] * 16).astype(int)]
        cv2.polylines(picture, lash, False, (44, 28, 22), max(1, round(0.018 * e)), cv2.LINE_AA, 4)
    for above, below in (
        (topology.BROW_RIGHT_UPPER, topology.BROW_RIGHT_LOWER),
        (topology.BROW_LEFT_UPPER, topology.BROW_LEFT_LOWER),
    ):
        fill(above + below[::-1], _BROW)
    picture = cv2.resize(cv2.GaussianBlur(picture, (0, 0), 0.006 * e + 0.5), size, interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(np.round(picture + grain), 0, 255).astype(np.uint8)
