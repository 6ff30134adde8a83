"""What is seen of a face in every frame of a finished clip: the raw material of all metrics.

Nothing here knows what was asked for. Landmarks are found again in each frame on its own, so that no smoothing delays them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.pose import Pose, fit_pose, rigid_weights, similarity
from pctalk_studio.analysis.face.tracker import FaceTracker
from pctalk_studio.core import topology
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.topology import MESH_COUNT
from pctalk_studio.evaluation.mouth_pixels import MouthOpening, mouth_opening
from pctalk_studio.evaluation.skin_pixels import SKIN_CELLS, skin_light
from pctalk_studio.media.reader import MovieReader

ArrayF64 = npt.NDArray[np.float64]

_LEAST_FOUND = 0.5
"""Share of frames with a face below which a clip cannot be measured."""
_CLOSED_READING = 0.012
"""Largest landmark gap that closed lips are read with, E; closed portraits read 0.001 to 0.014."""
_CLOSED_SEAM = 0.055
"""Largest height of the dark seam between closed lips, E; 0.00 to 0.02 in most faces, 0.05 where lips are dark."""
_SAME_READING = 0.004
"""Gaps that differ by less are one and the same reading, E."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipTrack:
    """Measurements of one clip with T frames; frames without a face are filled in from their neighbours in time.

    Parameters
    ----------
    times
        [T] seconds at which frames appear.
    rate
        Frames a second.
    found
        [T] bool: a face was seen.
    shapes
        [T, 478, 3]: landmarks in the face frame, turned upright by each frame's own pose, unit E of the clip's mean face.
    angles
        [T, 3]: pitch, yaw, roll in degrees.
    scales
        [T]: pixels per E.
    cavity, teeth
        [T]: what is seen between the lips, E; see :class:`MouthOpening`.
    light
        [T, K]: lightness of the face's skin in K cells, 0 to 255.
    """

    times: ArrayF64
    rate: float
    found: npt.NDArray[np.bool_]
    shapes: ArrayF64
    angles: ArrayF64
    scales: ArrayF64
    cavity: ArrayF64
    teeth: ArrayF64
    light: ArrayF64

    def __len__(self) -> int:
        return len(self.times)

    def _distance(self, a: int, b: int) -> ArrayF64:
        return np.asarray(np.linalg.norm(self.shapes[:, a, :2] - self.shapes[:, b, :2], axis=1))

    @property
    def gap(self) -> ArrayF64:
        """[T] inner-lip gap by landmarks, E; less than nothing is nothing."""
        upper, lower = topology.INNER_LIP_MIDDLES
        return np.maximum(self.shapes[:, lower, 1] - self.shapes[:, upper, 1], 0.0)

    @property
    def width(self) -> ArrayF64:
        """[T] distance of the inner lip corners, E."""
        return self._distance(*topology.INNER_LIP_CORNERS)

    @property
    def neutral_width(self) -> float:
        """Mouth width while the lips are together, E: the median over the tenth of frames with the smallest gap."""
        gap = self.gap
        return float(np.median(self.width[gap <= np.quantile(gap, 0.1)]))

    @property
    def aperture(self) -> ArrayF64:
        """[T] the a(t) of the metrics: gap over neutral mouth width, zero for lips that read as closed.

        The network reads closed lips as slightly open, by an amount that belongs to the face. The smallest hundredths are taken
        for that amount, but no more than closed lips are ever read with, so that lips that never meet are not excused.
        """
        gap = self.gap
        offset = min(float(np.quantile(gap, 0.02)), _CLOSED_READING)
        return np.asarray(np.maximum(gap - offset, 0.0) / self.neutral_width)

    @property
    def slit(self) -> ArrayF64:
        """[T] height of what the pixels show between the lips beyond the seam of closed ones, over neutral mouth width."""
        return self._beyond_seam(self.cavity + self.teeth)

    @property
    def dark_slit(self) -> ArrayF64:
        """[T] the same without teeth: what of the mouth's inside is neither lip nor tooth."""
        return self._beyond_seam(self.cavity)

    def _beyond_seam(self, seen: ArrayF64) -> ArrayF64:
        """Take off what is seen where the lips read as closed as they ever do, as far as that can be a seam."""
        gap = self.gap
        closed = gap <= np.quantile(gap, 0.02) + _SAME_READING
        seam = min(float(np.median(seen[closed])), _CLOSED_SEAM)
        return np.asarray(np.maximum(seen - seam, 0.0) / self.neutral_width)

    @property
    def opening(self) -> ArrayF64:
        """[T] how far the mouth is open, over neutral mouth width: the mean of landmarks and pixels.

        Each errs in its own way: the network reads a mouth with drawn-down corners as closed, and pixels cannot tell a tooth
        without colour from a lip. On filmed talkers the pixels follow the phones more closely (r 0.76 to 0.90) than the
        landmarks (0.62 to 0.87).
        """
        return (self.aperture + self.slit) / 2

    @property
    def eye_openings(self) -> ArrayF64:
        """[T, 2] opening of the right and the left eye, E."""
        sides = ((topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER), (topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER))
        return np.stack([self._distance(upper[4], lower[4]) for upper, lower in sides], axis=1)


FindLandmarks = Callable[[PictureU8], "npt.NDArray[np.float64] | None"]
"""Landmarks [478, 3] of a frame [H, W, 3] uint8 RGB in its pixels, or None."""

TimedPicture = tuple[float, PictureU8]
"""Seconds at which a frame appears, and the frame [H, W, 3] uint8 RGB."""


def track_clip(path: Path, progress: ProgressListener = silent, looks: int = 2) -> ClipTrack:
    """Measure a clip.

    Parameters
    ----------
    path
        A movie.
    progress
        Hears of every frame.
    looks
        Looks of the network per frame; more are steadier.

    Raises
    ------
    MediaError
        When the clip cannot be read.
    FaceError
        When a face is seen in less than half of the frames.
    """
    reader = MovieReader(path)

    def told() -> Iterator[TimedPicture]:
        for frame in reader:
            yield frame.time, frame.rgb
            progress(ProgressEvent("measure", frame.index + 1, len(reader)))

    with FaceTracker(looks) as tracker:
        return track_frames(told(), float(reader.facts.rate), tracker.landmarks_of, str(path))


def track_frames(frames: Iterable[TimedPicture], rate: float, find: FindLandmarks, name: str = "clip") -> ClipTrack:
    """Measure frames one after another; ``find`` gives the landmarks of each.

    Raises
    ------
    FaceError
        When a face is seen in less than half of the frames.
    """
    times, landmarks, openings, lights = [], [], [], []
    for time, picture in frames:
        points = find(picture)
        times.append(time)
        landmarks.append(np.full((MESH_COUNT + 10, 3), np.nan) if points is None else points)
        openings.append(MouthOpening(np.nan, np.nan) if points is None else mouth_opening(picture, points))
        lights.append(np.full(SKIN_CELLS, np.nan) if points is None else skin_light(picture, points))
    stack = np.array(landmarks).reshape(-1, MESH_COUNT + 10, 3)
    found = np.isfinite(stack[:, 0, 0])
    if not len(found) or found.mean() < _LEAST_FOUND:
        raise FaceError(f"'{name}': a face is seen in {found.sum()} of {len(found)} frames only; the clip cannot be measured.")
    seen = np.array([(one.cavity, one.teeth) for one in openings])
    filled, seen = _filled(stack, found), _filled(seen, found)
    shapes, poses = _upright(filled)
    return ClipTrack(
        times=np.array(times, np.float64),
        rate=rate,
        found=found,
        shapes=shapes,
        angles=np.array([pose.angles for pose in poses]),
        scales=np.array([pose.scale for pose in poses]),
        cavity=seen[:, 0],
        teeth=seen[:, 1],
        light=_filled(np.array(lights), found),
    )


def _filled(values: ArrayF64, found: npt.NDArray[np.bool_]) -> ArrayF64:
    """Replace rows without a face by their neighbours' course in time."""
    if found.all():
        return values
    at = np.arange(len(values))
    flat = values.reshape(len(values), -1).copy()
    for column in range(flat.shape[1]):
        flat[:, column] = np.interp(at, at[found], flat[found, column])
    return flat.reshape(values.shape)


def _upright(landmarks: ArrayF64) -> tuple[ArrayF64, list[Pose]]:
    """Shapes [T, 478, 3] and poses: each frame is fitted to this person's own mean shape, by what is bone."""
    first = [fit_pose(points) for points in landmarks]
    shape = np.median([pose.to_face(points) for pose, points in zip(first, landmarks, strict=True)], axis=0)
    right, left = topology.OUTER_EYE_CORNERS
    shape /= np.linalg.norm(shape[left] - shape[right])
    own, weights = shape[:MESH_COUNT], rigid_weights()
    poses = [similarity(own, points[:MESH_COUNT], weights) for points in landmarks]
    shapes = np.array([pose.to_face(points) for pose, points in zip(poses, landmarks, strict=True)])
    return shapes, poses
