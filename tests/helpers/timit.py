"""Reading labelled TIMIT recordings beside the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.speech.compare import folded_timit
from pctalk_studio.core.speech import Phone, Word
from pctalk_studio.media.sound import read_sound

RATE = 16000


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSentence:
    """A recording with its hand-made labels."""

    name: str
    samples: np.ndarray
    text: str
    words: tuple[Word, ...]
    phones: tuple[Phone, ...]


def read_sentence(wav: Path) -> LabelledSentence:
    samples = read_sound(wav).mono(RATE)
    words = tuple(Word(label, start, end) for start, end, label in _segments(wav.with_suffix(".wrd")))
    phones = folded_timit(_segments(wav.with_suffix(".phn")))
    text = " ".join(wav.with_suffix(".txt").read_text(encoding="utf-8").split()[2:])
    return LabelledSentence(f"{wav.parent.name}/{wav.stem}", samples, text, words, phones)


def _segments(path: Path) -> list[tuple[float, float, str]]:
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(int(start) / RATE, int(end) / RATE, label) for start, end, label in rows]
