"""The interpreter serves the window's thread first."""

from __future__ import annotations

import gc
import sys
import threading

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


class Cycle:
    """Garbage that only a collection finds; tells in which thread it was found."""

    def __init__(self, found):
        self.me, self.found = self, found

    def __del__(self):
        self.found.append(threading.current_thread())


def test_garbage_of_any_thread_is_collected_in_the_windows_thread_alone(first, qtbot):
    found = []
    worker = threading.Thread(target=lambda: [Cycle(found) for _ in range(5000)] and None)
    worker.start()
    worker.join()
    [Cycle(found) for _ in range(5000)]
    assert found == [], "nobody collects in passing"
    qtbot.waitUntil(lambda: len(found) == 10_000, timeout=5000)
    assert set(found) == {threading.main_thread()}


def test_a_collection_of_everything_waits_for_a_pause(first, kit, qtbot, monkeypatch):
    ready(kit, qtbot)
    collected = []
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 99))
    monkeypatch.setattr(gc, "collect", lambda generation: collected.append(generation))
    for seed in range(1, 16):
        assert kit.editor.apply("set_seed", seed=seed)
        qtbot.wait(100)
    assert collected == []
    qtbot.waitUntil(lambda: collected == [2], timeout=3000)


def test_it_leaves_the_interpreter_as_it_was(kit, qtbot):
    before = sys.getswitchinterval()
    gc.enable()
    first = WindowFirst(kit.editor)
    assert sys.getswitchinterval() == pytest.approx(SWITCH)
    assert not gc.isenabled()
    ready(kit, qtbot)
    first.end()
    assert sys.getswitchinterval() == before
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
