"""Emotion clips and blinks by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.lanes.emotion_layout import boxes
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion
from pctalk_studio.session.selection import Selection

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def add(hand, emotion=Emotion.HAPPY, start=0.5, end=1.5, **more):
    hand.editor.apply("add_emotion", clip=EmotionClip(emotion, 0.8, start=start, end=end, **more))
    return hand.editor.project.emotions[-1]


def clip(hand, number=0):
    return hand.editor.project.emotions[number]


def box(hand, number=0):
    lane = hand.lane("emotions")
    return boxes(hand.editor.project.emotions, hand.panel.view.duration, hand.canvas.strip(lane))[number]


def share(hand, y):
    return y / hand.lane("emotions").height


def body(hand, number=0):
    """A height inside a box where nothing but its body is."""
    return share(hand, box(hand, number).rect.bottom() - 4)


def test_a_double_click_offers_emotions_and_adds_the_chosen_one(hand, qtbot, no_snap):
    hand.double_click("emotions", 0.5)
    menu = next(each for each in hand.canvas.findChildren(QMenu) if each.isVisible())
    next(action for action in menu.actions() if action.text() == "sad").trigger()
    menu.close()
    assert (clip(hand).emotion, clip(hand).start) == (Emotion.SAD, pytest.approx(0.5, abs=0.01))
    assert hand.editor.selection == Selection.of(emotions=[clip(hand).id])


def test_clips_are_moved_and_keep_their_envelope(hand, no_snap):
    add(hand)
    hand.drag("emotions", 1.0, 1.2, share=body(hand))
    assert (clip(hand).start, clip(hand).end) == (pytest.approx(0.7, abs=0.01), pytest.approx(1.7, abs=0.01))
    hand.editor.undo()
    assert (clip(hand).start, clip(hand).end) == (0.5, 1.5)


def test_edges_are_trimmed_and_snap_to_words(hand):
    add(hand, fade_in=0.3, fade_out=0.3)
    word = hand.editor.project.speech.words[3]
    hand.drag("emotions", 1.5, word.start + hand.panel.view.scale.seconds(3), share=body(hand))
    assert clip(hand).end == pytest.approx(word.start)
    hand.drag("emotions", 0.5, 5.0, share=body(hand), held=ALT)
    assert clip(hand).start == pytest.approx(clip(hand).end - 0.04)


def test_fades_are_dragged_and_reset_by_double_click(hand, no_snap):
    add(hand, fade_in=0.3, fade_out=0.2)
    left, _ = box(hand).fade_points(hand.canvas.strip(hand.lane("emotions")))
    hand.drag("emotions", 0.8, 1.0, share=share(hand, left.y()))
    assert clip(hand).fade_in == pytest.approx(0.5, abs=0.01)
    left, _ = box(hand).fade_points(hand.canvas.strip(hand.lane("emotions")))
    hand.double_click("emotions", 1.0, share(hand, left.y()))
    assert clip(hand).fade_in is None


def test_the_line_makes_it_stronger(hand, no_snap):
    add(hand, fade_in=0.1, fade_out=0.1)
    level = box(hand).level
    hand.drag("emotions", 1.0, 1.0, share=share(hand, level.y(0.8)), to_share=share(hand, level.y(1.2)))
    assert clip(hand).intensity == pytest.approx(1.2, abs=0.04)
    hand.editor.undo()
    assert clip(hand).intensity == 0.8


def test_the_envelope_of_the_selected_clip_has_keys(hand, no_snap):
    added = add(hand, fade_in=0.1, fade_out=0.1)
    hand.editor.select(Selection.of(emotions=[added.id]))
    hand.double_click("emotions", 0.9, share(hand, box(hand).plot.y(0.5)))
    (key,) = clip(hand).envelope.keys
    assert (key.time, key.value) == (pytest.approx(0.9, abs=0.01), pytest.approx(0.5, abs=0.05))
    at = share(hand, box(hand).plot.y(key.value))
    hand.drag("emotions", key.time, 1.1, share=at, to_share=share(hand, box(hand).plot.y(1.0)))
    (key,) = clip(hand).envelope.keys
    assert (key.time, key.value) == (pytest.approx(1.1, abs=0.01), pytest.approx(1.0, abs=0.06))
    hand.key(Qt.Key.Key_Delete)
    assert clip(hand).envelope.keys == ()
    assert hand.editor.project.emotions, "the key is deleted, not the clip"


def test_overlapping_clips_stack_and_are_restacked(hand):
    first, second = add(hand, start=0.2, end=1.0), add(hand, Emotion.SAD, start=0.6, end=1.4)
    assert box(hand, 0).rect.bottom() < box(hand, 1).rect.top() + 3
    hand.click("emotions", 0.3, share=body(hand, 0))
    assert hand.editor.selection == Selection.of(emotions=[first.id])
    hand.do("raise")
    assert [each.id for each in hand.editor.project.emotions] == [second.id, first.id]


def test_split_copy_paste_and_delete(hand, no_snap):
    added = add(hand)
    hand.editor.select(Selection.of(emotions=[added.id]))
    hand.canvas.focus_on(hand.lane("emotions"))
    hand.editor.desk.transport.seek(25)
    hand.key(Qt.Key.Key_S)
    assert [(each.start, each.end) for each in hand.editor.project.emotions] == [(0.5, 1.0), (1.0, 1.5)]
    hand.key(Qt.Key.Key_C, CTRL)
    hand.editor.desk.transport.seek(40)
    hand.key(Qt.Key.Key_V, CTRL)
    assert clip(hand, 2).start == pytest.approx(1.6)
    hand.key(Qt.Key.Key_Delete)
    assert len(hand.editor.project.emotions) == 2


def test_a_clip_from_beginning_to_end_stays_there_and_can_be_trimmed(hand, no_snap):
    hand.editor.apply("add_emotion", clip=EmotionClip(Emotion.ANGRY, regions=frozenset({EmotionRegion.BROWS})))
    hand.drag("emotions", 1.0, 1.4, share=body(hand))
    assert clip(hand).start is None
    hand.drag("emotions", hand.panel.view.duration, 1.4, share=body(hand))
    assert clip(hand).end == pytest.approx(1.4, abs=0.01)


def test_blinks_are_added_moved_and_deleted(hand, no_snap):
    hand.double_click("blinks", 0.4)
    (blink,) = hand.editor.project.blinks
    assert blink.time == pytest.approx(0.4, abs=0.01)
    hand.drag("blinks", 0.42, 0.92)
    assert hand.editor.project.blinks[0].time == pytest.approx(0.9, abs=0.015)
    hand.key(Qt.Key.Key_Delete)
    assert hand.editor.project.blinks == ()


def test_an_automatic_blink_is_made_ones_own(hand, qtbot, no_snap):
    lane = hand.lane("blinks")
    for seed in range(1, 40):
        hand.editor.apply("set_seed", seed=seed)
        clip_then = hand.editor.desk.clip
        qtbot.waitUntil(lambda then=clip_then: hand.editor.desk.clip is not then, timeout=3000)
        if lane.automatic():
            break
    (first, *_) = lane.automatic()
    before = len(lane.automatic())
    clip_then = hand.editor.desk.clip
    hand.double_click("blinks", (first.start + first.end) / 2)
    qtbot.waitUntil(lambda: hand.editor.desk.clip is not clip_then, timeout=3000)
    assert hand.editor.project.blinks[0].time == pytest.approx(first.shut)
    assert len(lane.automatic()) == before - 1


def test_lanes_paint_what_they_hold(hand):
    def picture():
        hand.canvas.repaint()
        return hand.canvas.grab().toImage()

    empty = picture()
    added = add(hand)
    one = picture()
    assert one != empty
    hand.editor.select(Selection.of(emotions=[added.id]))
    assert picture() != one
    color = hand.panel._kit.look.tokens.emotion(Emotion.HAPPY)
    at = hand.at("emotions", 1.0, 0.3)
    pixel = one.pixelColor(round(at.x() * one.devicePixelRatio()), round(at.y() * one.devicePixelRatio()))
    assert pixel.red() > pixel.blue() + 30
    assert color.red() > color.blue()
    assert replace(added, intensity=0.1) != added
