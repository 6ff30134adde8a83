"""Training of the model that hears emotions, with voices made of tones."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.toy_voices import Tones, toy_sentences

from pctalk_studio.analysis.emotion.voice import FEATURES, VoiceModel
from pctalk_studio.cli.main import run
from pctalk_studio.document.project import Emotion
from pctalk_studio.training import voice_emotion
from pctalk_studio.training.voice_emotion import EMOTIONS, train_voice


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    monkeypatch.setattr(voice_emotion, "synthesizers", lambda: {"toy": Tones()})
    monkeypatch.setattr(voice_emotion, "english_sentences", toy_sentences)
    monkeypatch.setattr(voice_emotion, "_EVERY", 2)


def test_manners_are_heard_better_than_by_guessing(tmp_path):
    report = train_voice(tmp_path / "a.npz", talkers=2, sentences=40, seed=3)
    assert report.accuracy > 2 * report.chance
    assert set(report.confusion.sum(axis=1).round(6)) <= {0.0, 1.0}
    model = VoiceModel.read(tmp_path / "a.npz")
    assert model.emotions == EMOTIONS == tuple(Emotion)
    assert model.weights.shape == (8, len(FEATURES))


def test_equal_seeds_give_equal_models(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train_voice(tmp_path / f"{name}.npz", talkers=1, sentences=8, seed=seed)
    a, b, c = (VoiceModel.read(tmp_path / f"{name}.npz").weights for name in "abc")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_the_command_tells_how_well_it_hears(tmp_path, capfd):
    line = ["train", "voice-emotion", str(tmp_path / "m.npz"), "--talkers", "1", "--sentences", "12", "--progress", "none"]
    assert run(line) == 0
    assert "% of the emotions right" in capfd.readouterr().out
    assert run([*line[:2], str(tmp_path / "m.bin")]) == 2
