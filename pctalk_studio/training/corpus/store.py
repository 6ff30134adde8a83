"""A corpus on disk: ``corpus.json`` and shards of some minutes each, read without unpacking.

A shard is a NumPy archive whose members are not compressed, so that they can be mapped into memory: reading an utterance costs
the pages that it lies on. What has no fixed length (mel, phones, ...) lies end to end, with the counts of each utterance beside.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.speech import Word
from pctalk_studio.training.corpus.utterance import Split, Utterance

VERSION = 1
INDEX = "corpus.json"

SPLITS = tuple(Split)

_ENDLESS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "mel": (("mel", "f2"),),
    "phone": (("phone_label", "u1"), ("phone_start", "f4"), ("phone_end", "f4"), ("phone_stress", "u1")),
    "voicing": (("loudness", "f2"), ("pitch", "f2")),
    "delta": (("delta", "f2"),),
}
"""Counts, and the members that they count."""

_PLAIN = (("voice", "u2"), ("style", "u1"), ("emotion", "u1"), ("prosody", "u1"), ("intensity", "f8"), ("duration", "f8"))


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """A voice of the corpus, and what it is held out for (``train`` if for nothing)."""

    name: str
    split: Split


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """A shard: its file, and how many utterances and seconds of each split it holds."""

    file: str
    utterances: Mapping[str, int]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CorpusIndex:
    """What ``corpus.json`` says.

    Parameters
    ----------
    settings
        All that the corpus was made from, by name; equal settings make equal shards.
    voices
        By number.
    styles, emotions
        Names by number.
    shards
        In order.
    version
        Of the format.
    """

    settings: Mapping[str, Any]
    voices: tuple[VoiceEntry, ...]
    styles: tuple[str, ...]
    emotions: tuple[str, ...]
    shards: tuple[ShardEntry, ...] = ()
    version: int = VERSION
    format: str = field(default="pctalk-studio corpus")

    @property
    def hours(self) -> float:
        """All that is there."""
        return sum(sum(shard.seconds.values()) for shard in self.shards) / 3600.0


def write_index(folder: Path, index: CorpusIndex) -> None:
    """Write ``corpus.json``, whole or not at all."""
    with written_whole(folder / INDEX) as draft:
        draft.write_text(json.dumps(asdict(index), indent=1) + "\n", encoding="utf-8")


def read_index(folder: Path) -> CorpusIndex:
    """Read ``corpus.json``.

    Raises
    ------
    TrainingError
        When there is none, or it is no such index.
    """
    path = folder / INDEX
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        if tree["version"] != VERSION:
            raise TrainingError(f"The corpus '{folder}' has version {tree['version']}; make it anew with this program.")
        return CorpusIndex(
            tree["settings"],
            tuple(VoiceEntry(str(row["name"]), Split(row["split"])) for row in tree["voices"]),
            tuple(tree["styles"]),
            tuple(tree["emotions"]),
            tuple(ShardEntry(str(row["file"]), row["utterances"], row["seconds"]) for row in tree["shards"]),
        )
    except FileNotFoundError as error:
        raise TrainingError(f"'{folder}' holds no corpus; make one with 'pctalk-studio train corpus'.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"'{path}' is damaged; make the corpus anew.", repr(error)) from error


def write_shard(path: Path, utterances: Sequence[Utterance]) -> ShardEntry:
    """Write utterances as one shard, whole or not at all.

    Returns
    -------
    ShardEntry
        For the index.
    """
    members: dict[str, npt.NDArray[np.generic]] = {}
    for counted, names in _ENDLESS.items():
        for name, kind in names:
            rows = [_rows(utterance, name) for utterance in utterances]
            members[f"{counted}_count"] = np.array([len(row) for row in rows], np.int32)
            members[name] = np.concatenate(rows).astype(kind)
    for name, kind in _PLAIN:
        members[name] = np.array([getattr(utterance, name) for utterance in utterances], kind)
    members["split"] = np.array([SPLITS.index(utterance.split) for utterance in utterances], np.uint8)
    members["text"] = np.array([utterance.text for utterance in utterances], np.str_)
    words = [word for utterance in utterances for word in utterance.words]
    members["word_count"] = np.array([len(utterance.words) for utterance in utterances], np.int32)
    members["word_text"] = np.array([word.text for word in words], np.str_)
    members["word_time"] = np.array([(word.start, word.end) for word in words], np.float32).reshape(-1, 2)
    with written_whole(path) as draft, draft.open("wb") as file:
        np.savez(file, **members)
    return _entry(path.name, utterances)


def _rows(utterance: Utterance, name: str) -> npt.NDArray[np.generic]:
    value = getattr(utterance, name)
    return np.zeros((0, KEYPOINT_COUNT, 3), np.float16) if value is None else np.asarray(value)


def _entry(file: str, utterances: Sequence[Utterance]) -> ShardEntry:
    of = {split.value: [u.duration for u in utterances if u.split is split] for split in SPLITS}
    return ShardEntry(file, {name: len(each) for name, each in of.items()}, {name: sum(each) for name, each in of.items()})


class Shard:
    """A shard that is being read.

    Parameters
    ----------
    path
        Its file.

    Raises
    ------
    TrainingError
        When the file is missing or no shard.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._members = _mapped(path)
            self.durations = np.asarray(self._members["duration"])
            self.splits = np.asarray(self._members["split"])
            self._begins = {
                name: np.concatenate([[0], np.cumsum(self._members[f"{name}_count"], dtype=np.int64)])
                for name in (*_ENDLESS, "word")
            }
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, struct.error) as error:
            raise TrainingError(f"'{path}' is no shard of a corpus; delete it and make the corpus again.", repr(error)) from error

    def __len__(self) -> int:
        return len(self.durations)

    def utterance(self, row: int) -> Utterance:
        """One utterance; its arrays are views of the file."""
        parts: dict[str, Any] = {}
        for counted, names in _ENDLESS.items():
            begin, end = self._begins[counted][row : row + 2]
            for name, _ in names:
                parts[name] = self._members[name][begin:end]
        if not len(parts["delta"]):
            parts["delta"] = None
        for name, kind in _PLAIN:
            value = self._members[name][row]
            parts[name] = float(value) if kind.startswith("f") else int(value)
        return Utterance(
            **parts, words=tuple(self._words(row)), split=SPLITS[self.splits[row]], text=str(self._members["text"][row])
        )

    def _words(self, row: int) -> Iterator[Word]:
        begin, end = self._begins["word"][row : row + 2]
        texts, times = self._members["word_text"][begin:end], self._members["word_time"][begin:end]
        for text, (start, stop) in zip(texts, times, strict=True):
            yield Word(str(text), float(start), float(stop))


def _mapped(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Members of an uncompressed archive of arrays, mapped into memory."""
    members: dict[str, npt.NDArray[Any]] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            if info.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{info.filename} is compressed")
            file.seek(info.header_offset + 26)
            name_length, extra_length = struct.unpack("<HH", file.read(4))
            file.seek(name_length + extra_length, 1)
            # NumPy's own functions for this carry no types.
            formats: Any = np.lib.format
            version = formats.read_magic(file)
            read_header = formats.read_array_header_1_0 if version == (1, 0) else formats.read_array_header_2_0
            shape, fortran, dtype = read_header(file)
            if dtype.hasobject or fortran:
                raise ValueError(f"{info.filename} is no plain array")
            empty = 0 in shape
            members[info.filename.removesuffix(".npy")] = (
                np.zeros(shape, dtype) if empty else np.memmap(path, dtype, "r", file.tell(), shape)
            )
    return members


class Utterances(Sequence[Utterance]):
    """Utterances of one split, read when asked for.

    Parameters
    ----------
    shards
        Files, in order.
    split
        Which; None for all.
    """

    def __init__(self, shards: Sequence[Shard], split: Split | None) -> None:
        self._shards = tuple(shards)
        rows = [
            (s, row)
            for s, shard in enumerate(shards)
            for row in range(len(shard))
            if split is None or SPLITS[shard.splits[row]] is split
        ]
        self._rows = np.array(rows, np.int64).reshape(-1, 2)
        self.durations = np.array([shards[s].durations[row] for s, row in rows])

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> Utterance: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Utterance]: ...
    def __getitem__(self, number: int | slice) -> Utterance | Sequence[Utterance]:
        if isinstance(number, slice):
            return [self._read(i) for i in range(*number.indices(len(self)))]
        return self._read(number)

    def _read(self, number: int) -> Utterance:
        shard, row = (int(value) for value in self._rows[number])
        return self._shards[shard].utterance(row)


class Corpus:
    """A corpus that is being read; while it grows, what was there when it was opened.

    Parameters
    ----------
    folder
        Where it is.
    index
        What it says of itself.
    """

    def __init__(self, folder: Path, index: CorpusIndex) -> None:
        self.folder = folder
        self.index = index

    @classmethod
    def open(cls, folder: Path) -> Corpus:
        """Open a corpus.

        Raises
        ------
        TrainingError
            When the folder holds none.
        """
        return cls(folder, read_index(folder))

    @cached_property
    def _shards(self) -> tuple[Shard, ...]:
        return tuple(Shard(self.folder / entry.file) for entry in self.index.shards)

    def utterances(self, split: Split | str | None = None) -> Utterances:
        """Utterances of a split, or all."""
        return Utterances(self._shards, None if split is None else Split(split))
