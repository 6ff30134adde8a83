"""Find the lids' edges in the picture, so that no lash and no rim of a lid is taken for a part of the eyeball.

Landmarks lie anywhere within the upper line of lashes and the lower lid's wet rim; the eyeball begins and ends between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.eye_fill import ColourF32, blurred, luma_of
from pctalk_studio.render.mesh.eye_frame import LEAST_FOLD, EyeFrame, LidLines, PlaneF32, smoothstep

_COLUMNS = 49
_UPPER_REACH, _LOWER_REACH = (-0.08, 0.14), (-0.10, 0.03)
"""How far an edge may lie from its landmarks, over the distance of the eye's corners, downwards."""
_UPPER_PRICE, _LOWER_PRICE = 0.08, 0.16
"""Of an edge that lies 0.06 of that off its landmarks, over the gain from the plainest edge there can be."""


def with_found_edges(frame: EyeFrame, picture: ColourF32) -> EyeFrame:
    """The frame with its edges moved to where the eyeball begins and ends.

    Under the upper lid brightness rises from lashes to eyeball; at the lower lid it rises from iris to rim, and the colour turns
    red from white to rim.

    Parameters
    ----------
    frame
        The eye by its landmarks.
    picture
        Its window.
    """
    luma = luma_of(picture)
    red = np.asarray(picture[..., 0] - 0.5 * (picture[..., 1] + picture[..., 2]), np.float32)
    down = _found(frame, frame.upper, _UPPER_REACH, _UPPER_PRICE, (_Signal(luma, 8.0, 1.0),))
    upper = np.minimum(frame.upper + down, np.maximum(frame.lower, frame.upper)).astype(np.float32)
    up = _found(frame, frame.lower, _LOWER_REACH, _LOWER_PRICE, (_Signal(red, 4.0, 1.0), _Signal(luma, 8.0, 0.6)))
    lower = np.maximum(frame.lower + up, upper).astype(np.float32)
    fold = np.minimum(frame.fold, upper - np.float32(LEAST_FOLD * frame.width))
    return replace(frame, lines=LidLines(upper, lower, fold))


@dataclass(frozen=True, slots=True, eq=False)
class _Signal:
    """A plane that rises downwards across an edge, the least rise that counts as plain, and its say."""

    plane: PlaneF32
    least: float
    say: float


def _found(
    frame: EyeFrame, edge: PlaneF32, reach: tuple[float, float], price: float, signals: tuple[_Signal, ...]
) -> npt.NDArray[np.float64]:
    """How far down of its landmarks an edge lies at each pixel's u, [h, w].

    Of all lines that follow the landmarks' course up to a shift, a tilt and a bend, the one is taken across which the signals
    rise most, with a price on leaving the landmarks. Three numbers cannot follow single lashes, or a glint in the iris.
    """
    width = frame.width
    step = max(0.012 * width, 0.4)
    offsets = np.arange((reach[0] - 0.05) * width, (reach[1] + 0.05) * width + step, step)
    along = np.linspace(0.04, 0.96, _COLUMNS) * width
    start = _at(frame, edge, along)
    room = np.maximum(_at(frame, frame.lower - frame.upper, along), 0)
    rise = np.zeros((_COLUMNS, len(offsets)))
    for signal in signals:
        rise += signal.say * _rise(frame, signal, along, start, offsets)
    t = along / width * 2 - 1
    axes = (np.linspace(*reach, 23), np.linspace(-0.04, 0.04, 7), np.linspace(-0.04, 0.04, 7))
    shift, tilt, bend = (width * values.ravel() for values in np.meshgrid(*axes, indexing="ij"))
    taper = smoothstep(np.minimum(along, width - along).astype(np.float32), 0.0, 0.22 * width)
    lines = (shift[:, None] + tilt[:, None] * t + bend[:, None] * (0.4 - t**2)) * taper
    place = np.clip(np.round((lines - offsets[0]) / step).astype(int), 0, len(offsets) - 1)
    gain = rise[np.arange(_COLUMNS), place]
    gain[np.abs(lines) > 0.45 * room] = -1
    score = gain.mean(axis=1) - price * (shift**2 + tilt**2 + bend**2) / (0.06 * width) ** 2
    chosen = lines[int(np.argmax(score))]
    return np.interp(frame.u.ravel(), [0, *along, width], [0, *chosen, 0]).reshape(frame.u.shape)


def _at(frame: EyeFrame, plane: PlaneF32, along: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values at some u of a plane that depends on u alone."""
    order = np.argsort(frame.u, axis=None)
    return np.asarray(np.interp(along, frame.u.ravel()[order], plane.ravel()[order]))


def _rise(
    frame: EyeFrame,
    signal: _Signal,
    along: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    offsets: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Rise of a signal downwards at each column and offset, [columns, offsets], 1 for the plainest edge."""
    corner = frame.corner - frame.window[:2]
    reach = max(0.022 * frame.width, 0.6)
    smooth = blurred(signal.plane, 0.012 * frame.width)

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
    plain = max(float(np.percentile(rise, 92)), signal.least)
    return np.asarray(np.clip(rise / plain, -1, 1.2))
