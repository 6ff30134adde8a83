"""Utterances that no voice ever spoke: a mel spectrogram in which each phone has a pattern of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pctalk_studio.core.prediction import EMOTION_CLASSES, PHONE_CLASSES
from pctalk_studio.training.corpus.store import CorpusIndex, VoiceEntry, write_index, write_shard
from pctalk_studio.training.corpus.utterance import Split, Utterance

STYLES = ("Clear", "Broadcast", "Wide", "Mumbling", "Tight-lipped", "Whisper", "Shout", "Sing")

_SILENT = PHONE_CLASSES.index("SIL")


def utterance(seed: int, split: Split = Split.TRAIN, seconds: float = 2.4) -> Utterance:
    """Random phones between two silences, and a sound from which they can be told."""
    rng = np.random.default_rng(seed)
    inner = np.cumsum(rng.uniform(0.05, 0.18, 40))
    edges = np.array([0.0, 0.2, *(0.2 + inner[inner < seconds - 0.5]), seconds - 0.2, seconds], np.float32)
    labels = np.array([_SILENT, *rng.integers(0, 39, len(edges) - 3), _SILENT], np.uint8)
    patterns = np.random.default_rng(0).uniform(-2.0, 3.0, (40, 80))
    patterns[_SILENT] = -3.5
    rows = 1 + int(seconds * 80)
    spoken = labels[np.clip(np.searchsorted(edges, np.arange(rows) / 80, side="right") - 1, 0, len(labels) - 1)]
    mel = np.clip(patterns[spoken] + rng.normal(0.0, 0.3, (rows, 80)), -4, 4)
    count = int(seconds * 100)
    return Utterance(
        mel=mel.astype(np.float16),
        phone_label=labels,
        phone_start=edges[:-1],
        phone_end=edges[1:],
        phone_stress=np.full(len(labels), 255, np.uint8),
        words=(),
        loudness=np.full(count, -20.0, np.float16),
        pitch=np.full(count, 120.0, np.float16),
        voice=0,
        split=split,
        style=0,
        emotion=EMOTION_CLASSES.index("neutral"),
        intensity=0.0,
        prosody=5,
        text="",
        duration=float(edges[-1]),
    )


def corpus(folder: Path, count: int = 10) -> Path:
    """A corpus of such utterances on disk."""
    folder.mkdir()
    spoken = [utterance(n) for n in range(count)]
    spoken += [utterance(1000 + n, split) for n in range(3) for split in (Split.VALID, Split.TEST)]
    entry = write_shard(folder / "shard_00000.npz", spoken)
    voices = (VoiceEntry("nobody", Split.TRAIN),)
    write_index(folder, CorpusIndex({"seed": 0}, voices, STYLES, EMOTION_CLASSES, (entry,)))
    return folder
