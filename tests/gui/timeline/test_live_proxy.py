"""The cache bar tells what a quick engine shows meanwhile from what is finished."""

from __future__ import annotations

import pytest
from helpers.slow_engine import SlowEngine, is_finished, kit_with

from pctalk_studio.app.look import DARK
from pctalk_studio.app.timeline.panel import TimelinePanel
from pctalk_studio.render.frame_store import FrameState

WAIT = 10_000


@pytest.fixture
def engine():
    made = SlowEngine()
    yield made
    made.let()


@pytest.fixture
def slow_panel(engine, qtbot, tmp_path):
    kit = kit_with(engine, tmp_path)
    panel = TimelinePanel(kit)
    qtbot.addWidget(panel)
    panel.resize(1200, 520)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    engine.let()
    kit.editor.close_project()


def colours(panel):
    image = panel.cache_bar.grab().toImage()
    return {image.pixelColor(x, 3).name() for x in range(image.width())}


def test_proxies_are_striped_in_their_own_colour_until_frames_are_finished(slow_panel, engine, qtbot):
    desk = slow_panel.board.kit.editor.desk
    qtbot.waitUntil(lambda: desk.frame_count > 0 and (desk.frame_states() == FrameState.PROXY).all(), timeout=WAIT)
    qtbot.waitUntil(lambda: DARK.proxy in colours(slow_panel), timeout=WAIT)
    assert DARK.ready not in colours(slow_panel)
    assert not is_finished(desk.picture())
    engine.let(desk.frame_count // 2)
    qtbot.waitUntil(lambda: {DARK.ready, DARK.proxy} <= colours(slow_panel), timeout=WAIT)
    assert is_finished(desk.picture())
    engine.let()
    qtbot.waitUntil(lambda: DARK.ready in colours(slow_panel) and DARK.proxy not in colours(slow_panel), timeout=WAIT)
    assert "meanwhile" in slow_panel.cache_bar.toolTip()
