"""Landmarks of a face through the frames of a clip, each frame on its own, without smoothing and so without delay."""

from __future__ import annotations

from types import TracebackType

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.detection import SURE_PRESENCE, candidates
from pctalk_studio.analysis.face.networks import FaceNetworks, PictureU8
from pctalk_studio.analysis.face.reading import Reading, Window, averaged, look

_MOVED, _GROWN, _TURNED = 0.04, 0.06, np.deg2rad(4.0)
"""How far the face may move (share of the window's side), grow or turn before the window follows it."""

_LOOKS = (
    ((0.0, 0.0, 1.0, 0.0), False),
    ((0.0, 0.0, 1.0, 0.0), True),
    ((0.02, -0.02, 1.04, 2.0), False),
    ((-0.02, 0.02, 0.97, -2.0), True),
)


class FaceTracker:
    """Reads the mesh in one frame after another; use as a context manager or close it.

    The window through which the network looks is kept as long as the face stays about where it was, because a window that follows
    every small motion adds its own noise, and a window that is guessed anew for each frame adds more. Landmarks are those of the
    given frame alone, so that nothing in them lags behind.

    Parameters
    ----------
    looks
        1 to 4 looks a frame, about 3 ms each; more are steadier.
    networks
        Networks to use; without them the tracker makes its own and closes them.
    """

    def __init__(self, looks: int = 2, networks: FaceNetworks | None = None) -> None:
        if not 1 <= looks <= len(_LOOKS):
            raise ValueError(f"looks must be 1 to {len(_LOOKS)}, not {looks}")
        self._looks = _LOOKS[:looks]
        self._own = networks is None
        self._networks = networks or FaceNetworks()
        self._window: Window | None = None

    def landmarks_of(self, frame: PictureU8) -> npt.NDArray[np.float64] | None:
        """Landmarks [478, 3] float64 (pixels of the frame) of the face in a frame [H, W, 3] uint8 RGB; None when none is seen."""
        reading = self._read(frame, self._window) if self._window is not None else None
        if reading is None:
            reading = self._searched(frame)
        if reading is None:
            self._window = None
            return None
        window = Window.around(reading.landmarks)
        if self._window is None or _differs(self._window, window):
            self._window = window
            reading = self._read(frame, window) or reading
        return reading.landmarks

    def _searched(self, frame: PictureU8) -> Reading | None:
        """The largest face that can be read."""
        found = sorted(candidates(self._networks, frame), key=lambda c: -c.window.side)
        for candidate in found:
            window = candidate.window
            for _ in range(2):
                window = Window.around(look(self._networks, frame, window).landmarks)
            reading = self._read(frame, window)
            if reading is not None:
                return reading
        return None

    def _read(self, frame: PictureU8, window: Window) -> Reading | None:
        looks = [look(self._networks, frame, window.jittered(*jitter), mirrored=mirrored) for jitter, mirrored in self._looks]
        reading = averaged(looks)
        return reading if reading.presence >= SURE_PRESENCE else None

    def begin(self, landmarks: npt.NDArray[np.float64]) -> None:
        """Go on with the face that has these landmarks [478, 3] in the next frame."""
        self._window = Window.around(landmarks)

    def forget(self) -> None:
        """Begin anew, as for another clip."""
        self._window = None

    def close(self) -> None:
        """Close the networks if they are the tracker's own."""
        if self._own:
            self._networks.close()

    def __enter__(self) -> FaceTracker:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _differs(held: Window, fresh: Window) -> bool:
    moved = float(np.hypot(held.x - fresh.x, held.y - fresh.y)) > _MOVED * held.side
    grown = abs(float(np.log(fresh.side / held.side))) > _GROWN
    turned = abs(float(np.angle(np.exp(1j * (held.angle - fresh.angle))))) > _TURNED
    return moved or grown or turned
