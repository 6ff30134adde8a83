"""Find the upper lid's edge in the picture: landmarks lie anywhere within the line of lashes, the eyeball begins below it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.eye_fill import blurred
from pctalk_studio.render.mesh.eye_frame import EyeFrame, PlaneF32

_COLUMNS = 49
_UP, _DOWN = 0.08, 0.14
_PRIOR = 0.08


def with_found_edge(frame: EyeFrame, luma: PlaneF32) -> EyeFrame:
    """The frame with its upper edge moved to the lower border of the lash line.

    Of all lines that follow the landmarks' course up to a shift, a tilt and a bend, the one is taken across which brightness
    rises most, with a price on leaving the landmarks. Three numbers cannot follow single lashes, or a glint in the iris.

    Parameters
    ----------
    frame
        The eye by its landmarks.
    luma
        Brightness of its window.
    """
    step = max(0.012 * frame.width, 0.4)
    offsets = np.arange(-_UP * frame.width, _DOWN * frame.width + step, step)
    along = np.linspace(0.04, 0.96, _COLUMNS) * frame.width
    start = _at(frame, frame.upper, along)
    room = np.maximum(_at(frame, frame.lower, along) - start, 0)
    rise = _rise(frame, luma, along, start, offsets)
    t = along / frame.width * 2 - 1
    shift, tilt, bend = (
        values.ravel()
        for values in np.meshgrid(
            np.linspace(-_UP, _DOWN, 23) * frame.width,
            np.linspace(-0.05, 0.05, 7) * frame.width,
            np.linspace(-0.05, 0.05, 7) * frame.width,
            indexing="ij",
        )
    )
    taper = np.minimum(np.minimum(along, frame.width - along) / (0.1 * frame.width), 1)
    lines = (shift[:, None] + tilt[:, None] * t + bend[:, None] * (0.4 - t**2)) * taper
    place = np.clip(np.round((lines - offsets[0]) / step).astype(int), 0, len(offsets) - 1)
    gain = rise[np.arange(_COLUMNS), place]
    gain[lines > 0.45 * room] = -1
    score = gain.mean(axis=1) - _PRIOR * (shift**2 + tilt**2 + bend**2) / (0.06 * frame.width) ** 2
    chosen = lines[int(np.argmax(score))]
    moved = np.interp(frame.u.ravel(), [0, *along, frame.width], [0, *chosen, 0]).reshape(frame.u.shape)
    upper = np.minimum(frame.upper + moved, np.maximum(frame.lower, frame.upper)).astype(np.float32)
    return replace(frame, upper=upper, fold=np.minimum(frame.fold, upper - np.float32(0.08 * frame.width)))


def _at(frame: EyeFrame, plane: PlaneF32, along: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values at some u of a plane that depends on u alone."""
    order = np.argsort(frame.u, axis=None)
    return np.asarray(np.interp(along, frame.u.ravel()[order], plane.ravel()[order]))


def _rise(
    frame: EyeFrame,
    luma: PlaneF32,
    along: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    offsets: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Rise of brightness downwards at each column and offset, [columns, offsets], 1 for the plainest edge."""
    corner = frame.corner - frame.window[:2]
    reach = max(0.022 * frame.width, 0.6)
    smooth = blurred(luma, 0.012 * frame.width)

    def sampled(shift: float) -> npt.NDArray[np.float64]:
        v = start[:, None] + offsets + shift
        xs = corner[0] + along[:, None] * frame.across[0] + v * frame.down[0]
        ys = corner[1] + along[:, None] * frame.across[1] + v * frame.down[1]
        values = cv2.remap(
            smooth, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(values, np.float64)

    rise = sampled(reach) - sampled(-reach)
    # A lamp's glint at the top of the iris must not outweigh the whole lid.
    plain = max(float(np.percentile(rise, 92)), 8.0)
    return np.asarray(np.clip(rise / plain, -1, 1.2))
