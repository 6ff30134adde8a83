from __future__ import annotations

from pathlib import Path

import pytest

from pctalk_studio.cli.arguments import build_parser
from pctalk_studio.cli.main import DONE, USER_ERROR, run
from pctalk_studio.cli.train_command import VERBS
from pctalk_studio.training.corpus.store import CorpusIndex, VoiceEntry, write_index
from pctalk_studio.training.corpus.utterance import Split


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["--hours", "0"], "--hours"),
        (["--hours", "-1"], "--hours"),
        (["--hours", "nan"], "--hours"),
        (["--seed", "-1"], "--seed"),
        (["--driven", "-1"], "--driven"),
        (["--videos", "nowhere"], "nowhere"),
        (["--layout", "vox"], "vox"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(extra, named, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["train", "corpus", str(tmp_path / "c"), *extra]) == USER_ERROR
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1


def test_without_a_synthesizer_the_sentence_names_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    assert run(["train", "corpus", str(tmp_path / "c")]) == USER_ERROR
    assert "espeak-ng" in capsys.readouterr().err


def test_a_corpus_made_otherwise_is_not_gone_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_index(tmp_path, CorpusIndex({"seed": 8}, (VoiceEntry("a/b", Split.TRAIN),), (), ()))
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "One_000.mp4").write_bytes(b"")
    assert run(["train", "corpus", str(tmp_path), "--videos", str(tmp_path / "videos")]) == USER_ERROR
    assert "name another folder" in capsys.readouterr().err


def test_videos_that_cannot_be_read_are_left_out_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "One_000.mp4").write_bytes(b"no movie at all")
    assert run(["train", "corpus", str(tmp_path / "c"), "--videos", str(tmp_path / "videos")]) == DONE
    said = capsys.readouterr().out
    assert "0 utterances" in said
    assert "One_000.mp4" in said


def test_a_filter_whose_network_is_not_there_is_told_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "One_000.mp4").write_bytes(b"")
    line = ["train", "corpus", str(tmp_path / "c"), "--videos", str(tmp_path / "videos"), "--least-sync", "3"]
    assert run(line) == USER_ERROR
    assert "models fetch judges/syncnet" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_every_verb_that_can_be_typed_has_a_module():
    train = build_parser().parse_args(["train", "corpus", "x"])
    assert train.verb in VERBS
    for verb in VERBS:
        with pytest.raises(SystemExit):
            build_parser().parse_args(["train", verb, "--help"])
