"""What networks are trained on: draws of utterances, each with sound, phones and the motion that was solved for it.

Draw number k is a function of the seed and k alone. A pool holds a window of the endless row of draws, which moves on a little
with every step: each draw is solved once and used in many batches, and any step's pool can be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.keypoints import KeypointsF32
from pctalk_studio.core.prediction import EMOTION_CLASSES, LAC_RATE, NEUTRAL, PHONE_CLASSES, phone_shares
from pctalk_studio.core.speech import SILENCE, Phone
from pctalk_studio.training.augmentation import varied
from pctalk_studio.training.corpus.utterance import Utterance
from pctalk_studio.training.edits import jittered, reworded, shifted
from pctalk_studio.training.identities import SPOKEN

ArrayF32 = npt.NDArray[np.float32]


class Solved(Protocol):
    """Motion of an utterance on the canonical face."""

    @property
    def lip(self) -> KeypointsF32:
        """[T, 21, 3] D_l, unit E."""
        ...

    @property
    def emotion(self) -> KeypointsF32:
        """[T, 21, 3] D_e, unit E."""
        ...


class Solver(Protocol):
    """Solves the motion of an utterance; see :func:`pctalk_studio.training.corpus.motion.solve`."""

    def __call__(
        self,
        utterance: Utterance,
        style: int,
        emotion: int,
        intensity: float,
        seed: int,
        phones: tuple[Phone, ...] | None = None,
    ) -> Solved:
        """Motion for a style, an emotion and its intensity; of other phones than its own where they are given."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """One draw.

    Parameters
    ----------
    mel
        [M, 80] float32 as heard.
    phones
        [T, 40] float32 shares, or zeros where they are kept from the network.
    lip, emotional
        [T, 63] float32 unit E: D_l, and D_e of the emotion.
    style
        Number of the style.
    emotion
        [8] float32: intensity of the emotion; zeros when neutral.
    """

    mel: ArrayF32
    phones: ArrayF32
    lip: ArrayF32
    emotional: ArrayF32
    style: int
    emotion: ArrayF32

    @property
    def frames(self) -> int:
        """T."""
        return len(self.lip)


@dataclass(frozen=True, slots=True)
class DrawSettings:
    """How draws are made.

    Parameters
    ----------
    styles
        Number of styles.
    dropped
        Part of the draws whose phones are kept from the network.
    edited
        Part of the others whose phones, and motion, are not those of the sound.
    contradicted
        Part of the draws with known phones whose sound is nearly silence, or that of another utterance: phones lead.
    emotional
        Part of the draws with an emotion.
    augmented
        Whether the sound is varied.
    seed
        Of everything.
    """

    styles: int
    dropped: float = 0.35
    edited: float = 0.35
    contradicted: float = 0.0
    emotional: float = 0.0
    augmented: bool = True
    seed: int = 0


class Draws:
    """The endless row of draws out of some utterances.

    Parameters
    ----------
    utterances
        Of one split.
    solver
        Of their motion.
    settings
        How draws are made.

    Raises
    ------
    TrainingError
        When there is no utterance.
    """

    def __init__(self, utterances: Sequence[Utterance], solver: Solver, settings: DrawSettings) -> None:
        if not len(utterances):
            raise TrainingError("The corpus holds no utterance of this split; make a longer one.")
        self._utterances = utterances
        self._solver = solver
        self._settings = settings

    def _contradicting(self, mel: ArrayF32, rng: np.random.Generator) -> ArrayF32:
        """Silence, or what another utterance sounds like, as long as a recording."""
        if rng.random() < 0.5:
            return np.full_like(mel, rng.uniform(-4.0, -3.0))
        other = self._utterances[int(rng.integers(len(self._utterances)))].mel.astype(np.float32)
        return np.resize(other, mel.shape)

    def __call__(self, number: int) -> Spoken:
        """Draw number ``number``, from 0."""
        settings = self._settings
        rng = np.random.default_rng((settings.seed, number))
        utterance = self._utterances[int(rng.integers(len(self._utterances)))]
        style = int(rng.integers(settings.styles))
        emotion, intensity = NEUTRAL, 0.0
        if rng.random() < settings.emotional:
            emotion = int(rng.choice([e for e in range(len(EMOTION_CLASSES)) if e != NEUTRAL]))
            intensity = float(rng.uniform(0.3, 1.2))
        known = rng.random() >= settings.dropped
        edited = known and rng.random() < settings.edited
        mel = utterance.mel.astype(np.float32)
        if known and rng.random() < settings.contradicted:
            mel = self._contradicting(mel, rng)
        heard = varied(mel, rng) if settings.augmented else mel
        if utterance.delta is not None:
            return _filmed(utterance, heard, known)
        phones = _edited(utterance.phones(), rng) if edited else None
        solved = self._solver(utterance, style, emotion, intensity, number, phones)
        return Spoken(
            heard,
            shares(utterance.phones() if phones is None else phones, len(solved.lip), known),
            np.asarray(solved.lip, np.float32).reshape(len(solved.lip), -1),
            np.asarray(solved.emotion, np.float32).reshape(len(solved.lip), -1),
            style,
            emotion_code(emotion, intensity),
        )


def _filmed(utterance: Utterance, heard: ArrayF32, known: bool) -> Spoken:
    """A clip with measured motion: what its lips and jaw do is D_l, what else its face does counts as its emotion."""
    assert utterance.delta is not None
    delta = utterance.delta.astype(np.float32)
    lip = np.zeros_like(delta)
    lip[:, list(SPOKEN)] = delta[:, list(SPOKEN)]
    frames = len(delta)
    phones = shares(utterance.phones(), frames, known and len(utterance.phone_label) > 0)
    code = emotion_code(utterance.emotion, utterance.intensity)
    return Spoken(heard, phones, lip.reshape(frames, -1), (delta - lip).reshape(frames, -1), utterance.style, code)


def shares(phones: tuple[Phone, ...], frames: int, known: bool = True) -> ArrayF32:
    """Phone shares [T, 40]; zeros when they are not known."""
    if not known:
        return np.zeros((frames, len(PHONE_CLASSES)), np.float32)
    return phone_shares(phones, frames)


def emotion_code(emotion: int, intensity: float) -> ArrayF32:
    """[8]: intensity at an emotion's place; zeros for neutral."""
    code = np.zeros(len(EMOTION_CLASSES), np.float32)
    if emotion != NEUTRAL:
        code[emotion] = intensity
    return code


def _edited(phones: tuple[Phone, ...], rng: np.random.Generator) -> tuple[Phone, ...]:
    """Phones with moved boundaries, and now and then other ones, or all of them late or early."""
    out = jittered(phones, float(rng.choice([0.012, 0.03, 0.06])), rng)
    if rng.random() < 0.5:
        out = reworded(out, float(rng.choice([0.06, 0.2, 0.6])), rng)
    if rng.random() < 0.2:
        out = shifted(out, float(rng.uniform(-0.25, 0.25)))
    return out


Item = TypeVar("Item")


class Pool(Generic[Item]):
    """A moving window of the row of draws.

    Parameters
    ----------
    make
        Item of a number.
    size
        Items at a time.
    renewed
        Items that every step replaces.
    """

    def __init__(self, make: Callable[[int], Item], size: int, renewed: float) -> None:
        self._make = make
        self._size = size
        self._renewed = renewed
        self._held: dict[int, Item] = {}

    def at(self, step: int) -> list[Item]:
        """The items of a step, oldest first."""
        first = int(step * self._renewed)
        wanted = range(first, first + self._size)
        self._held = {number: item for number, item in self._held.items() if number in wanted}
        for number in wanted:
            if number not in self._held:
                self._held[number] = self._make(number)
        return [self._held[number] for number in wanted]


def cut(rows: ArrayF32, start: int, count: int, beyond: ArrayF32 | float = 0.0) -> ArrayF32:
    """Rows ``start`` to ``start + count`` of [T, N]; what lies beyond the ends is ``beyond`` [N]."""
    out = np.empty((count, rows.shape[1]), np.float32)
    out[:] = beyond
    first, stop = max(start, 0), min(start + count, len(rows))
    if stop > first:
        out[first - start : stop - start] = rows[first:stop]
    return out


def held(rows: ArrayF32, start: int, count: int) -> ArrayF32:
    """Rows ``start`` to ``start + count`` of [T, N]; beyond the ends the first and the last last."""
    return rows[np.clip(np.arange(start, start + count), 0, len(rows) - 1)]


SILENT_SHARES = np.eye(len(PHONE_CLASSES), dtype=np.float32)[PHONE_CLASSES.index(SILENCE)]
"""Phone shares [40] of a frame of silence."""


def phones_around(phones: ArrayF32, start: int, count: int) -> ArrayF32:
    """Phone shares of frames, some of which may lie beyond the recording: there is silence, where phones are known at all."""
    return cut(phones, start, count, SILENT_SHARES if phones.any() else 0.0)


def frames_of(mel: ArrayF32) -> int:
    """Video frames of a mel spectrogram's recording, at 25 a second."""
    return max(1, round((len(mel) - 1) * LAC_RATE / 80))
