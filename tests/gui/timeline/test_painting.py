"""What the fast ways of painting show: curves from arrays, texts that were measured before, bars that can be read."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from pctalk_studio.app.look import DARK
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.curve_plot import KeyTable, Plot
from pctalk_studio.app.timeline.painting import Lettering, paint_columns, paint_lines
from pctalk_studio.app.timeline.scale import TimeScale
from pctalk_studio.app.timeline.spans import Spans
from pctalk_studio.document.curves import Curve, Interpolation, Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.speech_track import WordItem, WordStyle

RED, GREEN = QColor("#ff0000"), QColor("#00ff00")


@pytest.fixture
def strip(qapp):
    return Strip(200, 40, TimeScale(0.0, 100.0), DARK, QFont())


def keyed(count, interpolation):
    times = np.linspace(0.1, 1.9, count)
    return Curve(0.0, tuple(Key(float(t), float(np.sin(5 * t)), interpolation) for t in times))


@pytest.mark.parametrize("interpolation", list(Interpolation))
@pytest.mark.parametrize("count", [1, 5, 150])
def test_the_outline_goes_where_the_curve_is(strip, count, interpolation):
    curve = keyed(count, interpolation)
    xs, ys = KeyTable(curve).outline(strip, Plot(-1.0, 1.0, 0.0, 40.0))
    assert (np.diff(xs) >= 0).all()
    assert xs[0] <= 0.0
    assert xs[-1] >= 200.0
    known = np.array([key.time for key in curve.keys])
    # At keys a step has two heights; the outline must pass through the one that is left there.
    for time, wanted in zip(known, curve.values(known), strict=True):
        near = ys[np.abs(xs - 100 * time) < 1e-6]
        assert np.abs(near - (20 - 20 * wanted)).min() < 1e-6


def test_the_arrays_of_a_curve_are_made_once_for_each_curve(hand):
    lane = hand.lane("head")
    yaw, pitch = lane.channels[:2]
    before = lane.table(yaw), lane.table(pitch)
    hand.editor.apply("set_key", curve=CurveName.YAW, key=Key(0.5, 2.0))
    assert lane.table(pitch) is before[1]
    assert lane.table(yaw) is not before[0]
    assert lane.table(yaw).times.tolist() == [0.5]
    hand.editor.undo()
    assert lane.table(yaw).times.tolist() == []


def test_lines_are_as_thick_as_they_should_be_and_end_where_their_points_do(strip):
    pixmap = QPixmap(200, 40)
    pixmap.fill(QColor("black"))
    with QPainter(pixmap) as painter:
        flat, xs = np.full(2, 10.0), np.array([50.0, 150.0])
        paint_lines(painter, strip, xs, [(flat, RED), (flat + 20.5, GREEN)], 2.0)
    image = pixmap.toImage()
    red = np.array([[image.pixelColor(x, y).red() for x in range(200)] for y in range(40)])
    green = np.array([[image.pixelColor(x, y).green() for x in range(200)] for y in range(40)])
    assert np.flatnonzero(red.any(axis=0)).tolist() == list(range(50, 150))
    assert red[:, 100].sum() == pytest.approx(2 * 255, abs=2)
    assert red[9:11, 100].min() == 255
    assert green[:, 100].sum() == pytest.approx(2 * 255, abs=3)
    assert 120 <= green[29, 100] <= 135


def test_where_items_share_a_pixel_the_highest_rank_is_seen_and_gaps_stay_empty(strip):
    words = tuple(WordItem(n, "x", n * 0.005, n * 0.005 + 0.005) for n in range(100))
    pixmap = QPixmap(200, 40)
    pixmap.fill(QColor("black"))
    ranks = np.zeros(100, np.uint8)
    ranks[20] = 1
    with QPainter(pixmap) as painter:
        paint_columns(painter, Spans(words), ranks, [RED, GREEN], strip)
    row = [pixmap.toImage().pixelColor(x, 20).name() for x in range(200)]
    assert row[10] == GREEN.name()
    assert {*row[:10], *row[11:50]} == {RED.name()}
    assert set(row[51:]) == {"#000000"}
    assert pixmap.toImage().pixelColor(10, 1).name() == "#000000"


def test_texts_are_shortened_to_their_room_however_often_they_are_asked_for(qapp):
    lettering, metrics = Lettering(QFont()), QFontMetricsF(QFont())
    assert lettering.fitting("duck", 1000) == "duck"
    for room in (60, 45, 60):
        text = lettering.fitting("unbelievable", room)
        assert text.endswith("…")
        assert metrics.horizontalAdvance(text) <= room
        assert lettering.width(text) == metrics.horizontalAdvance(text)


def test_bars_of_a_style_can_be_read(hand):
    duck = next(word for word in hand.editor.project.speech.words if word.text == "duck")
    hand.editor.apply("set_word_style", word_ids=[duck.id], style=WordStyle(open=1.4, purse=0.0))
    image, lane = hand.canvas.grab().toImage(), hand.lane("word_style")

    def size(color):
        left, right = (round(hand.panel.view.scale.x(time)) for time in (duck.start, duck.end))
        places = [
            (x, y)
            for x in range(left, right)
            for y in range(lane.top, lane.top + lane.height)
            if image.pixelColor(x, y).name() == DARK.color(color).name()
        ]
        columns, rows = ({place[axis] for place in places} for axis in (0, 1))
        return len(columns), len(rows)

    width, height = size("style_open")
    assert width in (7, 8)
    assert height >= 7
    assert size("style_purse")[1] >= lane.height / 2 - 4
