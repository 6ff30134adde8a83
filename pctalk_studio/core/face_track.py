"""FaceTrack: one face through the frames of a movie, found once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.problems import Problem

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

_ROUNDING = 1e-9
"""Seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One face in N frames: who it is once, and how it is held and what it does in each.

    Each frame is a :class:`FaceRig` of its own; what makes them one person is ``neutral``.

    Parameters
    ----------
    movie_hash
        Content hash of the movie.
    picture_size
        (width, height) of its frames, pixels.
    times
        [N] float64, seconds at which frames appear; rising.
    rotation, scale, translation
        [N, 3, 3], [N], [N, 3] float64: as in FaceRig, of each frame, free of the detector's jitter.
    shape
        [N, 478, 3] float32, face frame, unit E: the person with each frame's expression.
    neutral
        [478, 3] float32, face frame: the person with lips closed and relaxed; one for all frames.
    presence
        [N] float32: how far the face may be animated, 1 where it was found, 0 in stretches where it was not, and between on the
        way there, so that nothing jumps. Where it is 0 the frame's rig is made up.
    reference
        The frame that shows the person best: frontal, eyes open, mouth closed.
    confidence
        0 to 1, how sure the detector was.
    problems
        What an animator should know.
    """

    movie_hash: str
    picture_size: tuple[int, int]
    times: F64
    rotation: F64
    scale: F64
    translation: F64
    shape: F32
    neutral: F32
    presence: F32
    reference: int
    confidence: float
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.times)

    def rig(self, frame: int) -> FaceRig:
        """The face in one frame."""
        rotation, scale, translation = self.rotation[frame], float(self.scale[frame]), self.translation[frame]
        shape = self.shape[frame]
        landmarks = (scale * (shape.astype(np.float64) @ rotation) + translation).astype(np.float32)
        return FaceRig(
            picture_hash=content_hash(self.movie_hash, frame),
            picture_size=self.picture_size,
            landmarks=landmarks,
            rotation=rotation,
            scale=scale,
            translation=translation,
            shape=shape,
            neutral=self.neutral,
            origin="mesh",
            confidence=self.confidence,
            problems=self.problems,
        )

    def placed(self, factor: float, offset: tuple[float, float], size: tuple[int, int]) -> FaceTrack:
        """The same in a movie whose frames are scaled and then cut; see :meth:`pctalk_studio.core.face.FaceRig.placed`."""
        half = 0.5 * factor - 0.5
        shift = np.array([half - offset[0], half - offset[1], 0.0])
        name = content_hash(self.movie_hash, factor, *offset, *size)
        place = self.translation * factor + shift
        return replace(self, movie_hash=name, picture_size=size, scale=self.scale * factor, translation=place)

    def frames_at(self, seconds: F64) -> npt.NDArray[np.int32]:
        """The frame nearest to each time [T], going forth and back where the movie is shorter; [T] int32.

        At either end the movie turns round, so that nothing ever jumps.
        """
        start, length = float(self.times[0]), float(self.times[-1] - self.times[0])
        if length <= 0:
            return np.zeros(len(seconds), np.int32)
        way = np.mod(np.maximum(seconds - start, 0.0), 2 * length)
        folded = start + np.where(way > length, 2 * length - way, way)
        middles = (self.times[1:] + self.times[:-1]) / 2
        # Times midway between two frames differ by rounding alone; all of them take the later.
        return np.searchsorted(middles, folded + _ROUNDING, side="right").astype(np.int32)

    @property
    def content_hash(self) -> str:
        """Hash of all that a picture depends on."""
        pose = (self.rotation, self.scale, self.translation)
        return content_hash("track", self.movie_hash, self.times, *pose, self.shape, self.neutral, self.presence, self.reference)
