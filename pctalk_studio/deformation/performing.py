"""Performances on the face: what the clips of the timeline make of head, eyes and expression, moment by moment.

Where a performance drives a part, what that part does by itself steps back; what a person keys is added to it as before. Nothing
reaches beyond a clip's beginning and end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.motion import POSE_CHANNELS
from pctalk_studio.core.performance import COUNTER, MOUTH, FacePerformance, angles_of, rotations_of
from pctalk_studio.deformation.emc.resting import taken_back
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.deformation.footing import Footing
from pctalk_studio.document.performance import Convention, Ending, PerformanceClip, PerformancePart, Take
from pctalk_studio.document.project import Emotion

ArrayF64 = npt.NDArray[np.float64]

LIMITS = np.array([12.0, 16.0, 15.0, 0.5, 0.5])
"""Degrees of pitch, yaw and roll, and shifts in E, that a single picture bears: more than heads move by themselves, for it was
really done, and less than some do."""
_STRAIGHT = 0.6
"""Share of a limit up to which a head is taken as it was."""
_SMALLER, _LARGER = 0.7, 1.4

_SHORTEST_FADE = 1e-9
"""Seconds below which a fade is none."""
_SEAM = 0.25
"""Seconds of the cross-fade from the end of a looped take to its beginning, at most a quarter of it."""


@lru_cache(maxsize=8)
def _frames(take: Take) -> FacePerformance:
    """The numbers of a take, kept: forty minutes of them take longer to unpack than an edit may."""
    return take.performance()


@dataclass(frozen=True, slots=True, eq=False)
class Performed:
    """What performances ask for, T frames.

    Parameters
    ----------
    head_share, eye_share
        [T] 0 to 1: how far head and eyes are theirs.
    head
        [T, 6] degrees, E and change of size, by share.
    lids
        [T, 2] closure of the right and the left eye, by share.
    gaze
        [T, 2] degrees right and up by share, of what is looked at: the head's turns are not taken back yet.
    face
        [T, 21, 3] displacement, E.
    """

    head_share: ArrayF64
    head: ArrayF64
    eye_share: ArrayF64
    lids: ArrayF64
    gaze: ArrayF64
    face: ArrayF64


def performed(
    clips: Sequence[PerformanceClip], takes: Sequence[Take], ground: Footing, times: ArrayF64, *, spoken: bool = True
) -> Performed | None:
    """Compose clips: a later one fades over the earlier ones, part by part; None where there are none.

    Parameters
    ----------
    clips
        In order; later ones lie on top.
    takes
        What they play.
    ground
        The face, of which the absolute convention takes back its own pose and expression.
    times
        [T] seconds.
    spoken
        The source's own mouth is closed by speech already.
    """
    if not clips:
        return None
    recorded = {take.id: take for take in takes}
    left = {part: np.ones(len(times)) for part in PerformancePart}
    head, face = np.zeros((len(times), len(POSE_CHANNELS))), np.zeros((len(times), KEYPOINT_COUNT, 3))
    lids, gaze = np.zeros((len(times), 2)), np.zeros((len(times), 2))
    for clip in reversed(clips):
        shown = presence(clip, times)
        # Only while the clip is on is there anything to compute.
        on = np.flatnonzero(shown)
        if clip.take not in recorded or not len(on):
            continue
        act = _Act.of(clip, _frames(recorded[clip.take]), _own(ground, on, spoken=spoken), times[on])
        covers = {part: shown * left[part] * (part in clip.parts) for part in PerformancePart}
        strength = {part: (covers[part][on] * clip.strengths.of(part))[:, None] for part in PerformancePart}
        head[on] += strength[PerformancePart.HEAD] * act.head
        lids[on] += strength[PerformancePart.EYES] * act.lids
        gaze[on] += strength[PerformancePart.EYES] * act.gaze
        face[on] += strength[PerformancePart.EXPRESSION][..., None] * act.expression
        face[on] += strength[PerformancePart.MOUTH][..., None] * act.mouth
        left = {part: left[part] - covers[part] for part in PerformancePart}
    return Performed(
        1.0 - left[PerformancePart.HEAD], _borne(head), 1.0 - left[PerformancePart.EYES], np.clip(lids, 0.0, 1.0), gaze, face
    )


def presence(clip: PerformanceClip, times: ArrayF64) -> ArrayF64:
    """How far a clip is there, [T] 0 to 1: exactly 0 before it starts and from its end on; fades that are too long are cut."""
    squeeze = min(1.0, clip.duration / max(clip.fade_in + clip.fade_out, 1e-9))
    share = np.minimum(_risen(times - clip.start, clip.fade_in * squeeze), _risen(clip.end - times, clip.fade_out * squeeze))
    return np.asarray(np.where((times >= clip.start) & (times < clip.end), share, 0.0))


def _risen(since: ArrayF64, seconds: float) -> ArrayF64:
    rise = np.clip(since / seconds, 0.0, 1.0) if seconds > _SHORTEST_FADE else np.ones(len(since))
    return np.asarray(rise * rise * (3.0 - 2.0 * rise))


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """What the source shows by itself: rotation [..., 3, 3] and displacement [..., 21, 3], of each of some frames or of all."""

    rotation: ArrayF64
    expression: ArrayF64


def _own(ground: Footing, on: npt.NDArray[np.intp], *, spoken: bool) -> _Own:
    """What of the source ends: its expression, as under an emotion without action units, and a gap that speech leaves open."""
    tables = emotion_tables()
    expression = -taken_back(ground.resting, tables.emotions[Emotion.NEUTRAL], tables.units)
    if not spoken:
        expression = expression - ground.mouth.closing
    rotation = ground.rotation
    return _Own(rotation[on] if rotation.ndim > 2 else rotation, expression[on] if expression.ndim > 2 else expression)


@dataclass(frozen=True, slots=True, eq=False)
class _Act:
    """One clip at full strength while it is on, N frames: pose channels, closures, gaze and displacements."""

    head: ArrayF64
    lids: ArrayF64
    gaze: ArrayF64
    expression: ArrayF64
    mouth: ArrayF64

    @classmethod
    def of(cls, clip: PerformanceClip, take: FacePerformance, own: _Own, times: ArrayF64) -> _Act:
        """What a clip does to a face at some times."""
        now = _played(clip, take, times)
        begun, shown = rotations_of(take.pose[0, :3].astype(np.float64)), take.expression[0].astype(np.float64)
        if clip.convention is Convention.ABSOLUTE:
            begun, shown = own.rotation, own.expression
        head = now.pose.astype(np.float64)
        # Turns are undone as turns: differences of angles would tilt a head that is turned and nods.
        turns = rotations_of(head[:, :3]) @ np.swapaxes(begun, -1, -2)
        head[:, :3] = angles_of(turns)
        head[:, 5] -= 1.0
        moved = now.expression.astype(np.float64) - shown
        mouth = np.zeros_like(moved)
        mouth[:, MOUTH] = moved[:, MOUTH]
        gaze = (now.eyes[:, 2:] - take.eyes[0, 2:]).astype(np.float64)
        # Of the head that was filmed: the one that is drawn takes back its own turns.
        gaze += COUNTER * (now.pose[:, [1, 0]] - take.pose[0, [1, 0]])
        return cls(head, now.eyes[:, :2].astype(np.float64), gaze, moved - mouth, mouth)


def _played(clip: PerformanceClip, take: FacePerformance, times: ArrayF64) -> FacePerformance:
    """The frames of a take that a clip plays at some times."""
    moments = clip.offset + (times - clip.start) * clip.speed
    if clip.ending is Ending.HOLD:
        return take.at(moments)
    length = (len(take) - 1) / float(take.rate)
    seam = min(_SEAM, length / 4)
    period = length - seam
    if period <= 0:
        return take.at(moments)
    phase = np.where(moments < 0, 0.0, np.mod(moments, period))
    # What would come next at the end goes over into the beginning; the very first beginning has nothing before it.
    late = np.where(moments >= period, np.clip(1.0 - phase / seam, 0.0, 1.0), 0.0)
    late = late * late * (3.0 - 2.0 * late)
    return take.at(phase).blended(take.at(phase + period), late)


def _borne(head: ArrayF64) -> ArrayF64:
    """Pose within what a picture bears: as it is up to a share of the limit, then ever less, never beyond."""
    out = head.copy()
    size = np.abs(head[:, :5])
    straight, rest = _STRAIGHT * LIMITS, (1.0 - _STRAIGHT) * LIMITS
    bent = straight + rest * np.tanh(np.maximum(size - straight, 0.0) / rest)
    out[:, :5] = np.sign(head[:, :5]) * np.where(size <= straight, size, bent)
    out[:, 5] = np.clip(head[:, 5], _SMALLER - 1.0, _LARGER - 1.0)
    return out
