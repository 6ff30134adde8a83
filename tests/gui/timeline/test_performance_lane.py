"""Performances by hand."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.performances import take
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.headers import LaneHeader
from pctalk_studio.app.timeline.lane import Command
from pctalk_studio.app.timeline.lanes.performance_layout import boxes
from pctalk_studio.app.timeline.lanes.stacking import stacked
from pctalk_studio.document.performance import Convention, Ending, PerformanceClip, PerformancePart
from pctalk_studio.document.project import Track
from pctalk_studio.session.selection import Selection

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LANE = "performances"


def add(hand, start=0.5, end=1.5, **more):
    clip = PerformanceClip(0, start=start, end=end, **{"fade_in": 0.2, "fade_out": 0.2, **more})
    hand.editor.apply("add_performance", take=take(26), clip=clip)
    return hand.editor.project.performances[-1]


def clip(hand, number=0):
    return hand.editor.project.performances[number]


def box(hand, number=0):
    project = hand.editor.project
    return boxes(project.performances, project.takes, hand.canvas.strip(hand.lane(LANE)))[number]


def body(hand, number=0):
    return (box(hand, number).rect.bottom() - 4) / hand.lane(LANE).height


def test_a_clip_is_moved_in_one_step(hand, no_snap):
    add(hand)
    hand.drag(LANE, 1.0, 1.2, share=body(hand))
    assert (clip(hand).start, clip(hand).end) == (pytest.approx(0.7, abs=0.01), pytest.approx(1.7, abs=0.01))
    assert clip(hand).offset == 0.0
    hand.editor.undo()
    assert (clip(hand).start, clip(hand).end) == (0.5, 1.5)


def test_no_clip_is_moved_before_the_beginning(hand, no_snap):
    add(hand, start=0.2, end=0.8)
    hand.drag(LANE, 0.5, 0.05, share=body(hand))
    assert clip(hand).start == pytest.approx(0.0)


def test_trimming_the_beginning_leaves_what_is_played_where_it_is(hand, no_snap):
    add(hand)
    hand.drag(LANE, 0.5, 0.8, share=body(hand))
    assert clip(hand).start == pytest.approx(0.8, abs=0.01)
    assert clip(hand).offset == pytest.approx(clip(hand).start - 0.5)


def test_edges_snap_to_words(hand):
    add(hand)
    word = hand.editor.project.speech.words[3]
    hand.drag(LANE, 1.5, word.start + hand.panel.view.scale.seconds(3), share=body(hand))
    assert clip(hand).end == pytest.approx(word.start)


def test_ctrl_at_the_end_stretches(hand, no_snap):
    add(hand)
    hand.drag(LANE, 1.5, 1.0, share=body(hand), held=CTRL)
    assert clip(hand).end == pytest.approx(1.0, abs=0.01)
    assert clip(hand).speed == pytest.approx(2.0, abs=0.05)
    assert clip(hand).moment(clip(hand).end) == pytest.approx(1.0, abs=1e-6)
    hand.editor.undo()
    assert (clip(hand).end, clip(hand).speed) == (1.5, 1.0)


def test_fades_are_dragged_and_taken_away_by_a_double_click(hand, no_snap):
    add(hand)
    left, _ = box(hand).fade_points(hand.canvas.strip(hand.lane(LANE)))
    hand.drag(LANE, 0.7, 0.9, share=left.y() / hand.lane(LANE).height)
    assert clip(hand).fade_in == pytest.approx(0.4, abs=0.01)
    left, _ = box(hand).fade_points(hand.canvas.strip(hand.lane(LANE)))
    hand.double_click(LANE, 0.9, left.y() / hand.lane(LANE).height)
    assert clip(hand).fade_in == 0.0


def test_commands_split_copy_stack_and_delete(hand):
    first = add(hand)
    hand.canvas.focus_on(hand.lane(LANE))
    hand.editor.select(Selection.of(performances=[first.id]))
    hand.editor.desk.transport.seek_seconds(1.0)
    hand.do("split")
    assert [(each.start, each.end) for each in hand.editor.project.performances] == [(0.5, 1.0), (1.0, 1.5)]
    hand.do("select_all")
    hand.do("copy")
    hand.editor.desk.transport.seek_seconds(1.6)
    hand.do("paste")
    pasted = hand.editor.project.performances[2:]
    assert [each.start for each in pasted] == pytest.approx([1.6, 2.1])
    assert len(hand.editor.project.takes) == 1
    assert hand.editor.selection.performances == {each.id for each in pasted}
    hand.editor.select(Selection.of(performances=[pasted[1].id]))
    hand.canvas.perform(Command.LOWER)
    assert [each.id for each in hand.editor.project.performances][2:] == [pasted[1].id, pasted[0].id]
    hand.do("select_all")
    hand.do("delete")
    assert hand.editor.project.performances == hand.editor.project.takes == ()
    hand.do("paste")
    assert len(hand.editor.project.takes) == 1, "what was copied is more than a name"


def test_ctrl_click_and_a_rubber_band_select_several(hand):
    one, two = add(hand, end=0.9), add(hand, start=1.1, end=1.5)
    hand.click(LANE, 0.7, share=body(hand))
    assert hand.editor.selection.performances == {one.id}
    hand.click(LANE, 1.3, share=body(hand, 1), held=CTRL)
    assert hand.editor.selection.performances == {one.id, two.id}
    hand.editor.select(Selection())
    hand.drag(LANE, 0.3, 1.2, share=0.4, to_share=0.7)
    assert hand.editor.selection.performances == {one.id, two.id}


def test_the_menu_says_what_it_drives_and_how(hand):
    added = add(hand)
    menu = QMenu()
    lane = hand.lane(LANE)
    handle = lane.hit(QPointF(hand.panel.view.scale.x(1.0), body(hand) * lane.height), hand.canvas.strip(lane))
    lane.fill_menu(menu, handle, None, lambda command: None)
    (drives,) = menu.findChildren(QMenu)
    marked = {action.text(): action.isChecked() for action in drives.actions()}
    assert marked == {"head": True, "eyes": True, "expression": True, "mouth": False}
    next(action for action in drives.actions() if action.text() == "mouth").trigger()
    assert clip(hand).parts == frozenset(PerformancePart)
    next(action for action in menu.actions() if action.text().startswith("The performer")).trigger()
    next(action for action in menu.actions() if action.text() == "Again and again").trigger()
    assert (clip(hand).convention, clip(hand).ending) == (Convention.ABSOLUTE, Ending.LOOP)
    assert hand.editor.selection.performances == {added.id}


def test_m_mutes_the_performances(hand, qtbot):
    add(hand)
    header = next(each for each in hand.panel.findChildren(LaneHeader) if each.mute.accessibleName() == "Mute performances")
    header.mute.click()
    assert Track.PERFORMANCE in hand.editor.project.muted
    qtbot.waitUntil(lambda: hand.editor.desk.up_to_date)
    moved = hand.editor.desk.clip.motion.pose[:, 1]
    header.mute.click()
    qtbot.waitUntil(lambda: hand.editor.desk.up_to_date)
    assert not np.array_equal(moved, hand.editor.desk.clip.motion.pose[:, 1])


def test_it_is_painted_where_it_lies(hand, qtbot):
    lane = hand.lane(LANE)

    def picture():
        shown = hand.canvas.grab().toImage()
        row = lane.top + lane.height - 8
        ratio = shown.devicePixelRatio()
        return [
            shown.pixelColor(round(hand.panel.view.scale.x(time) * ratio), round(row * ratio)).name() for time in (0.3, 1.0, 1.7)
        ]

    before = picture()
    add(hand)
    after = picture()
    assert (before[0], before[2]) == (after[0], after[2])
    assert before[1] != after[1]


def test_where_a_take_ends_or_begins_again_is_marked(hand):
    add(hand, start=0.0, end=2.0)
    assert box(hand).seams() == pytest.approx([1.04], abs=0.01)
    hand.editor.apply("set_performance_ending", clip=clip(hand).id, ending=Ending.LOOP)
    hand.editor.apply("trim_performance", clip=clip(hand).id, start=0.0, end=2.5)
    assert box(hand).seams() == pytest.approx([1.04, 2.08], abs=0.01)
    assert box(hand).blinks() == pytest.approx([0.42], abs=0.05)


def test_clips_that_overlap_lie_below_one_another():
    assert stacked([(0.0, 1.0), (0.5, 2.0), (1.0, 1.5)]) == ([0, 1, 0], 2)
    assert stacked([]) == ([], 0)


def test_hovering_says_what_is_played(hand):
    add(hand, speed=2.0)
    lane = hand.lane(LANE)
    handle = lane.hit(QPointF(hand.panel.view.scale.x(1.0), body(hand) * lane.height), hand.canvas.strip(lane))
    assert "nod" in lane.hover_text(handle, 1.0)
    assert "head, eyes, expression" in lane.hover_text(handle, 1.0)
    assert "2.00 ×" in lane.hover_text(handle, 1.0)
    assert lane.description() == "no performance selected"
