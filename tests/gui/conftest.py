"""Real windows, offscreen. A Qt warning, a leaked thread or a timer that outlives its test fails it."""

from __future__ import annotations

import gc
import os
import threading

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from helpers.desks import ENGINES, NoDevices, studio
from PySide6.QtCore import QSettings

from pctalk_studio.app.actions import Actions
from pctalk_studio.app.editor import Editor
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def garbage_between_tests():
    """As in the program (see WindowFirst), windows of earlier tests are not taken apart while another is painted."""
    gc.disable()
    yield
    # What a test made is young: nothing grows older while nothing is collected.
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def no_thread_left():
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    assert not left, f"threads left behind: {left}"


@pytest.fixture
def kit(qtbot, tmp_path):
    """What every view is given, with nothing open."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    editor = Editor(ENGINES, NoDevices())
    yield Kit(editor, Look("dark"), Actions(settings), settings)
    editor.close_project()


@pytest.fixture
def open_kit(kit, qtbot):
    """The same with the oval open, evaluated and its engine ready."""
    kit.editor.open_studio(studio())
    qtbot.waitUntil(lambda: kit.editor.desk.frame_count > 0 and kit.editor.desk.stage is not None, timeout=5000)
    return kit


@pytest.fixture
def window(kit, qtbot):
    """The whole window with nothing open."""
    from helpers.choosers import FakeChooser

    from pctalk_studio.app.shell.main_window import MainWindow

    made = MainWindow(kit)
    made.files.chooser = FakeChooser()
    qtbot.addWidget(made, before_close_func=lambda each: each.leave())
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def open_window(window, kit, qtbot):
    """The same with the oval open, evaluated and its engine ready."""
    kit.editor.open_studio(studio())
    qtbot.waitUntil(lambda: kit.editor.desk.frame_count > 0 and kit.editor.desk.stage is not None, timeout=5000)
    return window
