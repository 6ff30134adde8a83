"""The interpreter serves the window's thread first."""

from __future__ import annotations

import gc
import sys

import pytest
from helpers.desks import studio

from pctalk_studio.app.shell.window_first import SWITCH, WindowFirst


@pytest.fixture
def first(kit):
    made = WindowFirst(kit.editor)
    yield made
    made.end()


def ready(kit, qtbot):
    kit.editor.open_studio(studio())
    qtbot.waitUntil(lambda: kit.editor.desk.frame_count > 0 and kit.editor.desk.stage is not None, timeout=5000)


def test_what_is_there_when_a_project_stands_ready_is_not_looked_at_again(first, kit, qtbot):
    assert gc.get_freeze_count() == 0
    ready(kit, qtbot)
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    assert kit.editor.apply("set_lip_scale", scale=0.5)
    qtbot.waitUntil(lambda: kit.editor.desk.up_to_date and kit.editor.desk.scheduler.at_rest, timeout=5000)
    assert gc.get_freeze_count() <= frozen, "once is enough"
    ready(kit, qtbot)
    assert gc.get_freeze_count() != frozen, "another project"


def test_it_leaves_the_interpreter_as_it_was(kit, qtbot):
    before = sys.getswitchinterval()
    first = WindowFirst(kit.editor)
    assert sys.getswitchinterval() == pytest.approx(SWITCH)
    ready(kit, qtbot)
    first.end()
    assert sys.getswitchinterval() == before
    assert gc.get_freeze_count() == 0
