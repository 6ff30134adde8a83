"""Train the model that hears emotions: ``pctalk-studio train voice-emotion``.

Free synthesizers speak in the manners of :mod:`pctalk_studio.training.corpus.delivery`. Utterances of one talker are put
together at random into recordings of a few, since at work a voice is known from the recording alone. Logistic regression,
emotions weighed evenly, fitted by L-BFGS; the strength of its L2 restraint is chosen on voices that it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from pctalk_studio.analysis.emotion.voice import FEATURES, Talker, VoiceModel, features_of
from pctalk_studio.analysis.speech.prosody import loudness, pitch
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.speech import SILENCE, Alignment, SpeechFacts
from pctalk_studio.document.project import Emotion
from pctalk_studio.training.corpus.delivery import drawn_delivery, drawn_prosody
from pctalk_studio.training.corpus.text import english_sentences
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import Request, Spoken, Synthesizer, Voice, shifted, synthesizers

ArrayF64 = npt.NDArray[np.float64]

TOGETHER = 6
"""Utterances of a made-up recording."""
RESTRAINTS = (1e-4, 1e-3, 1e-2)
EMOTIONS = tuple(Emotion)
_NEUTRAL = 0.4
"""Share of phrases that are taken to be neutral before anything is heard; the emotions share the rest."""
_EVERY = 5
"""Every how manieth voice that may be learned is kept for choosing the restraint."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Features [N, F] and the number [N] of each one's emotion."""

    features: ArrayF64
    emotions: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class VoiceReport:
    """How well a model hears voices that it was not trained on.

    Parameters
    ----------
    examples
        How many were tested.
    accuracy
        Mean over the emotions of the share that was heard right.
    chance
        What guessing would give.
    confusion
        [E, E] shares: row what was spoken, column what was heard.
    """

    examples: int
    accuracy: float
    chance: float
    confusion: ArrayF64


def train_voice(
    out: Path, *, talkers: int = 3, sentences: int = 40, seed: int = 0, listen: ProgressListener = silent
) -> VoiceReport:
    """Let synthesizers speak with emotions, train on what is heard, and write the model.

    Parameters
    ----------
    out
        ``.npz`` to write.
    talkers
        Talkers of each voice, by the length of their vocal tracts.
    sentences
        Of each talker.
    seed
        Of all that is drawn.
    listen
        Told of the talkers.

    Returns
    -------
    VoiceReport
        On the voices that are held out for tests.

    Raises
    ------
    StudioError
        When there is no synthesizer, or the model cannot be written.
    """
    machines = synthesizers()
    voices = [(machine, voice) for machine in machines.values() for voice in machine.voices]
    learned = [pair for pair in voices if pair[1].split is not Split.TEST]
    heard = {
        Split.TRAIN: [pair for number, pair in enumerate(learned) if number % _EVERY],
        Split.VALID: learned[::_EVERY],
        Split.TEST: [pair for pair in voices if pair[1].split is Split.TEST],
    }
    train, valid, test = (_examples(split, heard[split] * talkers, sentences, seed, listen) for split in Split)
    models = [_fitted(train, restraint) for restraint in RESTRAINTS]
    best = max(models, key=lambda model: _report(model, valid).accuracy)
    with written_whole(out) as draft, draft.open("wb") as file:
        np.savez_compressed(
            file,
            emotions=np.array([emotion.value for emotion in best.emotions]),
            middle=best.middle.astype(np.float32),
            scale=best.scale.astype(np.float32),
            weights=best.weights.astype(np.float32),
            bias=best.bias.astype(np.float32),
        )
    return _report(best, test)


def _examples(
    split: Split, talkers: Sequence[tuple[Synthesizer, Voice]], sentences: int, seed: int, listen: ProgressListener
) -> Examples:
    features, emotions = [], []
    for number, (machine, voice) in enumerate(talkers):
        chance = np.random.default_rng((seed, list(Split).index(split), number))
        texts = english_sentences(seed + number)
        shift = float(np.exp(chance.uniform(*np.log(voice.shifts))))
        felt = [drawn_prosody(chance) for _ in range(sentences)]
        said = [
            Request(texts.sentence(k, split), voice, replace(drawn_delivery(emotion, voice, chance), shift=shift))
            for k, emotion in enumerate(felt)
        ]
        facts = [_facts(spoken, request) for spoken, request in zip(machine.speak(said), said, strict=True)]
        for group in _recordings(len(facts), chance):
            talker = Talker.of([facts[k] for k in group])
            if talker is None:
                continue
            for k in group:
                measured = features_of(facts[k], 0.0, facts[k].alignment.duration, talker)
                if measured is not None:
                    features.append(measured)
                    emotions.append(felt[k])
        listen(ProgressEvent(f"speak ({split})", number + 1, len(talkers)))
    return Examples(np.array(features).reshape(-1, len(FEATURES)), np.array(emotions, np.int64))


def _facts(spoken: Spoken, request: Request) -> SpeechFacts:
    """What is measured of an utterance, from its first phone to its last."""
    take = shifted(spoken, request.delivery.shift)
    phones = [phone for phone in take.phones if phone.label != SILENCE]
    start, end = phones[0].start, phones[-1].end
    part = take.samples[int(start * take.rate) : int(end * take.rate)] * np.float32(10 ** (request.delivery.level / 20))
    inside = [phone for phone in take.phones if phone.start >= start - 1e-9 and phone.end <= end + 1e-9]
    moved = [replace(phone, start=phone.start - start, end=phone.end - start) for phone in inside]
    moved[-1] = replace(moved[-1], end=end - start)
    level, tone = loudness(part), pitch(part)
    return SpeechFacts(Alignment(end - start, (), tuple(moved)), level, tone, np.ones(len(level), np.bool_), "")


def _recordings(count: int, chance: np.random.Generator) -> Iterator[range]:
    """Utterances in groups of different lengths, so that talkers are known more or less well."""
    begun = 0
    while begun < count:
        end = min(count, begun + int(chance.integers(2, 2 * TOGETHER - 1)))
        yield range(begun, end)
        begun = end


def _fitted(examples: Examples, restraint: float) -> VoiceModel:
    middle, scale = np.median(examples.features, axis=0), examples.features.std(axis=0) + 1e-9
    standard = np.clip((examples.features - middle) / scale, -6, 6)
    count, wide = len(EMOTIONS), len(FEATURES)
    spoken = np.eye(count)[examples.emotions]
    shares = np.where(np.array([emotion is Emotion.NEUTRAL for emotion in EMOTIONS]), _NEUTRAL, (1.0 - _NEUTRAL) / (count - 1))
    weight = (shares / np.maximum(spoken.sum(axis=0), 1.0))[examples.emotions]
    weight = weight / weight.sum()

    def loss(flat: ArrayF64) -> tuple[float, ArrayF64]:
        weights, bias = flat[: count * wide].reshape(count, wide), flat[count * wide :]
        scores = standard @ weights.T + bias
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        wrong = (np.exp(logs) - spoken) * weight[:, None]
        value = -float(weight @ (logs * spoken).sum(axis=1)) + restraint * float((weights**2).sum())
        return value, np.concatenate([(wrong.T @ standard + 2 * restraint * weights).ravel(), wrong.sum(axis=0)])

    found = minimize(loss, np.zeros(count * (wide + 1)), jac=True, method="L-BFGS-B").x
    return VoiceModel(EMOTIONS, middle, scale, found[: count * wide].reshape(count, wide), found[count * wide :])


def _report(model: VoiceModel, examples: Examples) -> VoiceReport:
    heard = model.shares(examples.features).argmax(axis=1)
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)))
    np.add.at(confusion, (examples.emotions, heard), 1.0)
    confusion = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1.0)
    present = np.unique(examples.emotions)
    return VoiceReport(len(heard), float(np.diag(confusion)[present].mean()), 1.0 / len(EMOTIONS), confusion)
