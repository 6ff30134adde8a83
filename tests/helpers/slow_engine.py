"""An engine that draws only when a test lets it, with a quick one beside it."""

from __future__ import annotations

import threading

import numpy as np
from helpers.desks import SOON, FakeEngine, FakeFace

FINISHED = 255
"""In the last corner of what the slow engine drew."""


class SlowFace(FakeFace):
    def __init__(self, source, gate):
        super().__init__(source)
        self._gate = gate

    def frame(self, row):
        assert self._gate.acquire(timeout=SOON), "nobody let it draw"
        picture = super().frame(row)
        picture[-8:, -8:] = FINISHED
        return picture


class SlowEngine(FakeEngine):
    """Draws as many frames as ``let`` allows."""

    name, version = "liveportrait", "slow"
    draft, proxy = None, FakeEngine()

    def __init__(self):
        self._gate = threading.Semaphore(0)
        self.may_prepare = threading.Event()
        self.may_prepare.set()

    def prepare(self, source):
        assert self.may_prepare.wait(SOON), "nobody let it get ready"
        return SlowFace(source, self._gate)

    def let(self, frames=100_000):
        self._gate.release(frames)


def is_finished(picture: np.ndarray) -> bool:
    return bool((picture[-8:, -8:] == FINISHED).all())


def kit_with(engine, folder):
    """What every view is given, with the oval open in a project of the slow engine."""
    from dataclasses import replace

    from helpers.desks import NoDevices, sources, studio
    from PySide6.QtCore import QSettings

    from pctalk_studio.app.actions import Actions
    from pctalk_studio.app.editor import Editor
    from pctalk_studio.app.kit import Kit
    from pctalk_studio.app.look import Look
    from pctalk_studio.document.project import RenderSettings
    from pctalk_studio.session import Studio

    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    engines = {"mesh": FakeEngine, "liveportrait": lambda: engine}
    editor = Editor(engines, NoDevices())
    project = replace(studio().project, render=RenderSettings(engine="liveportrait"))
    editor.open_studio(Studio(project, sources(), engines))
    return Kit(editor, Look("dark"), Actions(settings), settings)
