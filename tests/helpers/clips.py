"""Clips whose frames carry numbers, for tests of what writes them."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.motion import Motion, MotionRow
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.media.sound import Sound

RATE = FrameRate.parse("25")


def motion_of(levels: list[int], rate: FrameRate = RATE) -> Motion:
    """A motion whose rows carry a number each, in the head's roll."""
    count = len(levels)
    pose = np.zeros((count, 6), np.float32)
    pose[:, 2], pose[:, 5] = levels, 1
    nothing = np.zeros((count, 21, 3), np.float32)
    four = np.zeros((count, 4), np.float32)
    return Motion(rate, nothing, nothing.copy(), pose, four, four.copy(), np.zeros(count, np.float32))


class FakeFace:
    """Draws a row's number as a grey, and remembers what was asked for."""

    def __init__(self, fails_at: int | None = None, size: tuple[int, int] = (64, 64)) -> None:
        self.asked: list[int] = []
        self.threads: set[str] = set()
        self._fails_at = fails_at
        self._size = size

    def frame(self, row: MotionRow) -> np.ndarray:
        level = int(row.pose[2])
        if level == self._fails_at:
            raise RenderError("The engine cannot draw this; choose another.")
        self.asked.append(level)
        self.threads.add(threading.current_thread().name)
        return np.full((self._size[1], self._size[0], 3), level, np.uint8)


def levels_in(path: Path) -> list[int]:
    return [round(float(frame.rgb.mean())) for frame in MovieReader(path)]


def noise(seconds: float, rate: int = 48000) -> Sound:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, round(seconds * rate)).astype(np.float32)
    return Sound.of(samples, rate, Path("noise.wav"))


def assert_close(seen: list[int], wanted: list[int]) -> None:
    assert len(seen) == len(wanted)
    assert np.abs(np.subtract(seen, wanted)).max() <= 2
