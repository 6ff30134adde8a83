"""A picture that the quick engine shows meanwhile is not taken for the real one."""

from __future__ import annotations

import pytest
from helpers.slow_engine import SlowEngine, is_finished, kit_with

from pctalk_studio.app.look import DARK
from pctalk_studio.app.viewport.panel import ViewportPanel
from pctalk_studio.session.stand_ins import drawn_meanwhile_by

WAIT = 10_000


@pytest.fixture
def slow_viewport(qtbot, tmp_path):
    engine = SlowEngine()
    kit = kit_with(engine, tmp_path)
    panel = ViewportPanel(kit)
    qtbot.addWidget(panel)
    panel.resize(760, 560)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel, engine, kit.editor.desk
    engine.let()
    kit.editor.close_project()


def words(panel):
    return [chip.text for chip in panel.canvas._painting._about_frame(DARK)]


def test_a_word_beside_the_frame_number_says_so_until_the_engine_has_drawn_it(slow_viewport, qtbot):
    panel, engine, desk = slow_viewport
    qtbot.waitUntil(lambda: panel.scene.shown is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: drawn_meanwhile_by(desk, 0) == "mesh", timeout=WAIT)
    assert not is_finished(panel.scene.shown.picture)
    assert "mesh for now" in words(panel)
    engine.let()
    qtbot.waitUntil(lambda: is_finished(panel.scene.shown.picture), timeout=WAIT)
    assert "mesh for now" not in words(panel)
    assert drawn_meanwhile_by(desk, 0) == ""
    assert drawn_meanwhile_by(desk, 10**6) == ""
