from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import Word
from pctalk_studio.training.corpus.store import INDEX, Corpus, CorpusIndex, Shard, VoiceEntry, write_index, write_shard
from pctalk_studio.training.corpus.utterance import NO_STRESS, Split, Utterance


def utterance(number: int, split: Split = Split.TRAIN, words: int = 2, moves: bool = False) -> Utterance:
    chance = np.random.default_rng(number)
    ends = np.cumsum(chance.uniform(0.05, 0.2, 3 + number)).astype(np.float32)
    count = len(ends)
    return Utterance(
        mel=chance.normal(size=(40 + number, 80)).astype(np.float16),
        phone_label=chance.integers(0, 40, count).astype(np.uint8),
        phone_start=np.concatenate([np.zeros(1, np.float32), ends[:-1]]),
        phone_end=ends,
        phone_stress=np.full(count, NO_STRESS, np.uint8),
        words=tuple(Word(f"wörd{i}", 0.5 * i, 0.5 * i + 0.25) for i in range(words)),
        loudness=chance.normal(size=50).astype(np.float16),
        pitch=np.full(50, np.nan, np.float16),
        voice=number,
        split=split,
        style=1,
        emotion=2,
        intensity=0.7,
        prosody=3,
        text=f"Sentence {number}.",
        duration=float(ends[-1]),
        delta=chance.normal(size=(12, 21, 3)).astype(np.float16) if moves else None,
    )


def assert_same(one: Utterance, other: Utterance) -> None:
    for field in fields(Utterance):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), field.name
        else:
            assert a == b, field.name


def corpus_of(folder: Path, *shards: list[Utterance]) -> Corpus:
    entries = tuple(write_shard(folder / f"shard_{i:05d}.npz", each) for i, each in enumerate(shards))
    write_index(folder, CorpusIndex({"seed": 1}, (VoiceEntry("a/b", Split.TRAIN),), ("Clear",), ("neutral",), entries))
    return Corpus.open(folder)


def test_what_is_written_is_read(tmp_path: Path):
    said = [utterance(0), utterance(1, Split.TEST, words=0), utterance(2, moves=True), utterance(3, Split.VALID)]
    corpus = corpus_of(tmp_path, said[:2], said[2:])
    read = corpus.utterances()
    assert len(read) == 4
    for one, other in zip(said, read, strict=True):
        assert_same(one, other)
    assert corpus.index.hours == pytest.approx(sum(u.duration for u in said) / 3600)
    assert read.durations == pytest.approx([u.duration for u in said])
    assert [u.text for u in read[1:3]] == ["Sentence 1.", "Sentence 2."]
    assert read[-1].text == "Sentence 3."


def test_splits_are_kept_apart(tmp_path: Path):
    corpus = corpus_of(tmp_path, [utterance(0), utterance(1, Split.TEST)], [utterance(2, Split.TEST), utterance(3, Split.VALID)])
    assert [u.voice for u in corpus.utterances(Split.TEST)] == [1, 2]
    assert [u.voice for u in corpus.utterances("valid")] == [3]
    with pytest.raises(IndexError):
        corpus.utterances("valid")[1]


def test_reading_maps_the_file_and_does_not_copy_it(tmp_path: Path):
    mel = corpus_of(tmp_path, [utterance(0)]).utterances()[0].mel
    assert isinstance(mel, np.memmap)
    assert not mel.flags.writeable


def test_phones_and_facts_are_those_of_the_program():
    one = replace(
        utterance(0),
        phone_label=np.array([39, 1, 39], np.uint8),
        phone_stress=np.array([NO_STRESS, 1, NO_STRESS], np.uint8),
        words=(),
    )
    facts = one.facts()
    assert [(p.label, p.stress) for p in facts.alignment.phones] == [("SIL", None), ("AE", 1), ("SIL", None)]
    assert facts.alignment.phones[-1].end == facts.alignment.duration
    inside = (np.arange(50) / 100 >= one.phone_start[1]) & (np.arange(50) / 100 < one.phone_end[1])
    beyond = np.arange(50) / 100 >= one.duration
    assert np.array_equal(facts.speaking[~beyond], inside[~beyond])


def test_a_folder_without_corpus_is_told(tmp_path: Path):
    with pytest.raises(TrainingError, match="holds no corpus"):
        Corpus.open(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}'])
def test_a_damaged_index_is_told(tmp_path: Path, text: str):
    (tmp_path / INDEX).write_text(text)
    with pytest.raises(TrainingError, match="damaged"):
        Corpus.open(tmp_path)


def test_another_version_is_told(tmp_path: Path):
    corpus_of(tmp_path, [utterance(0)])
    tree = json.loads((tmp_path / INDEX).read_text())
    (tmp_path / INDEX).write_text(json.dumps({**tree, "version": 99}))
    with pytest.raises(TrainingError, match="version 99"):
        Corpus.open(tmp_path)


def test_a_damaged_shard_is_told(tmp_path: Path):
    path = tmp_path / "shard_00000.npz"
    write_shard(path, [utterance(0)])
    data = path.read_bytes()
    for broken in (b"", data[:200], data[: len(data) // 2], b"x" * 1000):
        path.write_bytes(broken)
        with pytest.raises(TrainingError, match="shard_00000"):
            Shard(path)
    np.savez_compressed(tmp_path / "other.npz", mel=np.zeros(3))
    with pytest.raises(TrainingError, match="other"):
        Shard(tmp_path / "other.npz")
