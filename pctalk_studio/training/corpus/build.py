"""Makes a corpus of synthetic speech, shard by shard.

Every shard follows from the seed, its number and the list of voices alone: a run that was cut short goes on with the next one,
and what it makes is what it would have made at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.speech.prosody import loudness, pitch
from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.files import delete_drafts
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.speech import FEATURE_RATE
from pctalk_studio.media.mel import mel_of
from pctalk_studio.training.corpus.augment import drawn_conditions, recorded, staged
from pctalk_studio.training.corpus.delivery import EMOTIONS, drawn_delivery, drawn_prosody
from pctalk_studio.training.corpus.motion import styles
from pctalk_studio.training.corpus.store import INDEX, CorpusIndex, VoiceEntry, read_index, write_index, write_shard
from pctalk_studio.training.corpus.text import HELD_OUT, Sentences
from pctalk_studio.training.corpus.utterance import Split, Utterance, phone_columns
from pctalk_studio.training.corpus.voices import F32, SAMPLE_RATE, Request, Spoken, Synthesizer, Voice, shifted

SHARD_SENTENCES = 100
TAKES = 4
"""Recordings made of each spoken sentence: of another size of talker, in another tempo, room and noise, with another style."""

_TAKES_APART = 0.15
"""Largest difference of the takes' shifts from the first one's, as a logarithm."""

_INTENSITIES = (0.4, 1.2)
"""Range of an emotion's strength: MEAD's first level to beyond its third."""

_WITH_VOICE = 0.7
"""Share of the utterances whose face feels what the voice expresses; the others feel something else."""

_PITCH_HOP = SAMPLE_RATE // FEATURE_RATE

_CHANCE, _RECORDING = 0, 1
"""Streams of chance."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sentence is to be: its number, who says it how, what for, with which emotion, and the shift of each take."""

    number: int
    request: Request
    split: Split
    prosody: int
    shifts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a corpus is made with.

    Parameters
    ----------
    synthesizers
        By name.
    sentences
        What is said.
    seed
        Of everything random.
    shard_sentences, takes
        Sentences a shard, and recordings of each.
    """

    synthesizers: Mapping[str, Synthesizer]
    sentences: Sentences
    seed: int
    shard_sentences: int = SHARD_SENTENCES
    takes: int = TAKES

    @property
    def voices(self) -> tuple[Voice, ...]:
        """All voices, in the order in which utterances number them."""
        return tuple(voice for synthesizer in self.synthesizers.values() for voice in synthesizer.voices)

    def index(self) -> CorpusIndex:
        """The index of a corpus that is still empty."""
        return CorpusIndex(
            {"seed": self.seed, "shard_sentences": self.shard_sentences, "takes": self.takes},
            tuple(VoiceEntry(voice.full_name, voice.split) for voice in self.voices),
            tuple(preset.name for preset in styles()),
            tuple(EMOTIONS),
        )


def build(folder: Path, hours: float, recipe: Recipe, listen: ProgressListener = silent) -> CorpusIndex:
    """Make a corpus, or go on with one until it is long enough.

    Parameters
    ----------
    folder
        Made when it is not there.
    hours
        How much speech there shall be at least.
    recipe
        What it is made with.
    listen
        Told of every shard; what it raises ends the work, and what is finished stays.

    Returns
    -------
    CorpusIndex
        What is there now.

    Raises
    ------
    TrainingError
        When the folder holds a corpus that was made otherwise, or a synthesizer fails.
    """
    index = _begun(folder, recipe)
    total = round(hours * 3600)
    listen(ProgressEvent("corpus", min(total, int(index.hours * 3600)), total))
    while index.hours < hours:
        number = len(index.shards)
        path = folder / f"shard_{number:05d}.npz"
        delete_drafts(path)
        entry = write_shard(path, shard(recipe, number))
        index = replace(index, shards=(*index.shards, entry))
        write_index(folder, index)
        listen(ProgressEvent("corpus", min(total, int(index.hours * 3600)), total))
    return index


def _begun(folder: Path, recipe: Recipe) -> CorpusIndex:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / INDEX).exists():
        index = recipe.index()
        write_index(folder, index)
        return index
    index, wanted = read_index(folder), recipe.index()
    if replace(index, shards=()) != wanted:
        raise TrainingError(
            f"'{folder}' holds a corpus of other settings or voices ({dict(index.settings)}); name another folder."
        )
    return index


def shard(recipe: Recipe, number: int) -> list[Utterance]:
    """The utterances of a shard."""
    plans = planned(recipe, number)
    spoken: dict[int, Spoken] = {}
    for name, synthesizer in recipe.synthesizers.items():
        mine = [plan for plan in plans if plan.request.voice.synthesizer == name]
        for plan, said in zip(mine, synthesizer.speak([plan.request for plan in mine]), strict=True):
            spoken[plan.number] = said
    takes = {plan.number: [shifted(spoken[plan.number], shift) for shift in plan.shifts] for plan in plans}
    others = [takes[plan.number][0].samples for plan in plans]
    return [utterance for plan in plans for utterance in _utterances(recipe, plan, takes[plan.number], others)]


def planned(recipe: Recipe, number: int) -> list[Plan]:
    """What the sentences of a shard are to be: held-out voices say held-out sentences only."""
    first = number * recipe.shard_sentences
    shares = np.array([voice.share for voice in recipe.voices])
    plans = []
    for sentence in range(first, first + recipe.shard_sentences):
        chance = np.random.default_rng((recipe.seed, sentence, _CHANCE))
        voice = recipe.voices[int(chance.choice(len(shares), p=shares / shares.sum()))]
        split = voice.split
        if split is Split.TRAIN:
            split = (Split.TRAIN, Split.VALID, Split.TEST)[int(chance.choice(3, p=[1 - HELD_OUT, HELD_OUT / 2, HELD_OUT / 2]))]
        prosody = drawn_prosody(chance)
        delivery = drawn_delivery(prosody, voice, chance)
        others = delivery.shift * np.exp(chance.uniform(-_TAKES_APART, _TAKES_APART, recipe.takes - 1))
        shifts = (delivery.shift, *np.clip(others, *voice.shifts).tolist())
        request = Request(recipe.sentences.sentence(sentence, split), voice, delivery)
        plans.append(Plan(sentence, request, split, prosody, shifts))
    return plans


def _utterances(recipe: Recipe, plan: Plan, takes: Sequence[Spoken], others: Sequence[F32]) -> list[Utterance]:
    """All takes of a sentence. Their pitch is measured once: that of the others is the same, shifted."""
    tone = pitch(takes[0].samples)
    out = []
    for number, take in enumerate(takes):
        factor = takes[0].duration / take.duration
        at = np.round(np.arange(-(-len(take.samples) // _PITCH_HOP)) * factor).astype(np.intp)
        out.append(_utterance(recipe, plan, number, take, tone[np.minimum(at, len(tone) - 1)] * np.float32(factor), others))
    return out


def _utterance(recipe: Recipe, plan: Plan, take: int, spoken: Spoken, tone: F32, others: Sequence[F32]) -> Utterance:
    chance = np.random.default_rng((recipe.seed, plan.number, _RECORDING, take))
    conditions = drawn_conditions(chance, plan.request.delivery.level)
    voice = staged(spoken, conditions, chance)
    heard = recorded(voice.samples, conditions, others, chance)
    emotion = plan.prosody if chance.random() < _WITH_VOICE else int(chance.integers(len(EMOTIONS)))
    label, begin, ends, stress = phone_columns(voice.phones)
    level = loudness(voice.samples)
    before = round(conditions.before * FEATURE_RATE)
    voiced = np.full(len(level), np.nan, np.float32)
    voiced[before : before + len(tone)] = tone[: len(level) - before]
    return Utterance(
        mel=mel_of(heard).astype(np.float16),
        phone_label=label,
        phone_start=begin,
        phone_end=ends,
        phone_stress=stress,
        words=voice.words,
        loudness=level.astype(np.float16),
        pitch=voiced.astype(np.float16),
        voice=recipe.voices.index(plan.request.voice),
        split=plan.split,
        style=int(chance.integers(len(styles()))),
        emotion=emotion,
        intensity=float(chance.uniform(*_INTENSITIES)),
        prosody=plan.prosody,
        text=plan.request.text,
        duration=float(ends[-1]),
    )
