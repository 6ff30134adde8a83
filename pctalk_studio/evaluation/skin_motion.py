"""How the skin of one face lies in another clip of it, frame against same frame: what emotions are read from.

Dense optical flow follows the skin itself, wherever it goes. Landmarks found in either clip would not do: the network knows what
faces look like as a whole, so that raised brows move its idea of a mouth that is at rest, and it hardly sees cheeks, nose and the
inward way of brows. Its landmarks only say where on the skin of the neutral clip to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.pose import fit_pose
from pctalk_studio.analysis.face.tracker import FaceTracker
from pctalk_studio.core.errors import FaceError, UsageError
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.evaluation.track import FindLandmarks
from pctalk_studio.media.reader import MovieReader

ArrayF64 = npt.NDArray[np.float64]

_EVERY = 4
"""Frames from one look to the next."""
_LEAST_FOUND = 0.5
"""Share of frames with a face below which clips cannot be compared."""
_STILL = (
    *(10, 109, 67, 103, 54, 21, 162, 127, 338, 297, 332, 284, 251, 389, 356),  # hairline and temples
    *(139, 34, 93, 234, 368, 264, 323, 454, 168),  # beside the eyes and before the ears, root of the nose
)
"""Landmarks on skin that hardly any expression moves."""
_SWING, _ROUNDS = 0.003, 8
"""Distance from the head's own motion at which one of them counts half, E, and how often that is looked at anew."""
_HELD = 0.01
"""Median way of these landmarks up to which a head holds still, E: raised brows draw temples and hairline by 0.005 to 0.009."""


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How a face differs on average between two clips.

    Parameters
    ----------
    keypoints
        [21, 2]: displacement of each keypoint, x and y in the face frame, unit E.
    """

    keypoints: ArrayF64

    @property
    def size(self) -> float:
        """Root mean square displacement of a keypoint, E."""
        return float(np.sqrt((self.keypoints**2).sum(axis=1).mean()))


@dataclass(frozen=True, slots=True, eq=False)
class SkinMotion:
    """Displacements from a neutral clip to another of the same face and recording.

    Parameters
    ----------
    times
        [N] seconds of the frames that were compared.
    keypoints
        [N, 21, 2]: displacement of each keypoint in each, x and y in the face frame, unit E; the heads' own motion is taken off.
    """

    times: ArrayF64
    keypoints: ArrayF64

    def shift(self, chosen: npt.NDArray[np.bool_] | None = None) -> Shift:
        """The usual displacement over all frames, or over the ``chosen`` [N]: the median, so that a blink is no emotion."""
        rows = self.keypoints if chosen is None else self.keypoints[chosen]
        return Shift(np.median(rows, axis=0))


def skin_motion(neutral: Path, other: Path, progress: ProgressListener = silent) -> SkinMotion:
    """Compare two clips.

    Parameters
    ----------
    neutral, other
        Movies of one face and recording, equal in length to within a frame and equal in size.
    progress
        Hears of every frame.

    Raises
    ------
    MediaError
        When a clip cannot be read.
    FaceError
        When a face is seen in less than half of the frames.
    UsageError
        When the clips differ in length or size.
    """
    first, second = MovieReader(neutral), MovieReader(other)
    if abs(len(first) - len(second)) > 1 or first.facts.size != second.facts.size:
        raise UsageError(
            f"'{neutral}' and '{other}' differ in length or size ({len(first)} and {len(second)} frames, {first.facts.size} and "
            f"{second.facts.size}); compare clips of one face and recording."
        )

    def pairs() -> Iterator[tuple[float, PictureU8, PictureU8]]:
        for before, after in zip(first, second, strict=False):
            if before.index % _EVERY == 0:
                yield before.time, before.rgb, after.rgb
            progress(ProgressEvent("compare", before.index + 1, len(first)))

    with FaceTracker() as tracker:
        return compared(pairs(), tracker.landmarks_of, str(neutral))


def compared(pairs: Iterable[tuple[float, PictureU8, PictureU8]], find: FindLandmarks, name: str = "clip") -> SkinMotion:
    """Compare pictures, each with its seconds and its counterpart; ``find`` gives the landmarks of the first of a pair.

    Raises
    ------
    FaceError
        When a face is seen in less than half of the pairs.
    """
    times, moved, count = [], [], 0
    for time, before, after in pairs:
        count += 1
        points = find(before)
        if points is not None:
            times.append(time)
            moved.append(_displaced(before, after, points))
    if not count or len(times) < _LEAST_FOUND * count:
        raise FaceError(f"'{name}': a face is seen in {len(times)} of {count} frames only; the clips cannot be compared.")
    return SkinMotion(np.array(times), np.array(moved).reshape(-1, KEYPOINT_COUNT, 2))


def _displaced(before: PictureU8, after: PictureU8, points: ArrayF64) -> ArrayF64:
    """Displacement [21, 2] of the keypoints from a picture with landmarks [478, 3] to another, without the head's own motion."""
    # Dense inverse search (Kroeger et al. 2016), here at full resolution: at half of it low brows and lids are one.
    flow_of = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow_of.setFinestScale(0)
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, after)]
    flow = flow_of.calc(grey[0], grey[1], np.zeros((*before.shape[:2], 2), np.float32))
    place = np.clip(points[:, :2], 0, np.array(before.shape[1::-1]) - 1).astype(np.float32)
    way = np.zeros_like(points)
    way[:, :2] = cv2.remap(flow, place[:, None, 0], place[:, None, 1], cv2.INTER_LINEAR)[:, 0]
    pose = fit_pose(points)
    turned = way @ pose.rotation.T / pose.scale
    turned[:, :2] -= _swung(pose.to_face(points), turned[:, :2])
    return np.asarray(MESH.of_landmarks(turned)[:, :2], np.float64)


def _swung(shape: ArrayF64, way: ArrayF64) -> ArrayF64:
    """The part [478, 2] of displacements that the head makes, points of it lying at ``shape`` [478, 3].

    Small turns, shifts and growth of a head move each point linearly in its place. The linear map is fitted to skin that moves
    little otherwise, with Cauchy's weights, by which the few that do move after all lose their say. A head that has not moved is
    left as it is: a fit would only make something of what the expression does.
    """
    inputs = np.hstack([shape, np.ones((len(shape), 1))])
    bone, fitted = inputs[list(_STILL)], way[list(_STILL)]
    swing = np.zeros((4, 2))
    if np.median(np.linalg.norm(fitted, axis=1)) < _HELD:
        return inputs @ swing
    for _ in range(_ROUNDS):
        apart = np.linalg.norm(fitted - bone @ swing, axis=1)
        share = 1.0 / np.sqrt(1.0 + (apart / _SWING) ** 2)[:, None]
        swing = np.linalg.lstsq(bone * share, fitted * share, rcond=None)[0]
    return np.asarray(inputs @ swing)
