"""What is heard, drawn truly at any zoom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from pctalk_studio.app.look import DARK
from pctalk_studio.app.timeline.spectrogram import TOP, DrawSpectrogram
from pctalk_studio.app.timeline.waveform import MeasureWaveform
from pctalk_studio.media.sound import Sound

RATE = 16000


class Calm:
    """Nobody asks the work to stop."""

    def checkpoint(self, progress=None):
        return None


def measured(samples):
    return MeasureWaveform(Sound.of(samples.astype(np.float32), RATE, Path("made.wav")))(Calm())


NOISE = np.random.default_rng(5).uniform(-0.5, 0.5, 70_001)
WAVE = measured(NOISE)


@given(st.integers(0, 60_000), st.integers(1, 9000), st.integers(1, 300))
def test_a_column_holds_the_extremes_of_its_samples_and_hardly_more(first, count, columns):
    start, end = first / RATE, (first + count) / RATE
    found = WAVE.columns(start, end, columns)
    edges = np.linspace(start, end, columns + 1) * RATE
    width = (edges[1] - edges[0]) + 1
    for low, high, (least, most) in zip(edges[:-1], edges[1:], found, strict=True):
        a, b = int(np.floor(low)), max(int(np.ceil(high)), int(np.floor(low)) + 1)
        inner, around = NOISE[a:b], NOISE[max(a - int(width), 0) : b + int(width)]
        assert least <= inner.min() + 1e-6
        assert most >= inner.max() - 1e-6
        assert least >= around.min() - 1e-6
        assert most <= around.max() + 1e-6


def test_outside_the_recording_there_is_nothing():
    assert not WAVE.columns(-2.0, -1.0, 50).any()
    assert not WAVE.columns(100.0, 200.0, 50).any()
    assert measured(np.zeros(5)).peak == pytest.approx(1e-3)


def test_channels_are_mixed():
    left = np.full((4000, 2), [0.5, -0.1], np.float32)
    found = MeasureWaveform(Sound.of(left, RATE, Path("two.wav")))(Calm()).columns(0.0, 0.2, 3)
    assert found == pytest.approx(np.full((3, 2), 0.2))


@pytest.mark.parametrize("hertz", [500.0, 3000.0, 6000.0])
def test_a_tone_lies_at_its_height_and_a_boundary_at_its_time(hertz):
    times = np.arange(RATE) / RATE
    tone = (np.sin(2 * np.pi * hertz * times) * (times >= 0.5)).astype(np.float32)
    picture = DrawSpectrogram(Sound.of(tone, RATE, Path("tone.wav")), 0.0, 1.0, 400, 200)(Calm())
    row = int(picture.levels[:, 300].argmax())
    assert TOP * (1 - row / 199) == pytest.approx(hertz, abs=150)
    heard = picture.levels.max(axis=0) > 100
    assert int(heard.argmax()) == pytest.approx(200, abs=2)
    assert not heard[:190].any()


def colour_share(image, lane, left, right, colour):
    hits = [
        image.pixelColor(x, y).name() == colour
        for x in range(left, right, 7)
        for y in range(lane.top + 4, lane.top + lane.height - 4)
    ]
    return np.mean(hits)


def test_the_waveform_is_seen_where_there_is_sound(hand, qtbot):
    lane = hand.lane("sound")
    qtbot.waitUntil(lambda: lane.waveform is not None, timeout=5000)
    scale, image = hand.panel.view.scale, hand.canvas.grab().toImage()
    loud = colour_share(image, lane, round(scale.x(0.5)), round(scale.x(1.5)), DARK.wave)
    silent = colour_share(image, lane, round(scale.x(0.05)), round(scale.x(0.25)), DARK.wave)
    assert loud > 0.6
    assert silent < 0.05


def test_the_waveform_is_a_line_through_samples_at_ten_milliseconds(hand, qtbot):
    lane = hand.lane("sound")
    qtbot.waitUntil(lambda: lane.waveform is not None, timeout=5000)
    hand.panel.view.show(1.0, 1.01)
    image = hand.canvas.grab().toImage()
    ground = QColor(DARK.panel)
    drawn = sum(
        any(image.pixelColor(x, y).blue() > ground.blue() + 40 for y in range(lane.top, lane.top + lane.height))
        for x in range(0, 800, 10)
    )
    assert drawn > 70


def test_the_spectrogram_comes_on_request_and_follows_the_view(hand, qtbot):
    lane = hand.lane("spectrogram")
    assert lane not in [row.lane for row in hand.canvas.rows]
    hand.editor.set_modes(replace(hand.editor.modes, spectrogram=True))
    qtbot.waitUntil(lambda: lane.picture is not None, timeout=5000)
    scale, image = hand.panel.view.scale, hand.canvas.grab().toImage()
    foot = lane.top + lane.height - 3
    speaking = np.mean([image.pixelColor(round(scale.x(t)), foot).lightness() for t in np.linspace(0.4, 1.8, 40)])
    silent = np.mean([image.pixelColor(round(scale.x(t)), foot).lightness() for t in np.linspace(0.05, 0.25, 10)])
    assert speaking > silent + 60
    hand.panel.view.show(0.5, 0.8)
    qtbot.waitUntil(lambda: lane.picture.end < 1.0, timeout=5000)
    hand.editor.set_modes(replace(hand.editor.modes, spectrogram=False))
    assert lane not in [row.lane for row in hand.canvas.rows]


def test_a_double_click_on_the_sound_plays_around_it(hand):
    hand.double_click("sound", 1.0)
    transport = hand.editor.desk.transport
    assert transport.playing
    assert transport.seconds == pytest.approx(0.75, abs=0.05)
    transport.pause()
