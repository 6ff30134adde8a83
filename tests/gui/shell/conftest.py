"""The whole window."""

from __future__ import annotations

import pytest
from helpers.choosers import FakeChooser
from helpers.desks import studio

from pctalk_studio.app.shell.main_window import MainWindow


@pytest.fixture
def window(kit, qtbot):
    """The window with nothing open."""
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
