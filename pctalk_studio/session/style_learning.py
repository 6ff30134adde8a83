"""A way of speaking out of a film: how somebody's lips move, as the networks encode it (the later paper's video reference)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import FaceError, UsageError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH, KeypointsF32, Region
from pctalk_studio.core.prediction import LAC_RATE
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.runs import runs_of
from pctalk_studio.core.sampling import between
from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.project import Project
from pctalk_studio.jobs import Control
from pctalk_studio.jobs.apart import Apart, Run, here
from pctalk_studio.session.hearing import MotionMaker
from pctalk_studio.session.portraits import face_in

_PRESENT = 0.9
"""Presence of a face from which on its lips are looked at."""
_SHORTEST = 2.0
"""Seconds of visible lips that a style needs."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnStyle:
    """Learn how somebody speaks.

    Parameters
    ----------
    path
        A film of a talking person.
    motion
        Gets the networks.
    """

    path: Path
    motion: MotionMaker

    def __call__(self, control: Control) -> LearnedStyle:
        """Do it, the film in a child process; raises as :meth:`learn`."""
        control.checkpoint(ProgressEvent("face", 0, 1))
        return self.learn(Apart(control.checkpoint), control.checkpoint)

    def learn(self, run: Run = here, listen: ProgressListener = silent) -> LearnedStyle:
        """Follow the lips and encode them.

        Raises
        ------
        StudioError
            When the film cannot be read, is a picture, hardly shows a face, or there are no networks.
        """
        predictor = self.motion()
        movie = face_in(self.path, Project(), run, listen).movie
        if movie is None:
            raise UsageError(f"'{self.path}' is a picture; a speaking style is learned from a film of somebody who talks.")
        delta = lip_motion(movie.track)
        if len(delta) < _SHORTEST * LAC_RATE:
            raise FaceError(f"'{self.path}' shows lips for less than {_SHORTEST:g} seconds; give a longer film.")
        found = predictor.style_of(delta).embedding
        if found is None:
            raise RuntimeError("a style out of motion has an embedding")
        return LearnedStyle(self.path.stem, tuple(float(value) for value in found))


def lip_motion(track: FaceTrack) -> KeypointsF32:
    """Motion of lips and jaw from closed, relaxed lips, as for the mean face, in the longest stretch in which they are seen.

    Returns
    -------
    KeypointsF32
        [T, 21, 3] at LAC_RATE, face frame, unit E; zero except at lips and chin. Empty when a face is hardly seen.
    """
    seen = _longest(track.presence >= _PRESENT)
    moved = list(MESH.indices(Region.LIPS, Region.JAW))
    neutral = MESH.of_landmarks(track.neutral)
    times = track.times[seen]
    if len(times) < 2:
        return np.zeros((0, len(neutral), 3), np.float32)
    shift = np.array([MESH.of_landmarks(shape) - neutral for shape in track.shape[seen]])
    grid = np.arange(times[0], times[-1], 1.0 / LAC_RATE)
    out = np.zeros((len(grid), len(neutral), 3), np.float32)
    out[:, moved] = between(grid, times, shift[:, moved])
    return out


def _longest(flags: npt.NDArray[np.bool_]) -> slice:
    """The longest run of true flags."""
    return slice(*max(runs_of(flags), key=lambda run: run[1] - run[0], default=(0, 0)))
