"""Lips that go by ear where what is said was recognised badly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from helpers.projects import sentence
from helpers.toy_networks import ToyMotion

from pctalk_studio.cli import render_command
from pctalk_studio.cli.main import run
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import SILENCE, Alignment, Phone
from pctalk_studio.document.learned import Learned
from pctalk_studio.document.project import Project
from pctalk_studio.media.pictures import Picture
from pctalk_studio.media.sound import Sound
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.session import Sources, Studio
from pctalk_studio.session import studio as studio_module
from pctalk_studio.session.hearing import Equipment, doubted_by_ear

NETWORKS = Equipment({"mesh": MeshRenderer}, ToyMotion)


def recognised(trust: float, method: str = "recognised") -> Alignment:
    return replace(sentence(), method=method, trust=trust)


@pytest.mark.parametrize(
    ("alignment", "share"),
    [
        (recognised(0.9), 0.0),
        (recognised(0.45), 0.5),
        (recognised(0.1), 1.0),
        (recognised(0.2, "phone-loop"), 1.0),
        (recognised(0.1, "transcript"), 0.0),
        (recognised(0.1, "textgrid"), 0.0),
        (Alignment(2.0, (), (Phone(SILENCE, 0.0, 2.0),), 0.0, "phone-loop"), 0.0),
    ],
)
def test_lips_go_by_ear_as_far_as_phones_are_doubted(alignment: Alignment, share: float):
    project, problems = doubted_by_ear(Project(), alignment, NETWORKS)
    assert project.learned.lips == pytest.approx(share)
    assert [problem.code for problem in problems] == ["lips-by-ear"] * (share > 0)
    if problems:
        assert f"by ear ({share:.0%})" in problems[0].text


def test_who_asks_for_more_gets_it_and_without_networks_nothing_changes():
    asked = Project(learned=Learned(lips=0.8))
    assert doubted_by_ear(asked, recognised(0.45), NETWORKS) == (asked, ())
    assert doubted_by_ear(Project(), recognised(0.1), {"mesh": MeshRenderer}) == (Project(), ())


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> list[Project]:
    """Sources whose phones are doubtful, whatever is opened; and the projects that are begun with them."""
    picture = Picture.of(np.zeros((512, 512, 3), np.uint8), None, Path("portrait.png"))
    sound = Sound.of(np.zeros(38400, np.float32), 16000, Path("speech.wav"))
    sources = Sources(picture, frontal_rig(), sound, spoken(recognised(0.1)))
    monkeypatch.setattr(studio_module, "load_sources", lambda *_, **__: sources)
    begun: list[Project] = []
    directed = render_command.directed

    def kept(studio: Studio, args) -> Studio:
        begun.append(studio.project)
        return directed(studio, args)

    monkeypatch.setattr(render_command, "directed", kept)
    return begun


def test_a_new_project_says_so(doubtful: list[Project]):
    sample = resource_path("sample")
    studio = Studio.new(sample / "portrait.jpg", sample / "speech.flac", NETWORKS)
    assert studio.project.learned.lips == 1.0
    assert "lips-by-ear" in {problem.code for problem in studio.problems}
    plain = Studio.new(sample / "portrait.jpg", sample / "speech.flac", NETWORKS, doubting=False)
    assert plain.project.learned.lips == 0.0


@pytest.mark.parametrize(("asked", "share"), [([], 1.0), (["--lips", "phones"], 0.0), (["--lips", "0.3"], 0.3)])
def test_what_is_typed_is_done(doubtful: list[Project], tmp_path: Path, asked: list[str], share: float):
    sample = resource_path("sample")
    line = ["new", str(tmp_path / "clip.pctalk"), "--portrait", str(sample / "portrait.jpg"), "--audio"]
    assert run([*line, str(sample / "speech.flac"), *asked]) == 0
    assert doubtful[0].learned.lips == share
