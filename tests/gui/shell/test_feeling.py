"""Emotions from the words, the voice and another face, by the window's commands."""

from __future__ import annotations

import pytest

from pctalk_studio.app.inspector.emotion import EmotionSheet
from pctalk_studio.app.shell import feeling
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.looks import ActionUnit, UnitStrength
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionSource
from pctalk_studio.session.selection import Selection

SMILE = EmotionClip(
    Emotion.HAPPY,
    1.0,
    start=0.0,
    end=0.8,
    source=EmotionSource.IMAGE,
    look=(UnitStrength(ActionUnit.AU12, 1, 1),),
    confidence=0.6,
)


def heard(*clips):
    return lambda project, speech: clips


def emotions(kit):
    return kit.editor.project.emotions


def test_what_the_voice_says_is_laid_in_selected_and_one_step(open_window, kit, qtbot, monkeypatch):
    first = EmotionClip(Emotion.SAD, 0.7, start=0.1, end=0.5, source=EmotionSource.AUDIO, confidence=0.5)
    second = EmotionClip(Emotion.HAPPY, 0.7, start=0.5, end=0.8, source=EmotionSource.AUDIO, confidence=0.4)
    monkeypatch.setattr(feeling, "from_voice", heard(first, second))
    kit.actions["emotion.from_voice"].trigger()
    qtbot.waitUntil(lambda: len(emotions(kit)) == 2)
    assert [clip.emotion for clip in emotions(kit)] == [Emotion.SAD, Emotion.HAPPY]
    assert kit.editor.selection.emotions == {clip.id for clip in emotions(kit)}
    kit.editor.select(Selection.of(emotions=[emotions(kit)[0].id]))
    (sheet,) = open_window.findChildren(EmotionSheet)
    qtbot.waitUntil(lambda: "heard, 50 % sure" in sheet._when.text())
    kit.editor.undo()
    assert emotions(kit) == ()


def test_listening_again_replaces_what_was_heard_but_not_what_a_person_changed(open_window, kit, qtbot, monkeypatch):
    found = EmotionClip(Emotion.SAD, 0.7, start=0.1, end=0.5, source=EmotionSource.TEXT, confidence=0.5)
    monkeypatch.setattr(feeling, "from_text", heard(found))
    kit.actions["emotion.from_words"].trigger()
    qtbot.waitUntil(lambda: len(emotions(kit)) == 1)
    kit.actions["emotion.from_words"].trigger()
    qtbot.waitUntil(lambda: emotions(kit)[0].id == 2)
    assert len(emotions(kit)) == 1
    kit.editor.apply("set_emotion", clip=2, emotion=Emotion.FEAR)
    kit.actions["emotion.from_words"].trigger()
    qtbot.waitUntil(lambda: len(emotions(kit)) == 2)
    assert [clip.emotion for clip in emotions(kit)] == [Emotion.FEAR, Emotion.SAD]


def test_nothing_found_is_told(open_window, kit, qtbot, monkeypatch):
    told = []
    kit.editor.told.connect(told.append)
    monkeypatch.setattr(feeling, "from_voice", heard())
    kit.actions["emotion.from_voice"].trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert emotions(kit) == ()


def test_an_expression_is_taken_over_at_the_playhead(open_window, kit, qtbot, monkeypatch):
    asked = []

    def find(self, control):
        asked.append(self)
        return SMILE

    monkeypatch.setattr(feeling.FindOnFace, "__call__", find)
    open_window.files.chooser.answers.append(resource_path("sample") / "portrait.jpg")
    kit.actions["emotion.from_face"].trigger()
    qtbot.waitUntil(lambda: len(emotions(kit)) == 1)
    assert emotions(kit)[0].look == SMILE.look
    assert asked[0].start == pytest.approx(0.0)
    assert asked[0].end <= kit.editor.desk.duration


def test_without_a_project_nothing_can_be_found(window, kit):
    assert not kit.actions["emotion.from_face"].isEnabled()
    window.feeling.from_words()
    window.feeling.from_face()
