"""The scene of lanes while a view moves: painted by and by, moved meanwhile, and in the end as if painted at once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pctalk_studio.document.speech_track import WordStyle


@pytest.fixture
def painted(hand, monkeypatch):
    """Names of lanes in the order in which they paint."""
    QApplication.processEvents()  # what the window still has to paint for being shown
    names = []
    for lane in hand.canvas.lanes:
        monkeypatch.setattr(
            lane, "paint", lambda painter, strip, id_=lane.id, real=lane.paint: (names.append(id_), real(painter, strip))
        )
    return names


def strips(hand):
    return [(row, hand.canvas.strip(row.lane)) for row in hand.canvas.rows]


def pixels(hand):
    image = hand.canvas.scene.pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()].copy()


def refresh(hand, seconds):
    return hand.canvas.scene.refresh(strips(hand), seconds)


def test_without_time_one_lane_is_painted_at_a_call_and_in_the_end_all_are_as_if_at_once(hand, painted):
    hand.panel.view.zoom(1.3)
    calls = 1
    while not refresh(hand, 0.0):
        assert len(painted) == calls
        calls += 1
    assert sorted(painted) == sorted(row.lane.id for row in hand.canvas.rows)
    by_and_by = pixels(hand)
    hand.canvas.scene.drop()
    assert refresh(hand, 0.0)
    assert np.array_equal(pixels(hand), by_and_by)


def test_with_time_enough_all_are_painted_in_one_call(hand, painted):
    hand.panel.view.zoom(1.3)
    assert refresh(hand, 1000.0)
    assert len(painted) == len(hand.canvas.rows)


def test_what_waits_shows_what_it_showed_moved_with_the_view(hand):
    # Zoomed in first: a view of the whole clip cannot be scrolled.
    hand.panel.view.zoom(4.0)
    refresh(hand, 1000.0)
    row = next(row for row in hand.canvas.rows if row.lane.id == "words")
    before = pixels(hand)[row.top : row.bottom]
    assert len(np.unique(before)) > 5
    was = hand.panel.view.scale
    hand.panel.view.pan(60)
    shift = round((hand.panel.view.scale.start - was.start) * was.density)
    assert abs(shift) == 60
    assert not refresh(hand, 0.0)
    after = pixels(hand)[row.top : row.bottom]
    kept = (before[:, 60:], after[:, :-60]) if shift > 0 else (before[:, :-60], after[:, 60:])
    assert np.array_equal(*kept)


def test_an_edit_is_seen_at_once_though_the_view_moves(hand, painted):
    hand.panel.view.zoom(1.3)
    refresh(hand, 0.0)
    painted.clear()
    hand.editor.apply("add_marker", time=0.5, label="beat")
    hand.editor.apply("set_word_style", word_ids=[hand.editor.project.speech.words[0].id], style=WordStyle(open=1.5))
    refresh(hand, 0.0)
    assert {"markers", "word_style"} <= set(painted)


def test_no_lane_waits_for_ever_while_the_view_moves_on(hand, painted):
    for _ in hand.canvas.rows:
        hand.panel.view.zoom(1.02)
        assert not refresh(hand, 0.0)
    assert set(painted) == {row.lane.id for row in hand.canvas.rows}


def test_what_is_no_likeness_of_the_new_view_is_painted_at_once(hand, painted):
    hand.panel.view.zoom(10.0)
    assert refresh(hand, 0.0)
    assert len(painted) == len(hand.canvas.rows)


def test_the_canvas_paints_what_waits_without_being_asked(hand, painted, qtbot):
    hand.panel.view.zoom(1.3)
    qtbot.waitUntil(lambda: len(painted) == len(hand.canvas.rows))
    qtbot.wait(50)
    assert len(painted) == len(hand.canvas.rows), "and then rests"
