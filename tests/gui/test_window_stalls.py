"""How long the window ever keeps a hand waiting: a scripted run of edits on a 60 s clip, measured by a heartbeat.

``PCTALK_RUN_SECONDS`` sets how long the run lasts (300 by default). A stall is a gap in a timer of the window's thread; the
script is driven by events, as a hand would, and never waits. Gaps include what other programs take of the machine, so the
processor time that the thread itself took between two beats is measured besides, which they cannot change.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from dataclasses import replace

import numpy as np
import pytest
from helpers.desks import NoDevices
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from pctalk_studio.app.actions import Actions
from pctalk_studio.app.editor import Editor
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look
from pctalk_studio.app.shell.main_window import MainWindow
from pctalk_studio.app.shell.theme import wear
from pctalk_studio.app.shell.window_first import WindowFirst
from pctalk_studio.cli.clip import engines
from pctalk_studio.document.project import Emotion, EmotionClip, Project, RenderSettings
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.session.bench import long_sources
from pctalk_studio.session.selection import Selection
from pctalk_studio.session.studio import Studio

BEAT = 5
"""Milliseconds between two beats."""

LIMIT = 50.0
"""Milliseconds that the window's thread may be busy at a time."""

WORK = 30.0
"""Milliseconds of processor time that the window's thread may take between two beats."""

STEP = 40
"""Milliseconds between two things that the hand does."""


def sixty_seconds() -> Studio:
    sources = long_sources(60.0)
    project = Project(
        speech=SpeechTrack.of(sources.speech.alignment),
        emotions=(EmotionClip(Emotion.HAPPY, 0.6, start=4.0, end=9.0, id=1),),
        render=RenderSettings(crop_to_face=True, longest=512),
        next_id=2,
    )
    return Studio(project, sources, engines())


class Hand:
    """Sends events one at a time; each method is a generator that yields between two of them."""

    def __init__(self, window, chance):
        self.window, self.chance = window, chance
        self.editor = window._kit.editor
        self.timeline = window.timeline

    def mouse(self, widget, kind, at, button=Qt.MouseButton.LeftButton, held=Qt.KeyboardModifier.NoModifier):
        buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        one = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        where = QPointF(widget.mapToGlobal(QPoint(round(at.x()), round(at.y()))))
        QApplication.postEvent(widget, QMouseEvent(kind, at, where, one, buttons, held))

    def drag(self, widget, start, end, steps=12):
        self.mouse(widget, QEvent.Type.MouseButtonPress, start)
        yield
        for share in np.linspace(0, 1, steps):
            self.mouse(widget, QEvent.Type.MouseMove, start + (end - start) * float(share))
            yield
        self.mouse(widget, QEvent.Type.MouseButtonRelease, end)
        yield

    def lane(self, name):
        return next(lane for lane in self.timeline.canvas.lanes if lane.id == name)

    def at(self, name, seconds, share=0.5):
        lane = self.lane(name)
        return QPointF(self.timeline.view.scale.x(seconds), lane.top + lane.height * share)

    def boundary(self):
        phones = [p for p in self.editor.project.speech.phones if p.end - p.start > 0.06]
        phone = self.chance.choice(phones)
        self.timeline.view.show(max(phone.start - 0.6, 0), phone.end + 0.6)
        yield
        yield from self.drag(self.timeline.canvas, self.at("phones", phone.end), self.at("phones", phone.end + 0.02))

    def key(self):
        time_ = self.chance.uniform(1, 58)
        self.timeline.view.show(time_ - 1.0, time_ + 1.0)
        yield
        self.mouse(self.timeline.canvas, QEvent.Type.MouseButtonDblClick, self.at("lip_scale", time_, 0.4))
        yield
        yield from self.drag(self.timeline.canvas, self.at("lip_scale", time_, 0.4), self.at("lip_scale", time_ + 0.1, 0.7))

    def word(self):
        word = self.chance.choice(self.editor.project.speech.words)
        self.editor.select(Selection.of(words=[word.id]))
        self.editor.desk.transport.seek_seconds(word.start)
        yield
        self.editor.begin_drag()
        for number in range(15):
            style = replace(word.style, open=0.5 + number / 10)
            self.editor.apply("set_word_style", gesture=f"stall {word.id}", word_ids=[word.id], style=style)
            yield
        self.editor.end_drag()
        yield

    def emotion(self):
        clips = self.editor.project.emotions
        if len(clips) < 6:
            start = self.chance.uniform(0, 50)
            self.editor.apply(
                "add_emotion", clip=EmotionClip(self.chance.choice(list(Emotion)[:5]), 0.7, start=start, end=start + 4)
            )
            yield
        clip = self.chance.choice(self.editor.project.emotions)
        self.editor.begin_drag()
        for number in range(10):
            self.editor.apply("set_intensity", gesture=f"intensity {clip.id}", clips=[clip.id], intensity=0.3 + number / 10)
            yield
        self.editor.end_drag()
        yield

    def zoom(self):
        canvas = self.timeline.canvas
        for turn in (120,) * 6 + (-120,) * 6:
            at = QPointF(canvas.width() / 2, 40)
            where = QPointF(canvas.mapToGlobal(at.toPoint()))
            none, ctrl = Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier
            phase = Qt.ScrollPhase.NoScrollPhase
            QApplication.postEvent(canvas, QWheelEvent(at, where, QPoint(), QPoint(0, turn), none, ctrl, phase, False))
            yield

    def play(self):
        transport = self.editor.desk.transport
        transport.seek(self.chance.randrange(1200))
        self.window._kit.actions["transport.play"].trigger()
        for _ in range(60):
            yield
        self.window._kit.actions["transport.play"].trigger()
        yield

    def scrub(self):
        for frame in range(0, 200, 6):
            self.editor.desk.transport.scrub(frame, heard=False)
            yield

    def undo(self):
        for _ in range(6):
            self.editor.undo()
            yield
        for _ in range(3):
            self.editor.redo()
            yield

    def script(self):
        doings = (self.boundary, self.key, self.word, self.emotion, self.zoom, self.play, self.scrub, self.undo)
        while True:
            yield from self.chance.choice(doings)()


class Heart:
    """Beats on the window's thread, and keeps how late it was and how much the thread had worked.

    Parameters
    ----------
    window
        In whose thread it beats.
    doing
        Says what the hand is doing.
    """

    def __init__(self, window, doing):
        self._doing = doing
        self.late: list[float] = []
        self.worked: list[float] = []
        self.doings: list[str] = []
        self._last = (0.0, 0.0)
        self._timer = QTimer(window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self):
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start(BEAT)

    def stop(self):
        self._timer.stop()

    def _beat(self):
        now = (time.perf_counter(), time.thread_time())
        self.late.append((now[0] - self._last[0]) * 1e3 - BEAT)
        self.worked.append((now[1] - self._last[1]) * 1e3)
        self.doings.append(self._doing())
        self._last = now

    def told(self, values, limit):
        """A row of figures about some of its values, in milliseconds, and what was being done where they were over a limit."""
        over = [(round(value), doing) for value, doing in zip(values, self.doings, strict=True) if value > limit]
        figures = ", ".join(f"{share} % {np.percentile(values, share):.1f}" for share in (50, 90, 99))
        return f"{figures}, worst {max(values):.1f}; over {limit:.0f}: {over}"


@pytest.fixture
def long_window(qtbot, qapp, tmp_path, monkeypatch):
    """The window with the long clip open, its face drawn by the real engine."""
    for name in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    look = Look("dark")
    wear(qapp, look)
    editor = Editor(engines(), NoDevices())
    window = MainWindow(Kit(editor, look, Actions(settings), settings))
    qtbot.addWidget(window, before_close_func=lambda each: each.leave())
    window.resize(1600, 1000)
    window.show()
    first = WindowFirst(editor)
    editor.open_studio(sixty_seconds())
    qtbot.waitUntil(lambda: editor.desk.frame_count > 0 and editor.desk.stage is not None, timeout=60_000)
    qtbot.wait(1000)
    yield window
    first.end()


@pytest.mark.perf
def test_no_stall_in_a_run_of_edits(long_window, qtbot):
    seconds = float(os.environ.get("PCTALK_RUN_SECONDS", "300"))
    script, steps = Hand(long_window, random.Random(1)).script(), itertools.count()

    def doing():
        frame = script.gi_yieldfrom
        return "" if frame is None else frame.__name__

    heart, hands = Heart(long_window, doing), QTimer(long_window)
    hands.timeout.connect(lambda: (next(steps), next(script)))
    heart.start()
    hands.start(STEP)
    qtbot.wait(round(seconds * 1000))
    heart.stop()
    hands.stop()
    print(  # noqa: T201
        f"\n{next(steps)} steps in {seconds:.0f} s; milliseconds of the window's thread between beats:"
        f"\nlate: {heart.told(heart.late, LIMIT)}\nprocessor: {heart.told(heart.worked, WORK)}"
    )
    assert max(heart.worked) <= WORK
    assert max(heart.late) <= LIMIT
