"""The arithmetic of zooming and panning, and what a frame costs the window's thread."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter

from pctalk_studio.app.viewport.frame_image import FrameImage
from pctalk_studio.app.viewport.view import LARGEST, SMALLEST, View

VIEWS = st.builds(
    lambda frame, width, height, ratio, zoom: View(frame, (0.0, 0.0, width, height), ratio, zoom),
    st.tuples(st.integers(64, 4000), st.integers(64, 4000)),
    st.floats(100, 3000),
    st.floats(100, 3000),
    st.sampled_from((1.0, 1.25, 1.5, 2.0)),
    st.none() | st.floats(SMALLEST, LARGEST),
)
POINTS = st.tuples(st.floats(0, 2000), st.floats(0, 2000))


@given(VIEWS, POINTS)
def test_there_and_back_is_the_same_place(view, at):
    assert view.to_pane(*view.to_frame(*at)) == pytest.approx(at, abs=1e-6)


@given(VIEWS)
def test_a_frame_that_fits_is_whole_and_in_the_middle(view):
    left, top, width, height = view.fitted().box
    assert left >= 11
    assert top >= 11
    assert left + width / 2 == pytest.approx(view.pane[2] / 2, abs=1.01 / view.ratio)
    assert top + height / 2 == pytest.approx(view.pane[3] / 2, abs=1.01 / view.ratio)


@given(VIEWS, st.floats(0.2, 5))
def test_zooming_keeps_what_is_under_the_cursor(view, by):
    # A point inside the frame; only where the frame would leave the pane altogether is it held.
    at = view.to_pane(view.frame[0] / 2, view.frame[1] / 2)
    zoomed = view.zoomed(by, *at)
    assert SMALLEST <= zoomed.factor <= LARGEST * 1.0001
    assert zoomed.to_pane(view.frame[0] / 2, view.frame[1] / 2) == pytest.approx(at, abs=1.5 / view.ratio)


@given(VIEWS, st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_however_far_it_is_carried_some_of_the_frame_stays(view, dx, dy):
    left, top, width, height = view.panned(dx, dy).box
    assert left <= view.pane[2] / 2 + 1
    assert left + width >= view.pane[2] / 2 - 1
    assert top <= view.pane[3] / 2 + 1
    assert top + height >= view.pane[3] / 2 - 1


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_picture_at_another_quality_fills_the_same_place(ratio):
    view = View((200, 120), (0.0, 0.0, 300.0, 200.0), ratio)
    rows, columns = np.mgrid[:120, :200]
    full = np.dstack([columns, rows, 0 * rows]).astype(np.uint8)
    half = np.ascontiguousarray(full.reshape(60, 2, 100, 2, 3).mean(axis=(1, 3)).astype(np.uint8))
    shown = [_painted(picture, view) for picture in (full, half)]
    assert np.abs(shown[0].astype(int) - shown[1]).max() <= 4
    left, top, width, height = (value * ratio for value in view.box)
    inside = shown[0][round(top) + 2 : round(top + height) - 2, round(left) + 2 : round(left + width) - 2]
    assert inside[..., 2].min() < 3
    assert inside[0, 0, 0] < 5
    assert inside[-1, -1, 0] > 194


def _painted(picture: np.ndarray, view: View) -> np.ndarray:
    width, height = (round(value * view.ratio) for value in view.pane[2:])
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(view.ratio)
    image.fill(0)
    painter = QPainter(image)
    FrameImage().paint(painter, picture, view)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : 3 * width].reshape(height, width, 3).copy()


@pytest.mark.perf
@pytest.mark.parametrize("zoom", [None, 1.0, 0.6, 0.35, 2.0])
def test_a_frame_of_1080_lines_reaches_the_screen_in_time(zoom):
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    view = View((1920, 1080), (0.0, 0.0, 1920.0, 1040.0), 1.0, zoom)
    picture = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
    image, costs = QImage(1920, 1040, QImage.Format.Format_RGB32), []
    for number in range(12):
        fresh, frame = replace(view), FrameImage()
        began = time.thread_time()
        painter = QPainter(image)
        frame.paint(painter, picture, fresh)
        painter.end()
        if number:
            costs.append(time.thread_time() - began)
    cv2.setNumThreads(threads)
    # Of processor time; half of it on a machine that does nothing else.
    assert np.median(costs) < 0.008
