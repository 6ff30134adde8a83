from __future__ import annotations

from pathlib import Path

import pytest
from helpers.made_up_speech import corpus

from pctalk_studio.cli.main import DONE, USER_ERROR, run
from pctalk_studio.training import runs
from pctalk_studio.training.loop import Outcome


def test_a_network_is_trained_and_gone_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    command = ["train", "sync", str(corpus(tmp_path / "speech", 3)), str(tmp_path / "sync"), "--width", "1", "--pool", "4"]
    assert run([*command, "--steps", "1", "--progress", "json"]) == DONE
    assert "steps, done; score" in capsys.readouterr().out
    assert (tmp_path / "sync" / "sync.safetensors").is_file()
    assert run([*command, "--steps", "2", "--progress", "none"]) == USER_ERROR
    assert "another steps (1)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "more", "expected"),
    [
        ("lac", ["--sync", "s.safetensors", "--refining", "7"], (Path("s.safetensors"), 7)),
        ("emc", ["--lac", "l.safetensors"], (Path("l.safetensors"),)),
    ],
)
def test_what_is_typed_reaches_the_training(monkeypatch: pytest.MonkeyPatch, capsys, verb: str, more: list[str], expected):
    called = []

    def train(settings: runs.RunSettings, *arguments, pictures=None):
        assert pictures is None
        called.append((settings, arguments[:-1]))
        outcome = Outcome(5, 0.5, False)
        return (outcome, outcome) if verb == "lac" else outcome

    monkeypatch.setattr(runs, f"train_{verb}", train)
    assert run(["train", verb, "speech", "out", "--minutes", "2", "--seed", "3", "--begin-with", "w", *more]) == DONE
    settings, arguments = called[0]
    assert arguments == expected
    assert settings.corpus == Path("speech")
    assert (settings.minutes, settings.seed, settings.begin_with) == (2.0, 3, Path("w"))
    assert "the same command goes on; score 0.500" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--minutes", "-1"], ["--seed", "-2"], ["--device", "cuda"]])
def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]):
    import torch

    if "cuda" in wrong and torch.cuda.is_available():
        pytest.skip("this machine has one")
    assert run(["train", "sync", str(tmp_path), str(tmp_path / "out"), *wrong]) == USER_ERROR
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_folder_without_a_corpus_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["train", "sync", str(tmp_path), str(tmp_path / "out"), "--progress", "none"]) == USER_ERROR
    assert "holds no corpus" in capsys.readouterr().err


def test_portraits_and_the_expert_belong_together(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    line = ["train", "lac", str(tmp_path), str(tmp_path / "out"), "--sync", "s", "--progress", "none"]
    assert run([*line, "--portraits", "faces"]) == USER_ERROR
    assert "--portraits and --expert belong together" in capsys.readouterr().err
    assert run([*line, "--portraits", "faces", "--expert", "expert.pth"]) == USER_ERROR
    assert "models fetch human" in capsys.readouterr().err
