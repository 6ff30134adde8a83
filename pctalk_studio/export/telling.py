"""Frames of a clip that are worth looking at, found from its motion and its phones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.motion import EYE_CHANNELS, MOUTH_CHANNELS, POSE_CHANNELS, Motion
from pctalk_studio.core.speech import SILENCE, Alignment

_TIE = 1e-4
"""Scores nearer than this are the same: finer than any pixel."""

Scores = npt.NDArray[np.float32]
"""[T] float32, higher is more telling."""


@dataclass(frozen=True, slots=True)
class TellingFrame:
    """One frame and why it was chosen.

    Parameters
    ----------
    frame
        Number, from 0.
    time
        Seconds at its start.
    phone
        ARPAbet label in its middle, ``SIL`` in a pause.
    reason
        What it shows, in a few words, several joined by commas; empty for frames that fill up.
    """

    frame: int
    time: float
    phone: str
    reason: str

    @property
    def caption(self) -> str:
        """Two lines for a contact sheet: the phone and what the frame shows; time and frame number."""
        minutes, seconds = divmod(self.time, 60)
        return f"{self.phone}  {self.reason}".rstrip() + f"\n{int(minutes)}:{seconds:06.3f}  #{self.frame}"


def telling_frames(motion: Motion, alignment: Alignment, count: int) -> tuple[TellingFrame, ...]:
    """Choose frames that show what can go wrong.

    In order of importance: the widest open mouth, each kind of closure (P, B, M), teeth on lip (F, V), the roundest UW or W,
    the widest IY, tongue between the teeth (TH, DH), a closed blink, the largest turn of the head, the strongest emotion, the
    first frame, a silent one, the furthest glance. What the clip does not hold is left out; if places are left, frames far
    from all others fill them.

    Parameters
    ----------
    motion, alignment
        Of the same clip.
    count
        How many at most.

    Returns
    -------
    tuple of TellingFrame
        In order of time, no frame twice, ``min(count, len(motion))`` of them.
    """
    phones = _phone_of_frames(motion, alignment)
    chosen: dict[int, str] = {}
    for frame, reason in _candidates(motion, alignment, phones):
        if frame in chosen:
            chosen[frame] += f", {reason}"
        elif len(chosen) < count:
            chosen[frame] = reason
    while len(chosen) < min(count, len(motion)):
        chosen[_farthest(chosen, len(motion))] = ""
    return tuple(TellingFrame(t, motion.rate.time_of(t), phones[t], chosen[t]) for t in sorted(chosen))


def _candidates(motion: Motion, alignment: Alignment, phones: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Frames and reasons, the most important first."""
    opening, width = _opening(motion), _width(motion)
    mouth = {name: motion.mouth[:, i] for i, name in enumerate(MOUTH_CHANNELS)}
    everywhere = np.ones(len(motion), bool)
    silence = _inside_longest_silence(motion, alignment)
    searches = [
        ("widest open", opening, everywhere),
        *(("closed", mouth["seal"] - opening, _during(phones, name)) for name in ("P", "B", "M")),
        *(("teeth on lip", mouth["tuck"], _during(phones, name)) for name in ("F", "V")),
        ("roundest", -width, _during(phones, "UW", "W")),
        ("widest", width, _during(phones, "IY")),
        ("tongue", mouth["tongue"], _during(phones, "TH", "DH")),
        ("blink", _blink(motion), _blink(motion) > 0.5),
        ("head turned", _turn(motion), _turn(motion) > 0.25),
        ("emotion", _felt(motion), _felt(motion) > 1e-3),
        ("first", -np.arange(len(motion), dtype=np.float32), everywhere),
        ("silent", -np.abs(opening), silence),
        ("glance", _glance(motion), _glance(motion) > 1.0),
    ]
    for reason, scores, allowed in searches:
        if allowed.any():
            yield _middle_of_best(scores, allowed), reason


def _middle_of_best(scores: Scores, allowed: npt.NDArray[np.bool_]) -> int:
    """Of the allowed frames that score best the middle one: a plateau is told best by its middle, not by its edge."""
    best = np.flatnonzero(allowed & (scores >= scores[allowed].max() - _TIE))
    return int(best[(len(best) - 1) // 2])


def _phone_of_frames(motion: Motion, alignment: Alignment) -> tuple[str, ...]:
    """The phone in the middle of each frame."""
    times = (np.arange(len(motion)) + 0.5) / float(motion.rate)
    ends = np.array([phone.end for phone in alignment.phones])
    labels = (*(phone.label for phone in alignment.phones), SILENCE)
    return tuple(labels[i] for i in np.searchsorted(ends, times, side="right"))


def _during(phones: tuple[str, ...], *labels: str) -> npt.NDArray[np.bool_]:
    return np.array([phone in labels for phone in phones])


def _inside_longest_silence(motion: Motion, alignment: Alignment) -> npt.NDArray[np.bool_]:
    """The middle third of the longest pause: its edges still belong to the sounds beside it."""
    pauses = [phone for phone in alignment.phones if phone.label == SILENCE]
    times = (np.arange(len(motion)) + 0.5) / float(motion.rate)
    if not pauses:
        return np.zeros(len(motion), bool)
    longest = max(pauses, key=lambda phone: phone.duration)
    third = longest.duration / 3
    return np.asarray((times >= longest.start + third) & (times < longest.end - third))


def _opening(motion: Motion) -> Scores:
    """How far the lips part, unit E: lower minus upper lip, down is positive."""
    moved = motion.lip + motion.emotion
    return np.asarray(moved[:, MESH.index("lip_lower_mid"), 1] - moved[:, MESH.index("lip_upper_mid"), 1])


def _width(motion: Motion) -> Scores:
    """How far the corners part, unit E: left minus right, the subject's left being the picture's right."""
    return np.asarray(motion.lip[:, MESH.index("lip_corner_left"), 0] - motion.lip[:, MESH.index("lip_corner_right"), 0])


def _blink(motion: Motion) -> Scores:
    lids = [EYE_CHANNELS.index(name) for name in ("blink_right", "blink_left")]
    return np.asarray(motion.eyes[:, lids].mean(axis=1))


def _glance(motion: Motion) -> Scores:
    gaze = [EYE_CHANNELS.index(name) for name in ("gaze_x", "gaze_y")]
    return np.asarray(np.linalg.norm(motion.eyes[:, gaze], axis=1))


def _turn(motion: Motion) -> Scores:
    angles = [POSE_CHANNELS.index(name) for name in ("pitch", "yaw", "roll")]
    return np.asarray(np.linalg.norm(motion.pose[:, angles], axis=1))


def _felt(motion: Motion) -> Scores:
    """Mean displacement by emotion over all keypoints but those of the head, unit E."""
    face = [i for i in range(motion.emotion.shape[1]) if i not in MESH.indices(Region.HEAD)]
    return np.asarray(np.linalg.norm(motion.emotion[:, face], axis=2).mean(axis=1))


def _farthest(chosen: dict[int, str], length: int) -> int:
    """The frame that is farthest from all chosen ones."""
    taken = np.array(sorted(chosen))[:, None] if chosen else np.array([[-1]])
    distance = np.abs(np.arange(length)[None] - taken).min(axis=0)
    return int(np.argmax(distance))
