"""Performances asked for on the command line and in scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.desks import studio
from helpers.performances import template
from helpers.projects import a_project

from pctalk_studio.cli.arguments import build_parser
from pctalk_studio.cli.main import run
from pctalk_studio.cli.performances import PerformanceCall, lay
from pctalk_studio.core.errors import InterchangeError, UsageError
from pctalk_studio.document.performance import BESIDE_SPEECH, Convention, PerformancePart
from pctalk_studio.interchange.motion_template import write_template
from pctalk_studio.session.performances import read_take
from pctalk_studio.storage.project_file import load_project, save_project


@pytest.fixture
def nod(tmp_path) -> Path:
    path = tmp_path / "nod.pkl"
    write_template(path, template(25))
    return path


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("a.pkl", PerformanceCall(Path("a.pkl"))),
        ("a b.pkl@1.5", PerformanceCall(Path("a b.pkl"), start=1.5)),
        ("x/a.pkl:mouth", PerformanceCall(Path("x/a.pkl"), frozenset({PerformancePart.MOUTH}))),
        (
            r"C:\takes\a.pkl:head,eyes,absolute@0",
            PerformanceCall(
                Path(r"C:\takes\a.pkl"), frozenset({PerformancePart.HEAD, PerformancePart.EYES}), Convention.ABSOLUTE
            ),
        ),
        ("me@home.pkl:relative@2", PerformanceCall(Path("me@home.pkl"), start=2.0)),
    ],
)
def test_what_is_typed_is_meant(text, call):
    assert PerformanceCall.parse(text) == call


def test_an_unknown_part_is_said():
    with pytest.raises(UsageError, match=r"'hands' in 'a\.pkl:hands' is no part"):
        PerformanceCall.parse("a.pkl:hands")


def test_several_are_laid_in_order(nod):
    open_ = studio()
    line = ["render", "--portrait", "p", "--audio", "a", "-o", "o.mp4"]
    line += ["--performance", str(nod), "--performance", f"{nod}:mouth,absolute@0.4"]
    before = open_.motion.quantised()
    lay(open_, build_parser().parse_args(line).performance)
    first, second = open_.project.performances
    assert (first.start, first.end, first.parts, first.name) == (0.0, pytest.approx(1.0), BESIDE_SPEECH, "nod")
    assert (second.start, second.parts, second.convention) == (0.4, {PerformancePart.MOUTH}, Convention.ABSOLUTE)
    assert len(open_.project.takes) == 1
    assert not (open_.motion.quantised() == before).all()


def test_what_is_no_template_is_said_in_a_sentence(tmp_path):
    (tmp_path / "x.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(InterchangeError, match="motion template"):
        read_take(tmp_path / "x.pkl")


def test_a_script_names_a_template_beside_it(nod, tmp_path, capsys):
    save_project(tmp_path / "p.pctalk", a_project())
    edits = [{"edit": "add_performance", "take": "nod.pkl", "clip": {"start": 0.5, "end": 1.5, "parts": ["head"]}}]
    (tmp_path / "e.json").write_text(json.dumps(edits))
    assert run(["apply", str(tmp_path / "p.pctalk"), str(tmp_path / "e.json"), "-o", str(tmp_path / "q.pctalk")]) == 0
    project = load_project(tmp_path / "q.pctalk").project
    assert project.takes[0].frames == 25
    assert project.performances[0].parts == {PerformancePart.HEAD}
    nod.unlink()
    assert run(["apply", str(tmp_path / "p.pctalk"), str(tmp_path / "e.json"), "-o", str(tmp_path / "r.pctalk")]) == 2
    assert "nod.pkl" in capsys.readouterr().err
    assert not (tmp_path / "r.pctalk").exists()
