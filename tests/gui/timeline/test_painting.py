"""What the fast ways of painting show: curves from arrays, texts that were measured before, bars that can be read."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from pctalk_studio.app.look import DARK
from pctalk_studio.app.timeline.boxes import BoxLook, BoxPainter
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.curve_plot import KeyTable, Plot
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.timeline.painting import paint_columns, paint_dashes, paint_lines, paint_ticks
from pctalk_studio.app.timeline.scale import TimeScale
from pctalk_studio.app.timeline.spans import Spans
from pctalk_studio.document.curves import Curve, Interpolation, Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.speech_track import WordItem, WordStyle

RED, GREEN = QColor("#ff0000"), QColor("#00ff00")


@pytest.fixture
def strip(qapp):
    return Strip(200, 40, TimeScale(0.0, 100.0), DARK, Lettering(QFont()))


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


def drawn(width, height, paint, ratio=1.0):
    """[height, width, 3] of what is painted on black."""
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor("black"))
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
    image = pixmap.toImage()
    return np.array([[image.pixelColor(x, y).getRgb()[:3] for x in range(image.width())] for y in range(image.height())])


@pytest.mark.parametrize("count", [100, 390, 2000])
def test_a_thin_line_is_where_its_points_are_however_many_there_are(strip, count):
    xs = np.linspace(0.0, 200.0, count)
    ys = 20 + 12 * np.sin(xs / 15)
    seen = drawn(200, 40, lambda painter: paint_lines(painter, strip, xs, [(ys, RED)], 1.0))[..., 0].astype(float)
    height = (seen * (np.arange(40)[:, None] + 0.5)).sum(0) / seen.sum(0)
    assert np.abs(height - 20 - 12 * np.sin((np.arange(200) + 0.5) / 15))[2:-2].max() < 0.35
    # About a pixel across, whatever its slope: neither a gap nor a blob where points meet.
    slope = np.abs(12 / 15 * np.cos((np.arange(200) + 0.5) / 15))
    assert (np.abs(seen.sum(0) / 255 - 1)[2:-2] <= 0.25 + 1.4 * slope[2:-2]).all()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_boxes_fill_their_spans_with_sharp_edges_and_rounded_corners(strip, ratio):
    boxes = BoxPainter([BoxLook("selected"), BoxLook("stale")], radius=4.0, margin=2.0)
    lefts, rights = np.array([-30.2, 20.3, 60.1, 62.0]), np.array([10.4, 40.2, 61.0, 250.0])
    seen = drawn(200, 40, lambda painter: boxes.paint(painter, strip, lefts, rights, [0, 1, 0, 1]), ratio)
    row = [tuple(pixel) for pixel in seen[seen.shape[0] // 2].tolist()]
    selected, stale = (DARK.color(name).getRgb()[:3] for name in ("selected", "stale"))
    empty = (0, 0, 0)
    wanted = [empty] * len(row)
    for left, right, color in zip(lefts, rights, (selected, stale, selected, stale), strict=True):
        first, stop = max(round(left * ratio), 0), min(round(right * ratio), len(row))
        wanted[first : max(stop, first + 1)] = [color] * (max(stop, first + 1) - first)
    assert row == wanted
    corner = round(2 * ratio), round(20.3 * ratio)
    assert tuple(seen[corner]) != stale
    assert not seen[: int(2 * ratio)].any()


def test_dashes_and_ticks_lie_on_whole_pixels_and_end_with_the_view(strip):
    lefts, rights = np.array([-5.0, 20.2, 198.0]), np.array([3.0, 27.8, 260.0])
    seen = drawn(200, 40, lambda painter: paint_dashes(painter, strip, lefts, rights, (19.5, 20.5), RED))
    assert np.flatnonzero(seen[..., 0].any(axis=0)).tolist() == [0, 1, 2, *range(20, 28), 198, 199]
    assert seen[..., 0].max(axis=1).astype(bool).sum() == 1
    xs = np.array([-1e9, -0.4, 50.3, 199.6, 300.0])
    seen = drawn(200, 40, lambda painter: paint_ticks(painter, 200, xs, (30, 36), GREEN))
    assert np.flatnonzero(seen[..., 1].any(axis=0)).tolist() == [0, 50]
    assert np.flatnonzero(seen[..., 1].any(axis=1)).tolist() == list(range(30, 36))


def test_a_text_written_again_is_the_same_to_the_pixel(qapp):
    lettering = Lettering(QFont())

    def write(painter):
        painter.setPen(RED)
        painter.setFont(lettering.font)
        lettering.write(painter, 60.3, 20.0, "unbelievable")

    first = drawn(120, 40, write)
    assert first.any()
    assert (drawn(120, 40, write) == first).all()

    def by_qt(painter):
        painter.setPen(RED)
        painter.setFont(lettering.font)
        painter.drawText(QPointF(60.3 - lettering.width("unbelievable") / 2, lettering.base(20.0)), "unbelievable")

    assert (drawn(120, 40, by_qt) == first).all()


def test_only_the_lane_that_looks_different_is_painted_again(hand, monkeypatch, qtbot):
    painted = []
    for lane in hand.canvas.lanes:
        monkeypatch.setattr(
            lane, "paint", lambda painter, strip, id_=lane.id, real=lane.paint: (painted.append(id_), real(painter, strip))
        )
    hand.canvas.repaint()
    assert painted == []
    hand.editor.apply("add_marker", time=0.5, label="beat")
    hand.canvas.repaint()
    assert set(painted) == {"markers"}
    painted.clear()
    hand.panel.view.zoom(1.5)
    qtbot.waitUntil(lambda: len(painted) >= len(hand.canvas.rows))
    assert len(painted) == len(set(painted)) == len(hand.canvas.rows)
    painted.clear()
    hand.lane("words").set_height(50)
    hand.canvas.repaint()
    assert set(painted) == {row.lane.id for row in hand.canvas.rows}


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
