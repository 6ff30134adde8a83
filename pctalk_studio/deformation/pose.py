"""Head motion as talking heads move (Munhall et al. 2004, Busso et al. 2007): slow wander, prosody, nods on stressed words.

Everything starts from the picture's own pose, is calmer in silence and stays within angles that a single picture bears.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.motion import POSE_CHANNELS
from pctalk_studio.core.speech import FEATURE_RATE, SpeechFacts
from pctalk_studio.deformation.chance import Purpose, draws
from pctalk_studio.deformation.emc.mood import Attitude
from pctalk_studio.deformation.performing import Performed
from pctalk_studio.document.project import HeadMotion, Project, Track

ArrayF64 = npt.NDArray[np.float64]

PITCH_LIMIT, YAW_LIMIT, ROLL_LIMIT = 6.0, 8.0, 8.0
"""Degrees."""
_SHIFT_LIMIT = 0.5
"""Unit E."""

_AMOUNT = {HeadMotion.SUBTLE: 0.55, HeadMotion.LIVELY: 1.25}
_WANDER_HZ = ((0.09, 0.16), (0.20, 0.30), (0.34, 0.45))
_WANDER_SHARE = (0.62, 0.30, 0.20)
_WANDER_DEGREES = {"pitch": 0.9, "yaw": 1.7, "roll": 1.0}
"""Bands of the slow wander, their amplitudes, and its size per axis."""

_IN_SILENCE = 0.45
_GATE_SECONDS = 0.6
_LAG = 0.08
_ACCENT_DEGREES, _ACCENT_CAP = 1.2, 2.5
_ACCENT_NARROW, _ACCENT_WIDE = 0.09, 0.30
"""Widths in seconds of the two Gaussians whose difference passes about 0.5 to 2 Hz, the rhythm of heads."""

_NOD_SHARE, _NOD_DEGREES, _NOD_ATTACK, _NOD_RELEASE = 0.6, (1.2, 2.8), 0.15, 0.28
_NOD_SPACING = 0.55
_SETTLE = 0.8
_NECK_DOWN, _NECK_BACK = 0.8, 0.5
"""Where the head turns, as seen from between the eyes, unit E; nearer than the real neck, to spare the picture's edges."""


@dataclass(frozen=True, slots=True, eq=False)
class _Accents:
    """Prosody at the solver's pace: accent strength, [N] at 100 Hz, and how far somebody speaks, [N] 0 to 1."""

    level: ArrayF64
    speaking: ArrayF64


def _smoothed(values: ArrayF64, sigma: float) -> ArrayF64:
    reach = int(np.ceil(3 * sigma * FEATURE_RATE))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (sigma * FEATURE_RATE)) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def _standard(values: ArrayF64, where: npt.NDArray[np.bool_]) -> ArrayF64:
    """z-scores over the samples where something is known, 0 elsewhere."""
    if where.sum() < 2:
        return np.zeros(len(values))
    known = values[where]
    return np.where(where, (values - known.mean()) / max(float(known.std()), 1e-3), 0.0)


def _accents(speech: SpeechFacts) -> _Accents:
    count = min(len(speech.loudness), len(speech.pitch), len(speech.speaking))
    if count == 0:
        return _Accents(np.zeros(1), np.zeros(1))
    loudness = np.nan_to_num(speech.loudness[:count].astype(np.float64), nan=-100.0, neginf=-100.0)
    pitch = speech.pitch[:count].astype(np.float64)
    speaking = speech.speaking[:count]
    voiced = np.isfinite(pitch) & (pitch > 0)
    semitones = 12.0 * np.log2(np.where(voiced, pitch, 1.0))
    z = 0.6 * _standard(semitones, voiced) + 0.6 * _standard(np.maximum(loudness, -60.0), speaking)
    z = np.clip(z, -2.5, 2.5)
    band = _smoothed(z, _ACCENT_NARROW) - _smoothed(z, _ACCENT_WIDE)
    return _Accents(band, _smoothed(speaking.astype(np.float64), _GATE_SECONDS / 2))


def _at(track: ArrayF64, times: ArrayF64) -> ArrayF64:
    return np.interp(times * FEATURE_RATE, np.arange(len(track)), track)


def _wander(times: ArrayF64, seed: int, axis: int) -> ArrayF64:
    """Slow noise of unit root mean square: a few sines of random rate and phase, so that any moment is computed alone."""
    random = draws(seed, Purpose.WANDER, axis)
    total = np.zeros(len(times))
    for (low, high), share in zip(_WANDER_HZ, _WANDER_SHARE, strict=True):
        total += share * np.sin(2 * np.pi * (random.uniform(low, high) * times + random.uniform()))
    return np.asarray(total / np.sqrt(0.5 * np.sum(np.square(_WANDER_SHARE))))


def _nods(speech: SpeechFacts, accents: _Accents, times: ArrayF64, seed: int) -> ArrayF64:
    """Degrees of nodding, [T], positive down: one on most words whose accent stands out from those around it."""
    said = [word for word in speech.alignment.words if word.said and word.end > word.start]
    if not said:
        return np.zeros(len(times))
    middles = np.array([(word.start + word.end) / 2 for word in said])
    levels = _at(accents.level, middles)
    random = draws(seed, Purpose.NODS)
    chances, sizes = random.uniform(size=len(said)), random.uniform(*_NOD_DEGREES, size=len(said))
    total = np.zeros(len(times))
    for i, middle in enumerate(middles):
        near = np.abs(middles - middle) < _NOD_SPACING
        if levels[i] <= 0.1 or levels[i] < levels[near].max() or chances[i] > _NOD_SHARE:
            continue
        peak = middle + _LAG
        a, b = np.searchsorted(times, [peak - _NOD_ATTACK, peak + _NOD_RELEASE])
        into = np.where(times[a:b] < peak, (times[a:b] - peak) / _NOD_ATTACK, (times[a:b] - peak) / _NOD_RELEASE)
        total[a:b] += sizes[i] * (0.5 + 0.5 * np.cos(np.pi * into))
    return total


def _within(degrees: ArrayF64, limit: float) -> ArrayF64:
    return np.asarray(limit * np.tanh(degrees / limit))


def _paced(times: ArrayF64, tempo: ArrayF64) -> ArrayF64:
    """Times as the wander sees them: faster where the mood hurries."""
    if len(times) < 2 or np.all(tempo == 1.0):
        return times
    steps = np.diff(times) * 0.5 * (tempo[1:] + tempo[:-1])
    return np.asarray(times[0] + np.concatenate([[0.0], np.cumsum(steps)]))


def directed_pose(
    project: Project, speech: SpeechFacts, mood: Attitude, times: ArrayF64, played: Performed | None = None
) -> ArrayF64:
    """The head as the project directs it: its own motion, or a performance's, and what keys add, within what an engine draws.

    Parameters
    ----------
    project
        How much the head moves by itself, the keys, and the seed.
    speech, mood, times
        As for :func:`head_pose`.
    played
        Performances, before which the head's own motion steps back; None: there are none.

    Returns
    -------
    ArrayF64
        [T, 6], see POSE_CHANNELS; the picture's own pose where the track is muted.
    """
    active = project.active(Track.HEAD)
    out = head_pose(project.head if active else HeadMotion.STILL, speech, mood, times, project.seed)
    if played is not None:
        out[:, 5] -= 1.0
        out = out * (1.0 - played.head_share[:, None]) + played.head
        out[:, 5] += 1.0
    if not active:
        return out
    keys = project.head_keys
    for channel, (curve, limit) in enumerate(
        (
            (keys.pitch, PITCH_LIMIT),
            (keys.yaw, YAW_LIMIT),
            (keys.roll, ROLL_LIMIT),
            (keys.x, _SHIFT_LIMIT),
            (keys.y, _SHIFT_LIMIT),
        )
    ):
        if curve.keys:
            # A performance may go further than keys; they then take it no further still.
            widest = np.maximum(limit, np.abs(out[:, channel]))
            out[:, channel] = np.clip(out[:, channel] + curve.values(times), -widest, widest)
    if keys.zoom.keys:
        out[:, 5] *= keys.zoom.values(times)
    return out


def head_pose(mode: HeadMotion, speech: SpeechFacts, mood: Attitude, times: ArrayF64, seed: int) -> ArrayF64:
    """Pose of the head relative to the picture's own.

    Parameters
    ----------
    mode
        How much; ``still`` gives exactly the picture's pose.
    speech
        Prosody and words.
    mood
        Attitudes and factors of the emotions.
    times
        [T] seconds.
    seed
        Of all that is random.

    Returns
    -------
    ArrayF64
        [T, 6], see POSE_CHANNELS.
    """
    out = np.zeros((len(times), len(POSE_CHANNELS)))
    out[:, POSE_CHANNELS.index("zoom")] = 1.0
    if mode is HeadMotion.STILL or not len(times):
        return out
    accents = _accents(speech)
    amount = _AMOUNT[mode] * mood.amplitude
    gate = _IN_SILENCE + (1.0 - _IN_SILENCE) * np.clip(_at(accents.speaking, times), 0.0, 1.0)
    settled = np.clip(times / _SETTLE, 0.0, 1.0)
    settled = settled * settled * (3.0 - 2.0 * settled)
    paced = _paced(times, mood.tempo)
    wander = {axis: size * _wander(paced, seed, i) for i, (axis, size) in enumerate(_WANDER_DEGREES.items())}
    accent = np.clip(_ACCENT_DEGREES * _at(accents.level, times - _LAG), -_ACCENT_CAP, _ACCENT_CAP)
    lean = _wander(paced, seed, 7)
    beat = accent + _nods(speech, accents, times, seed)
    swing = amount * gate * settled
    pitch = _within(swing * (wander["pitch"] - beat) + mood.pitch, PITCH_LIMIT)
    yaw = _within(swing * (wander["yaw"] + 0.35 * beat * np.tanh(wander["yaw"])) + mood.yaw, YAW_LIMIT)
    roll = _within(swing * (wander["roll"] + 0.30 * beat * np.tanh(wander["roll"])) + mood.roll, ROLL_LIMIT)
    out[:, 0], out[:, 1], out[:, 2] = pitch, yaw, roll
    p, y, r = np.sin(np.deg2rad([pitch, yaw, roll]))
    # The origin lies between the eyes, the pivot below and behind: turning about it carries the face along.
    out[:, 3] = _NECK_BACK * y + _NECK_DOWN * r
    out[:, 4] = -_NECK_BACK * p
    out[:, 5] = 1.0 + 0.005 * swing * lean + mood.zoom
    return out
