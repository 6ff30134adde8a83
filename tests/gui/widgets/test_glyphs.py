"""Icons out of the font: every one that is asked for is there, in the colours asked for, at any size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from pctalk_studio.app.look import DARK
from pctalk_studio.app.widgets.icons import icon


def _drawn(made: QIcon, side: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return made.pixmap(QSize(side, side), mode).toImage().convertToFormat(QImage.Format.Format_ARGB32)


def _opaque(image: QImage) -> set[str]:
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("side", [16, 20, 48])
def test_an_icon_is_drawn_in_its_colour_and_faint_when_it_is_disabled(qapp, side):
    play = icon(DARK, "play-fill", "text")
    assert _opaque(_drawn(play, side)) == {QColor(DARK.text).name()}
    assert _opaque(_drawn(play, side, QIcon.Mode.Disabled)) == {QColor(DARK.faint).name()}


def test_an_icon_keeps_within_its_square_and_fills_it(qapp):
    image = _drawn(icon(DARK, "square"), 64)
    inked = [(x, y) for x in range(64) for y in range(64) if image.pixelColor(x, y).alpha() > 128]
    for places in zip(*inked, strict=True):
        assert 4 <= min(places) <= 14
        assert 49 <= max(places) <= 59


def test_another_name_is_another_picture_and_an_unknown_one_is_said(qapp):
    assert _drawn(icon(DARK, "play"), 32) != _drawn(icon(DARK, "pause"), 32)
    with pytest.raises(KeyError, match="no-such-icon"):
        icon(DARK, "no-such-icon")


def test_a_copy_of_an_icon_draws_the_same(qapp):
    play = icon(DARK, "play")
    assert _drawn(QIcon(play), 24) == _drawn(play, 24)
