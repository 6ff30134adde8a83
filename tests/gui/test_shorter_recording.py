"""Another, shorter recording in the whole window, with things beyond its end, and back by undo."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from helpers.facts import spoken

from pctalk_studio.app.sidebar.panel import SidebarPanel
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Emotion, EmotionClip
from pctalk_studio.jobs.apart import here
from pctalk_studio.session import source_work
from pctalk_studio.session.selection import Selection
from pctalk_studio.storage.media_links import MediaRole

SECONDS = 0.6


@pytest.fixture
def shorter(tmp_path, monkeypatch):
    """A short recording in which somebody says "bee"; finding words is tested where it is done."""
    path = tmp_path / "short.wav"
    soundfile.write(path, 0.1 * np.sin(np.arange(round(SECONDS * 16000)) / 20), 16000)
    phones = (Phone(SILENCE, 0.0, 0.2), Phone("B", 0.2, 0.3), Phone("IY", 0.3, 0.4, 1), Phone(SILENCE, 0.4, SECONDS))
    said = spoken(Alignment(SECONDS, (Word("bee", 0.2, 0.4, 0.9),), phones))
    monkeypatch.setattr(source_work, "Apart", lambda _between: here)
    monkeypatch.setattr(source_work, "spoken_in", lambda *_: said)
    return path


def test_a_shorter_recording_and_back(open_window, kit, qtbot, shorter):
    editor, desk = kit.editor, kit.editor.desk
    long = desk.duration
    clip = EmotionClip(Emotion.SAD, start=1.0, end=long)
    assert editor.apply("add_emotion", clip=clip)
    for time in (0.3, 1.4):
        assert editor.apply("add_blink", time=time)
        assert editor.apply("set_key", curve=CurveName.YAW, key=Key(time, 4.0))
    assert editor.apply("set_range", start=1.0, end=1.5)
    assert editor.apply("add_marker", time=1.5)
    word = editor.project.speech.words[-1]
    editor.select(Selection.of(words=[word.id], phones=[desk.project.speech.phones_of(word)[0].id]))
    desk.transport.seek(desk.frame_count - 1)
    qtbot.waitUntil(lambda: desk.up_to_date, timeout=5000)
    before, count = editor.project, desk.frame_count
    sidebar = open_window.findChild(SidebarPanel)
    sidebar.sources.exchange(MediaRole.AUDIO, shorter)
    qtbot.waitUntil(lambda: desk.duration == pytest.approx(SECONDS) and desk.up_to_date, timeout=5000)
    assert desk.frame_count == round(SECONDS * float(desk.rate))
    assert [item.text for item in editor.project.speech.words] == ["bee"]
    assert not editor.selection.words
    assert not editor.selection.phones
    qtbot.waitUntil(lambda: desk.transport.frame < desk.frame_count, timeout=2000)
    assert open_window.timeline.view.duration == pytest.approx(SECONDS)
    open_window.grab()
    desk.transport.play()
    qtbot.wait(60)
    desk.transport.pause()
    assert desk.transport.frame < desk.frame_count
    later = {item.time for item in (*editor.project.blinks, *editor.project.markers)}
    assert later == {0.3, 1.4, 1.5}, "what lies beyond is kept, should the recording come back"
    editor.undo()
    qtbot.waitUntil(lambda: desk.frame_count == count and desk.up_to_date, timeout=5000)
    assert editor.project == before
    assert desk.sources.sound.duration == pytest.approx(long)
    open_window.grab()


def test_what_lies_beyond_the_end_is_told_shown_and_removed_in_one_step(open_window, kit, qtbot, shorter):
    editor, desk = kit.editor, kit.editor.desk
    for time in (0.3, 1.4, 1.6):
        assert editor.apply("add_blink", time=time)
        assert editor.apply("set_key", curve=CurveName.YAW, key=Key(time, 4.0))
    assert editor.apply("add_emotion", clip=EmotionClip(Emotion.SAD, start=1.0, end=1.8))
    sidebar = open_window.findChild(SidebarPanel)
    box = sidebar.problems.beyond
    sidebar.refresh()
    assert box.isHidden()
    count = len(sidebar.problems.problem_rows)
    sidebar.sources.exchange(MediaRole.AUDIO, shorter)
    qtbot.waitUntil(lambda: desk.duration == pytest.approx(SECONDS) and desk.up_to_date, timeout=5000)
    qtbot.waitUntil(lambda: not box.isHidden(), timeout=2000)
    for part in ("keys: 2", "emotions: 1", "blinks: 2", "00:00.60"):
        assert part in box.text.text()
    assert "markers" not in box.text.text()
    assert sidebar.problems.badge.accessibleName() == f"{len(sidebar.problems.problem_rows) + 1} problems", count
    box.show_them.click()
    assert len(editor.selection.keys) == len(editor.selection.blinks) == 2
    assert len(editor.selection.emotions) == 1
    view = open_window.timeline.view
    low, high = view.span
    assert low < 1.0 < 1.8 < high
    assert high - low < 2.0
    before = editor.project
    box.remove.click()
    assert [blink.time for blink in editor.project.blinks] == [0.3]
    assert [key.time for key in editor.project.head_keys.yaw.keys] == [0.3]
    assert not editor.project.emotions
    qtbot.waitUntil(box.isHidden, timeout=2000)
    assert view.span[1] < 1.0, "there is nothing more to be seen there"
    editor.undo()
    assert editor.project == before
    qtbot.waitUntil(lambda: not box.isHidden(), timeout=2000)
