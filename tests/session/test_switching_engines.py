"""From one engine to another and back: nothing is lost, and one that cannot draw says what it lacks."""

from __future__ import annotations

import queue
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.desks import FakeEngine, NoDevices, sources, studio, turn_until
from helpers.facts import frontal_rig
from helpers.liveportrait_weights import TINY, synthetic_networks
from helpers.threads import torch_threads

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.document.project import Emotion, EmotionClip, Project, RenderSettings
from pctalk_studio.media.pictures import Picture
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel
from pctalk_studio.nets.store import ModelStore
from pctalk_studio.render.api import Quality
from pctalk_studio.render.liveportrait import open_renderer
from pctalk_studio.render.liveportrait.engine import LivePortraitRenderer
from pctalk_studio.render.liveportrait.workbench import Workbench
from pctalk_studio.session import Studio
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.easel import Easel, ViewingQuality
from pctalk_studio.session.notices import Told
from pctalk_studio.storage.project_file import load_project

NEURAL = RenderSettings(engine="liveportrait")


@pytest.fixture(scope="module")
def engines():
    with torch_threads(1):
        neural = LivePortraitRenderer(Workbench(LivePortraitModel(synthetic_networks(TINY), CPU)), "tiny").at(128)
        yield {"mesh": FakeEngine, "liveportrait": lambda: neural}


@pytest.fixture
def without_weights(tmp_path):
    return {"mesh": FakeEngine, "liveportrait": lambda: open_renderer(ModelStore(tmp_path / "none"))}


def begun(engines) -> Studio:
    made = studio(Project(emotions=(EmotionClip(Emotion.HAPPY, 0.8),)))
    return Studio(made.project, sources(), engines)


def test_there_and_back_loses_nothing(engines, tmp_path):
    project = begun(engines)
    document, mesh = project.project, project.frame(9).copy()
    project.apply("set_render", settings=replace(document.render, engine="liveportrait"))
    neural = project.frame(9).copy()
    assert (neural != mesh).any()
    project.save(tmp_path / "a.pctalk")
    assert load_project(tmp_path / "a.pctalk").project.render.engine == "liveportrait"
    project.apply("set_render", settings=document.render)
    assert project.project == document
    project.take_rendered()
    assert (project.frame(9) == mesh).all()
    assert project.take_rendered() == (), "it was kept"
    project.undo()
    assert (project.frame(9) == neural).all()
    assert project.take_rendered() == ()


def test_without_weights_the_engine_says_what_to_fetch(without_weights):
    project = begun(without_weights)
    document, mesh = project.project, project.frame(9).copy()
    project.apply("set_render", settings=replace(document.render, engine="liveportrait"))
    with pytest.raises(RenderError, match=r"^LivePortrait draws with .* 'pctalk-studio models fetch human', .*\.$") as told:
        project.frame(9)
    assert told.value.user_text.count(". ") == 0
    project.undo()
    assert project.project == document
    assert (project.frame(9) == mesh).all()


def test_a_weights_file_that_is_none_is_named(tmp_path):
    store = ModelStore(tmp_path)
    for file in store.catalogue.of_set("human"):
        path = store.path_of(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")
    with pytest.raises(RenderError, match="appearance_feature_extractor"):
        open_renderer(store)


class Hasty(FakeEngine):
    name, version = "liveportrait", "hasty"


class Painting(FakeEngine):
    """Takes its time, and has something quicker."""

    name, version = "liveportrait", "slow"
    draft, proxy = Hasty(), FakeEngine()


@pytest.mark.parametrize("quality", [ViewingQuality.FULL, ViewingQuality.HALF])
def test_an_engine_that_takes_its_time_has_stand_ins(quality):
    easel = Easel({"mesh": FakeEngine, "liveportrait": Painting})
    made = begun({"mesh": FakeEngine}).sources
    made = replace(made, picture=Picture.of(np.zeros((256, 256, 3), np.uint8), None, Path("grey.png")), rig=frontal_rig(256))
    easel.follow(made, RenderSettings())
    assert (easel.stage_at(quality).draft, easel.stage_at(quality).proxy) == (None, None)
    easel.follow(made, NEURAL)
    stage, rest = easel.stage_at(quality), MotionRow.rest()
    assert stage.full.look.engine == "liveportrait"
    for drawing, engine in ((stage.draft, "liveportrait"), (stage.proxy, "mesh")):
        assert drawing.look.engine == engine
        assert drawing.look.quality == Quality(quality.value, draft=True)
        assert drawing.face.frame(rest).shape == stage.full.face.frame(rest).shape
    again = easel.stage_at(quality)
    assert (again.draft.look, again.proxy.look) == (stage.draft.look, stage.proxy.look)


class Refusing(FakeEngine):
    def prepare(self, source):
        raise RenderError("This engine draws nothing; choose another.")


def test_an_easel_draws_on_after_an_engine_has_refused():
    easel = Easel({"mesh": FakeEngine, "liveportrait": Refusing})
    made, mesh = sources(), RenderSettings()
    easel.follow(made, mesh)
    source, look = easel.source, easel.look
    with pytest.raises(RenderError, match="draws nothing"):
        easel.follow(made, replace(NEURAL, longest=64))
    assert easel.source is source
    easel.follow(made, mesh)
    assert easel.look == look
    assert easel.stage.full.face is easel.prepared


def test_the_window_is_told_and_the_mesh_draws_again(without_weights):
    calls: queue.Queue = queue.Queue()
    told = []
    desk = Desk(begun(without_weights), without_weights, NoDevices(), calls.put, told.append)

    try:
        desk.start()
        turn_until(lambda: desk.frame_count and desk.picture(0) is not None, calls)
        before = np.array(desk.picture(0))
        desk.apply("set_render", settings=replace(desk.project.render, engine="liveportrait"))
        turn_until(lambda: any(isinstance(each, Told) and "models fetch" in each.problem.text for each in told), calls)
        assert desk.stage is None
        desk.undo()
        turn_until(lambda: desk.picture(0) is not None, calls)
        assert (desk.picture(0) == before).all()
    finally:
        assert desk.leave() == ()
        desk.studio.close()
