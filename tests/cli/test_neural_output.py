"""What the neural engine draws reaches the files, with few channels in its networks."""

from __future__ import annotations

import pytest
from helpers.desks import sources, studio
from helpers.liveportrait_weights import TINY, synthetic_networks

from pctalk_studio.cli.clip import Once, Outputs, _liveportrait, engines, write_outputs
from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.progress import silent
from pctalk_studio.core.time import FrameSet
from pctalk_studio.document.project import Project, RenderSettings
from pctalk_studio.interchange.motion_template import read_template
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel
from pctalk_studio.render import liveportrait
from pctalk_studio.render.liveportrait.engine import LivePortraitRenderer
from pctalk_studio.render.liveportrait.workbench import Workbench
from pctalk_studio.session import Studio

pytestmark = pytest.mark.usefixtures("one_thread")


def test_clip_and_template_are_written(tmp_path):
    engine = LivePortraitRenderer(Workbench(LivePortraitModel(synthetic_networks(TINY), CPU)), "tiny").at(128)
    begun = studio(Project(render=RenderSettings("liveportrait")))
    made = Studio(begun.project, sources(), {"liveportrait": lambda: engine})
    outputs = Outputs(tmp_path / "a.mp4", motion=tmp_path / "a.pkl", frames=FrameSet.parse("0-3"))
    outputs.check()
    assert write_outputs(made, outputs, silent).frames == 4
    shown = [frame.rgb for frame in MovieReader(tmp_path / "a.mp4")]
    assert [frame.shape for frame in shown] == [(96, 96, 3)] * 4
    template = read_template(tmp_path / "a.pkl")
    assert len(template) == len(made.motion)
    assert template.lips.max() > 0.05


def test_the_networks_are_loaded_once_and_looked_for_until_they_are_there(monkeypatch):
    answers = [RenderError("Not yet; fetch them."), "the engine", AssertionError("asked again")]

    def opened():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(liveportrait, "open_renderer", opened)
    maker = Once(_liveportrait)
    with pytest.raises(RenderError):
        maker()
    assert maker() == maker() == "the engine"


def test_both_engines_are_offered():
    assert list(engines()) == ["mesh", "liveportrait"]
