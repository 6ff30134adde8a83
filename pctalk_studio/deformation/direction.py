"""What a person directs over time, sampled where it is needed: word styles, keys, mute and solo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.deformation.style import axis_gains
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import WordItem, WordStyle

ArrayF64 = npt.NDArray[np.float64]

MOST = 2.0
"""Largest gain or lip scale, however many controls multiply."""


_PLAIN = WordStyle()


def directed_speech(project: Project, speech: SpeechFacts) -> SpeechFacts:
    """The recording with the words and phones of the project, where it has any; prosody stays that of the sound."""
    if not project.speech.phones:
        return speech
    return replace(speech, alignment=project.speech.alignment())


def _within(word: WordItem, times: ArrayF64) -> ArrayF64:
    """1 inside a word, falling to 0 over its soft edges, half of each on either side; [T]."""
    edge = word.style.edge
    if edge <= 0:
        return np.asarray(((times >= word.start) & (times < word.end)).astype(np.float64))
    rise = np.clip((times - word.start) / edge + 0.5, 0.0, 1.0)
    fall = np.clip((word.end - times) / edge + 0.5, 0.0, 1.0)
    both = np.minimum(rise, fall)
    return np.asarray(both * both * (3.0 - 2.0 * both))


def _styled_words(project: Project) -> list[WordItem]:
    return [word for word in project.speech.words if word.said and word.style != _PLAIN]


def style_gains(project: Project, times: ArrayF64) -> ArrayF64:
    """Gains of the style axes at some times: the clip's, times the word's; [T, 3], at most MOST."""
    gains = np.tile(axis_gains(project.style), (len(times), 1))
    for word in _styled_words(project):
        own = np.array([word.style.open, word.style.wide, word.style.purse])
        gains *= 1.0 + (own - 1.0) * _within(word, times)[:, None]
    return np.minimum(gains, MOST)


def lip_scale(project: Project, times: ArrayF64) -> ArrayF64:
    """Lip scale at some times: the clip's, times its keys, times the word's; [T], at most MOST."""
    scale = project.lip_scale * project.lip_scale_keys.values(times)
    for word in _styled_words(project):
        scale = scale * (1.0 + (word.style.scale - 1.0) * _within(word, times))
    return np.minimum(scale, MOST)
