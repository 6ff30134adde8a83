from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.toy_voices import Tones, phones_of, toy_sentences

from pctalk_studio.core.errors import Cancelled, TrainingError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.media.mel import HOP
from pctalk_studio.training.corpus.build import Recipe, build
from pctalk_studio.training.corpus.store import Corpus
from pctalk_studio.training.corpus.text import split_of
from pctalk_studio.training.corpus.utterance import LABELS, Split

HOURS = 0.012


def recipe(seed: int = 3) -> Recipe:
    return Recipe({"toy": Tones()}, toy_sentences(seed), seed, shard_sentences=4, takes=2)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "made"
    build(folder, HOURS, recipe())
    return folder


def test_there_is_as_much_as_was_asked_for_and_no_shard_more(made: Path):
    corpus = Corpus.open(made)
    assert corpus.index.hours >= HOURS
    assert corpus.index.hours - sum(corpus.index.shards[-1].seconds.values()) / 3600 < HOURS
    assert len(corpus.utterances()) == 8 * len(corpus.index.shards)


def test_held_out_voices_and_sentences_are_never_trained_on(made: Path):
    corpus = Corpus.open(made)
    for utterance in corpus.utterances():
        held_out = corpus.index.voices[utterance.voice].split
        assert held_out in (Split.TRAIN, utterance.split)
        assert split_of(utterance.text.strip(".?").replace(",", "").lower().split()) is utterance.split


def test_phones_fit_words_mel_and_motion(made: Path):
    for utterance in Corpus.open(made).utterances():
        assert utterance.phone_start[0] == 0
        assert np.array_equal(utterance.phone_start[1:], utterance.phone_end[:-1])
        assert utterance.phone_end[-1] == pytest.approx(utterance.duration, abs=1e-6)
        assert len(utterance.mel) == 1 + round(utterance.duration * 16_000) // HOP
        assert len(utterance.loudness) == len(utterance.pitch) == -(-round(utterance.duration * 16_000) // 160)
        spoken = [LABELS[label] for label in utterance.phone_label if LABELS[label] != "SIL"]
        texts = utterance.text.strip(".?").replace(",", "").lower().split()
        assert spoken == [phone for text in texts for phone in phones_of(text)]
        alignment = utterance.alignment()
        assert [len(alignment.phones_of(word)) for word in alignment.words] == [3] * len(texts)


def test_the_voice_is_loud_in_vowels_and_has_a_pitch_there(made: Path):
    levels: dict[str, list[float]] = {"B": [], "vowel": []}
    voiced = []
    for utterance in Corpus.open(made).utterances():
        for phone in utterance.phones():
            middle = round(50 * (phone.start + phone.end))
            if phone.label == "B":
                levels["B"].append(float(utterance.loudness[middle]))
            elif phone.stress == 1:
                levels["vowel"].append(float(utterance.loudness[middle]))
                voiced.append(not np.isnan(utterance.pitch[middle]))
    assert np.median(levels["vowel"]) > np.median(levels["B"]) + 12
    assert np.mean(voiced) > 0.9


def test_takes_of_a_sentence_differ_in_tempo_and_their_pitch_with_it(made: Path):
    utterances = Corpus.open(made).utterances()
    apart = []
    for first, second in zip(utterances[::2], utterances[1::2], strict=True):
        assert first.text == second.text
        assert first.voice == second.voice
        spans = [u.words[-1].end - u.words[0].start for u in (first, second)]
        tones = [float(np.nanmedian(u.pitch.astype(np.float64))) for u in (first, second)]
        assert tones[1] / tones[0] == pytest.approx(spans[0] / spans[1], rel=0.03)
        apart.append(abs(spans[0] / spans[1] - 1))
    assert max(apart) > 0.02


def test_a_run_that_was_cut_short_ends_as_one_that_was_not(made: Path, tmp_path: Path):
    class Stop:
        def __init__(self) -> None:
            self.heard = 0

        def __call__(self, _event: ProgressEvent) -> None:
            self.heard += 1
            if self.heard == 2:
                raise Cancelled("Enough.")

    folder = tmp_path / "resumed"
    with pytest.raises(Cancelled):
        build(folder, HOURS, recipe(), Stop())
    assert 0 < len(Corpus.open(folder).utterances()) < len(Corpus.open(made).utterances())
    # As a run that is killed while it writes would leave it.
    (folder / ".shard_00001.0123abcd.npz").write_bytes(b"half")
    build(folder, HOURS, recipe())
    assert files_of(folder) == files_of(made)


def test_a_corpus_that_is_long_enough_is_left_alone(made: Path):
    before = files_of(made)
    again = recipe()
    build(made, HOURS, again)
    assert files_of(made) == before
    assert again.synthesizers["toy"].asked == []  # type: ignore[attr-defined]


def test_another_seed_does_not_go_on_with_it(made: Path):
    with pytest.raises(TrainingError, match="other settings or voices"):
        build(made, 1.0, recipe(seed=4))


def test_progress_counts_seconds(tmp_path: Path):
    events: list[ProgressEvent] = []
    build(tmp_path / "new", 0.004, recipe(), events.append)
    assert [event.total for event in events] == [14] * len(events)
    assert events[0].done == 0
    assert events[-1].done == 14
