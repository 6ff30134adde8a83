"""What frames have in common and what each has of its own: one person, and pose and expression moment by moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.neutral import relaxed
from pctalk_studio.analysis.face.pose import Pose, fit_pose, rigid_weights, similarity
from pctalk_studio.analysis.face.steady import steadied
from pctalk_studio.core import topology
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.runs import runs_of
from pctalk_studio.core.sampling import between
from pctalk_studio.core.topology import MESH_COUNT

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

BRIDGED = 0.25
"""Seconds without the face that are bridged: a hand or a blur that passes. Longer ones are shown as they are."""
FADED = 0.16
"""Seconds over which animation gives way to the movie as it is, at both sides of such a stretch."""

CALM_HEAD, CALM_FACE, CALM_QUICK = 1e-4, 1e-3, 0.02
"""How still the head, the face, and what is quick in it are held; see :func:`pctalk_studio.analysis.face.steady.steadied`."""

_CLOSED_SHARE = 0.25
"""Part of the frames, those with the most closed lips, whose median shows the person at rest."""
_ROUNDS = 2
_LOOSE = 0.03
"""Distance from the person's own shape, E, at which a landmark counts half in a pose."""

_QUICK_RINGS = (
    *topology.LIP_UPPER_RINGS,
    *topology.LIP_LOWER_RINGS,
    topology.EYE_RIGHT_UPPER,
    topology.EYE_RIGHT_LOWER,
    topology.EYE_LEFT_UPPER,
    topology.EYE_LEFT_LOWER,
    topology.IRIS_RIGHT,
    topology.IRIS_LEFT,
)
_QUICK = np.array(sorted({point for ring in _QUICK_RINGS for point in ring}))
"""Lips, lids and irises move within a frame or two."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What was seen of a face in N frames.

    Parameters
    ----------
    times
        [N] float64 seconds.
    landmarks
        Of each frame [478, 3] float64 pixels, or None where it was not seen; of at least one frame there are some.
    cuts
        Numbers of frames with which another shot begins.
    """

    times: F64
    landmarks: tuple[F64 | None, ...]
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Pose and shape of each frame: [N, 3] turn, [N] log scale, [N, 3] place, [N, 478, 3] shape."""

    turn: F64
    size: F64
    place: F64
    shape: F64


def track_of(followed: Followed, movie_hash: str, picture_size: tuple[int, int]) -> FaceTrack:
    """One person's track through what was seen.

    Parameters
    ----------
    followed
        Landmarks of all frames.
    movie_hash, picture_size
        Of the movie.
    """
    # Imported where it is used: with all that it draws in, this takes longer than the window takes to open.
    from scipy.spatial.transform import Rotation

    seen = np.array([each is not None for each in followed.landmarks])
    marks = np.stack([each for each in followed.landmarks if each is not None])
    poses, shapes = _posed(marks)
    found = Rotation.from_matrix(np.stack([pose.rotation for pose in poses]))
    mean = found.mean()
    turns = (found * mean.inv()).as_rotvec()
    sizes, places = np.log([pose.scale for pose in poses]), np.stack([pose.translation for pose in poses])
    held = _filled(followed, seen, _Held(turns, np.asarray(sizes), places, shapes))
    held = _steady(held, _stretches(followed, seen))
    rotation = (Rotation.from_rotvec(held.turn) * mean).as_matrix()
    presence = presence_of(followed.times, seen)
    shape = held.shape.astype(np.float32)
    return FaceTrack(
        movie_hash=movie_hash,
        picture_size=picture_size,
        times=followed.times,
        rotation=rotation,
        scale=np.exp(held.size),
        translation=held.place,
        shape=shape,
        neutral=_neutral(shapes).astype(np.float32),
        presence=presence,
        reference=_best(rotation, held.shape, presence),
        confidence=1.0,
        problems=_lost_problems(followed.times, presence),
    )


def _posed(marks: F64) -> tuple[list[Pose], F64]:
    """Poses of frames [N, 478, 3], and shapes [N, 478, 3] in them, by the person's own shape.

    A mean face holds the head a little differently whenever the expression changes; the median of this face, in which
    expressions cancel out, does so less.
    """
    poses = [fit_pose(each) for each in marks]
    shapes = np.stack([pose.to_face(each) for pose, each in zip(poses, marks, strict=True)])
    for _ in range(_ROUNDS):
        person = np.median(shapes[:, :MESH_COUNT], axis=0)
        poses = [_on_person(person, each) for each in marks]
        shapes = np.stack([pose.to_face(each) for pose, each in zip(poses, marks, strict=True)])
    return poses, shapes


def _on_person(person: F64, marks: F64) -> Pose:
    weights, points = rigid_weights(), marks[:MESH_COUNT]
    pose = similarity(person, points, weights)
    for _ in range(_ROUNDS):
        away = np.linalg.norm(pose.to_face(points) - person, axis=1)
        pose = similarity(person, points, weights / (1 + (away / _LOOSE) ** 2))
    return pose


def _filled(followed: Followed, seen: npt.NDArray[np.bool_], held: _Held) -> _Held:
    """What frames without the face lie between, in proportion of time; before the first and after the last they are as those."""
    if seen.all():
        return held
    times = followed.times
    return _Held(*(between(times, times[seen], values) for values in (held.turn, held.size, held.place, held.shape)))


def _stretches(followed: Followed, seen: npt.NDArray[np.bool_]) -> list[slice]:
    """Parts of the movie that are steadied each on its own: shots, and what lies between longer losses."""
    ends = {0, len(seen), *followed.cuts}
    for start, stop in runs_of(~seen):
        if _is_long(followed.times, start, stop):
            ends |= {start, stop}
    ordered = sorted(ends)
    return [slice(a, b) for a, b in pairwise(ordered)]


def _steady(held: _Held, stretches: list[slice]) -> _Held:
    """Pose and shape without the detector's jitter."""
    quick = np.zeros(held.shape.shape[1], np.bool_)
    quick[_QUICK] = True
    head = np.column_stack([held.turn, held.size, held.place])
    shape = held.shape.copy()
    for part in stretches:
        count = part.stop - part.start
        head[part] = steadied(head[part], CALM_HEAD)
        for points, calm in ((~quick, CALM_FACE), (quick, CALM_QUICK)):
            flat = held.shape[part][:, points].reshape(count, -1)
            shape[part, points] = steadied(flat, calm).reshape(count, -1, 3)
    return _Held(head[:, :3], head[:, 3], head[:, 4:], shape)


def _neutral(shapes: F64) -> F64:
    """The person with lips closed and relaxed, [478, 3]: the median of the moments in which they nearly are, relaxed."""
    gaps = np.linalg.norm(shapes[:, 13] - shapes[:, 14], axis=1)
    count = max(1, round(_CLOSED_SHARE * len(gaps)))
    return relaxed(np.median(shapes[np.argsort(gaps, kind="stable")[:count]], axis=0))


def _is_long(times: F64, start: int, stop: int) -> bool:
    """Whether a loss is too long to be bridged, or has no other side."""
    return start == 0 or stop == len(times) or float(times[stop] - times[start - 1]) > BRIDGED


def presence_of(times: F64, seen: npt.NDArray[np.bool_]) -> F32:
    """How far each frame may be animated, [N] float32: 0 in long losses, rising to 1 away from them.

    Parameters
    ----------
    times
        [N] seconds.
    seen
        [N] whether the face was found.
    """
    out = np.ones(len(times))
    for start, stop in runs_of(~seen):
        if _is_long(times, start, stop):
            before = times[start] if start else -np.inf
            after = times[stop - 1] if stop < len(times) else np.inf
            away = np.maximum(np.maximum(before - times, times - after), 0.0) / FADED
            out = np.minimum(out, np.clip(away, 0, 1))
    return (out * out * (3 - 2 * out)).astype(np.float32)


def _lost_problems(times: F64, presence: F32) -> tuple[Problem, ...]:
    text = "The face cannot be followed here, so that these frames stay as they are."
    ends = np.append(times, times[-1] + (times[-1] - times[0]) / max(len(times) - 1, 1))
    return tuple(Problem("face-lost", text, float(ends[a]), float(ends[b])) for a, b in runs_of(presence == 0))


def _best(rotation: F64, shape: F64, presence: F32) -> int:
    """The frame that shows the person best: facing the viewer, eyes open, lips closed."""
    turned = np.rad2deg(np.arccos(np.clip(rotation[:, 2, 2], -1, 1)))
    gap = np.linalg.norm(shape[:, 13] - shape[:, 14], axis=1)
    lids = np.minimum(
        np.linalg.norm(shape[:, 159] - shape[:, 145], axis=1), np.linalg.norm(shape[:, 386] - shape[:, 374], axis=1)
    )
    open_eyes = np.median(lids)
    cost = turned / 10 + gap / 0.05 + np.maximum(open_eyes - lids, 0) / 0.02
    return int(np.argmin(np.where(presence == 1, cost, np.inf))) if (presence == 1).any() else int(np.argmax(presence))
