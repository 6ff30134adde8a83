"""Blinks and gaze by the statistics of talking people.

Rates after Bentivoglio et al. 1997, the shape of a blink after Trutoiu et al. 2011, saccades after Lee, Badler and Badler 2002.

Blinks follow a schedule of their own, drawn from the seed alone and then moved to near pauses of speech, so that neither head
motion nor lip scale changes them and an edited word moves only the blinks beside it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.motion import EYE_CHANNELS
from pctalk_studio.core.performance import COUNTER
from pctalk_studio.core.speech import SILENCE, Alignment
from pctalk_studio.deformation.chance import Purpose, draws
from pctalk_studio.deformation.emc.mood import Attitude
from pctalk_studio.deformation.performing import Performed
from pctalk_studio.document.project import BLINK_WITHIN, Gaze, Project, Track

ArrayF64 = npt.NDArray[np.float64]

BLINKS_A_MINUTE = 20.0
_GAP_SPREAD, _SHORTEST_GAP = 0.5, 0.6
_DOUBLE_SHARE, _DOUBLE_AFTER = 0.08, (0.34, 0.45)
_CLOSING, _HELD, _OPENING = 0.080, (0.024, 0.040), 0.200
_RIGHT_LATER = 0.006
_PAUSE, _PAUSE_WITHIN = 0.15, 0.55
_CLOSEST = 0.3

_MUTUAL, _AVERTED = (3.1, 0.45), (0.93, 0.40)
_AMPLITUDE, _LARGEST, _SMALLEST = 4.0, 12.0, 1.5
_SACCADE_SECONDS, _SACCADE_PER_DEGREE = 0.021, 0.0024
_MICRO_A_SECOND, _MICRO_DEGREES = 1.3, 0.35
_GAZE_LIMIT = 12.0
_LID_FOLLOWS = 0.012
"""Lid closure for each degree that the eyes look down."""


def blink_moments(duration: float, seed: int) -> ArrayF64:
    """Moments at which the lids are shut by the schedule alone, seconds: log-normal gaps, sometimes two in a row."""
    random = draws(seed, Purpose.BLINKS)
    mean_gap = 60.0 / BLINKS_A_MINUTE * (1.0 + _DOUBLE_SHARE)
    centre = np.log(mean_gap) - _GAP_SPREAD**2 / 2
    now = float(random.uniform(0.5, mean_gap))
    moments: list[float] = []
    while now < duration:
        moments.append(now)
        double = random.uniform() < _DOUBLE_SHARE
        after = random.uniform(*_DOUBLE_AFTER)
        gap = max(_SHORTEST_GAP, float(random.lognormal(centre, _GAP_SPREAD)))
        if double:
            moments.append(now + after)
        now += gap + (after if double else 0.0)
    return np.array(moments)


def pauses_of(alignment: Alignment) -> tuple[float, ...]:
    """Moments at which people like to blink, early in pauses; all that eyes take from what is said, besides its length."""
    silent = [p for p in alignment.phones if p.label == SILENCE and p.duration > _PAUSE]
    return tuple(p.start + min(0.12, p.duration / 2) for p in silent)


def _moved(moments: ArrayF64, alignment: Alignment) -> tuple[ArrayF64, npt.NDArray[np.bool_]]:
    """Blinks moved to pauses nearby, and which of them do not then come too close after another; both [N]."""
    pauses = np.array(pauses_of(alignment))
    out = moments
    if len(pauses):
        nearest = pauses[np.argmin(np.abs(moments[:, None] - pauses[None, :]), axis=1)]
        out = np.where(np.abs(nearest - moments) <= _PAUSE_WITHIN, nearest, moments)
    latest = np.maximum.accumulate(np.concatenate([[-1.0], out]))[:-1]
    return out, out - latest >= _CLOSEST


def _lid(times: ArrayF64, shut: float, held: float) -> ArrayF64:
    """Closure of one blink: lids fall fast, rest shut, rise slowly."""
    closing = np.clip((times - (shut - held / 2 - _CLOSING)) / _CLOSING, 0.0, 1.0)
    opening = np.clip((times - (shut + held / 2)) / _OPENING, 0.0, 1.0)
    falling = closing**2 * (3.0 - 2.0 * closing)
    rising = (1.0 - opening) ** 2 * (1.0 + 0.6 * opening)
    return np.asarray(np.where(opening > 0, rising, falling))


def _shut(out: ArrayF64, times: ArrayF64, moment: float, held: float, strength: float = 1.0) -> None:
    """Lay one blink into lid closures [T, 2], in place; on the frame nearest to its moment both eyes are shut."""
    shut = float(times[int(np.argmin(np.abs(times - moment)))])
    a, b = np.searchsorted(times, [shut - held / 2 - 0.2, shut + held / 2 + 0.4])
    for eye, later in ((0, _RIGHT_LATER), (1, -_RIGHT_LATER)):
        out[a:b, eye] = np.maximum(out[a:b, eye], strength * _lid(times[a:b], shut + later / 2, held))


def blinks(project: Project, alignment: Alignment, mood: Attitude, times: ArrayF64) -> ArrayF64:
    """Lid closure of the right and the left eye, [T, 2]; every blink has a frame with both eyes shut."""
    return np.maximum(_asked_blinks(project, times), _own_blinks(project, alignment, mood, times))


def _asked_blinks(project: Project, times: ArrayF64) -> ArrayF64:
    """Closures [T, 2] of the blinks that a person asked for."""
    out = np.zeros((len(times), 2))
    if project.active(Track.BLINK) and len(times):
        for event in project.blinks:
            _shut(out, times, event.time, event.held, event.strength)
    return out


def _own_blinks(project: Project, alignment: Alignment, mood: Attitude, times: ArrayF64) -> ArrayF64:
    """Closures [T, 2] of the blinks that come by themselves."""
    out = np.zeros((len(times), 2))
    if not project.active(Track.BLINK) or not project.blink or not len(times):
        return out
    moments, apart = _moved(blink_moments(alignment.duration, project.seed), alignment)
    random = draws(project.seed, Purpose.LIDS)
    # Drawn for every blink of the schedule, so that dropping one leaves the others as they are.
    chances = random.uniform(size=len(moments))
    helds = random.uniform(*_HELD, size=len(moments))
    for moment, chance, held in zip(moments[apart], chances[apart], helds[apart], strict=True):
        removed = any(abs(moment - taken) <= BLINK_WITHIN for taken in project.blinks_removed)
        if not removed and chance < mood.blinking[int(np.argmin(np.abs(times - moment)))]:
            _shut(out, times, float(moment), float(held))
    return out


def _path(times: ArrayF64, starts: ArrayF64, targets: ArrayF64) -> ArrayF64:
    """Gaze [T, 2] that jumps to each target [N, 2] at its start [N], from straight ahead, in the time that its size takes."""
    before = np.concatenate([np.zeros((1, 2)), targets])
    # The saccade under way or last made at each time; the zeroth never moves.
    last = np.searchsorted(starts, times, side="right")
    here, there = before[np.maximum(last - 1, 0)], before[last]
    lasts = _SACCADE_SECONDS + _SACCADE_PER_DEGREE * np.hypot(*(there - here).T)
    since = times - np.concatenate([[0.0], starts])[last]
    x = np.clip(since / lasts, 0.0, 1.0)[:, None]
    return np.asarray(here + x * x * (3.0 - 2.0 * x) * (there - here))


def _wandering(duration: float, seed: int) -> tuple[ArrayF64, ArrayF64]:
    """Looks at the viewer for seconds, then away for about one: starts and targets of saccades."""
    random = draws(seed, Purpose.GAZE)
    starts, targets = [], []
    now = float(random.uniform(0.8, 3.0))
    while now < duration:
        size = float(np.clip(random.exponential(_AMPLITUDE), _SMALLEST, _LARGEST))
        # Cardinal directions are twice as frequent; sideways rather than up and down.
        cardinal = random.uniform() < 2 / 3
        angle = np.pi * random.integers(0, 2) + random.normal(0.0, 0.12) if cardinal else random.uniform(0, 2 * np.pi)
        starts.append(now)
        targets.append((size * np.cos(angle), 0.6 * size * np.sin(angle)))
        now += float(random.lognormal(np.log(_AVERTED[0]) - _AVERTED[1] ** 2 / 2, _AVERTED[1]))
        starts.append(now)
        targets.append((0.0, 0.0))
        now += max(0.5, float(random.lognormal(np.log(_MUTUAL[0]) - _MUTUAL[1] ** 2 / 2, _MUTUAL[1])))
    return np.array(starts), np.array(targets).reshape(-1, 2)


def _micro(times: ArrayF64, duration: float, seed: int) -> ArrayF64:
    """Micro-saccades about the point looked at, [T, 2] degrees."""
    random = draws(seed, Purpose.MICRO_SACCADES)
    gaps = 0.25 + random.exponential(1.0 / _MICRO_A_SECOND - 0.25, size=int(duration * 4) + 4)
    starts = np.cumsum(gaps)
    targets = random.normal(0.0, _MICRO_DEGREES, (len(starts), 2)).clip(-1.0, 1.0)
    used = starts < duration
    return _path(times, starts[used], targets[used])


def _own_gaze(project: Project, alignment: Alignment, mood: Attitude, times: ArrayF64) -> ArrayF64:
    """Where the eyes look as the project directs them, before the head's turns are taken back; [T, 2] degrees."""
    gaze = np.zeros((len(times), 2)) if project.gaze is Gaze.STILL else _micro(times, alignment.duration, project.seed)
    if project.gaze is Gaze.NATURAL:
        gaze = gaze + _path(times, *_wandering(alignment.duration, project.seed))
    gaze = gaze + np.stack([mood.gaze_x, mood.gaze_y], axis=1)
    return gaze + np.stack([project.gaze_keys.x.values(times), project.gaze_keys.y.values(times)], axis=1)


def _steadied(gaze: ArrayF64, pose: ArrayF64) -> ArrayF64:
    """Directions [T, 2] relative to the head, which turns under them, within what eyes do."""
    steady = gaze - COUNTER * np.stack([pose[:, 1], pose[:, 0]], axis=1)
    return np.asarray(_GAZE_LIMIT * np.tanh(steady / _GAZE_LIMIT))


def eye_motion(
    project: Project, alignment: Alignment, mood: Attitude, pose: ArrayF64, times: ArrayF64, played: Performed | None = None
) -> ArrayF64:
    """Blinks and gaze.

    Parameters
    ----------
    project
        Whether to blink, where to look, and the seed.
    alignment
        Pauses, near which blinks fall.
    mood
        Attitudes of the emotions.
    pose
        [T, 6] head pose, against which the eyes hold their direction.
    times
        [T] seconds.
    played
        Performances, before which what eyes do by themselves steps back; None: there are none.

    Returns
    -------
    ArrayF64
        [T, 4], see EYE_CHANNELS.
    """
    out = np.zeros((len(times), len(EYE_CHANNELS)))
    own = 1.0 if played is None else 1.0 - played.eye_share[:, None]
    shut = np.maximum(_asked_blinks(project, times), own * _own_blinks(project, alignment, mood, times))
    if played is not None:
        shut = np.maximum(shut, played.lids)
    out[:, :2] = shut
    if project.active(Track.GAZE):
        gaze = _own_gaze(project, alignment, mood, times)
        follow = own * np.clip(-gaze[:, 1:] * _LID_FOLLOWS, 0.0, 0.3)
        out[:, :2] = shut + (1.0 - shut) * follow
        out[:, 2:] = own * _steadied(gaze, pose)
    if played is not None:
        out[:, 2:] += _performed_gaze(project, pose, times, played)
    return out


def _performed_gaze(project: Project, pose: ArrayF64, times: ArrayF64, played: Performed) -> ArrayF64:
    """What performances and keys over them make of the gaze, by share, [T, 2] degrees relative to the head."""
    share = played.eye_share[:, None]
    gaze = played.gaze - share * COUNTER * np.stack([pose[:, 1], pose[:, 0]], axis=1)
    if project.active(Track.GAZE):
        gaze = gaze + share * np.stack([project.gaze_keys.x.values(times), project.gaze_keys.y.values(times)], axis=1)
    return np.asarray(np.clip(gaze, -_GAZE_LIMIT, _GAZE_LIMIT))
