"""Emotions painted on the face, with mouse, pen, keys and palette."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.face_places import BROW, CHEEK, NOSE, OTHER_CHEEK
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from pctalk_studio.app.look import DARK
from pctalk_studio.app.modes import PaintTool
from pctalk_studio.app.viewport import glow
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.masks import FaceMask, StrokeMode
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion
from pctalk_studio.session.selection import Selection

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def steps(editor) -> int:
    return len(editor.desk.studio.history.past)


def test_a_stroke_lands_under_the_pen_and_is_one_step(happy):
    editor = happy.kit.editor
    happy.brush()
    before, count = editor.project, steps(editor)
    happy.stroke(CHEEK, (-0.35, 0.35), (-0.3, 0.4))
    for place in (CHEEK, (-0.35, 0.35), (-0.3, 0.4)):
        assert happy.weight(place) > 0.95
    assert happy.weight(OTHER_CHEEK) == 0
    assert happy.weight(BROW) == 0
    assert steps(editor) == count + 1
    assert editor.desk.studio.history.present.label == "Paint stroke"
    editor.undo()
    assert editor.project == before


def test_two_strokes_are_two_steps(happy):
    happy.brush()
    count = steps(happy.kit.editor)
    happy.stroke(CHEEK)
    happy.stroke(OTHER_CHEEK)
    assert steps(happy.kit.editor) == count + 2
    happy.kit.editor.undo()
    assert happy.weight(CHEEK) > 0.95
    assert happy.weight(OTHER_CHEEK) == 0


def test_the_clip_is_drawn_anew_under_the_brush(happy, qtbot):
    happy.brush(radius=0.3)
    desk = happy.kit.editor.desk
    before = desk.clip
    QTest.mousePress(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at(CHEEK))
    qtbot.waitUntil(lambda: desk.clip is not before and not happy.scene.shown.stale, timeout=5000)
    first = desk.clip
    QTest.mouseMove(happy.canvas, happy.at(OTHER_CHEEK))
    qtbot.waitUntil(lambda: desk.clip is not first and not happy.scene.shown.stale, timeout=5000)
    assert happy.canvas.painter.stroking
    QTest.mouseRelease(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at(OTHER_CHEEK))
    assert not happy.canvas.painter.stroking


def test_moves_between_two_drawings_of_the_screen_are_one_edit(happy):
    happy.brush(radius=0.05)
    changes = []
    happy.kit.editor.project_changed.connect(lambda before, after: changes.append(after))
    QTest.mousePress(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at(CHEEK))
    for number in range(40):
        happy.canvas.hand_moved(happy.at((-0.42 + number * 0.005, 0.3)).toPointF())
    QTest.mouseRelease(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at((-0.225, 0.3)))
    assert len(changes) <= 4
    assert happy.weight((-0.3, 0.3)) > 0.95


def test_escape_takes_the_stroke_back_without_a_step(happy):
    editor = happy.kit.editor
    happy.brush()
    before, count = editor.project, steps(editor)
    QTest.mousePress(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at(CHEEK))
    assert editor.project is not before
    happy.key(Qt.Key.Key_Escape)
    assert editor.project == before
    assert steps(editor) == count
    assert editor.paint_tool.active
    happy.key(Qt.Key.Key_Escape)
    assert not editor.paint_tool.active


def test_paint_stays_on_the_skin_when_the_head_moves(happy):
    happy.brush(radius=0.1)
    editor, desk = happy.kit.editor, happy.kit.editor.desk
    place = happy.at(CHEEK)
    editor.apply("set_key", curve=CurveName.X, key=Key(0.0, 0.25))
    editor.apply("set_key", curve=CurveName.YAW, key=Key(0.0, 6.0))
    happy.settled()
    moved = happy.at(CHEEK)
    assert (moved - place).x() > 10
    happy.stroke(CHEEK)
    assert happy.weight(CHEEK) > 0.95
    editor.apply("delete_keys", curve=CurveName.X, times=(0.0,))
    happy.settled()
    assert happy.weight(CHEEK) > 0.95
    light = happy.scene.glow()
    _, columns = np.nonzero(light.pixels[..., 3] > 40)
    x = light.box[0] + (columns.mean() + 0.5) * light.box[2] / light.pixels.shape[1] - 0.5
    spot = happy.scene.face.to_picture(np.array([CHEEK]))[0]
    assert x == pytest.approx(spot[0], abs=0.06 * happy.scene.face.scale)
    assert desk is editor.desk


def test_control_erases_and_shift_smooths(happy):
    happy.brush(radius=0.2)
    happy.stroke(CHEEK)
    happy.brush(radius=0.05)
    happy.stroke(CHEEK, modifiers=CONTROL)
    assert happy.weight(CHEEK) < 0.05
    happy.brush(radius=0.15)
    happy.stroke(CHEEK, modifiers=SHIFT)
    assert 0.05 < happy.weight(CHEEK) < 0.95


def test_the_mirror_paints_both_halves(happy):
    happy.brush(mirror=True)
    happy.stroke(CHEEK)
    assert happy.weight(OTHER_CHEEK) > 0.95
    happy.key(Qt.Key.Key_X)
    assert not happy.kit.editor.paint_tool.brush.mirror


def said(hand) -> str:
    """What the canvas says about the brush."""
    painting = hand.canvas._painting
    return painting._about_paint(hand.kit.look.tokens, hand.canvas.looking)[-1].text


def test_pressure_is_strength_and_the_other_end_erases(happy):
    press, move, release = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
    happy.brush()
    count = steps(happy.kit.editor)
    happy.pen(press, CHEEK, 0.3)
    happy.pen(move, CHEEK, 0.3)
    happy.pen(release, CHEEK, 0.0)
    assert happy.weight(CHEEK) == pytest.approx(0.3, abs=0.01)
    happy.pen(press, OTHER_CHEEK, 0.9)
    happy.pen(release, OTHER_CHEEK, 0.0)
    assert happy.weight(OTHER_CHEEK) == pytest.approx(0.9, abs=0.01)
    happy.settled()
    assert said(happy).startswith("Paint")
    happy.pen(press, OTHER_CHEEK, 1.0, eraser=True)
    assert said(happy).startswith("Erase")
    happy.pen(release, OTHER_CHEEK, 0.0, eraser=True)
    assert happy.weight(OTHER_CHEEK) < 0.01
    assert steps(happy.kit.editor) == count + 3


@pytest.mark.parametrize(("softness", "weight"), [(-1.0, 0.0625), (0.0, 0.5), (1.0, 0.84)])
def test_a_soft_pen_needs_less_force(happy, softness, weight):
    happy.brush()
    editor = happy.kit.editor
    editor.set_paint_tool(replace(editor.paint_tool, softness=softness))
    happy.pen(QEvent.Type.TabletPress, CHEEK, 0.5)
    happy.pen(QEvent.Type.TabletRelease, CHEEK, 0.0)
    assert happy.weight(CHEEK) == pytest.approx(weight, abs=0.01)
    happy.pen(QEvent.Type.TabletPress, OTHER_CHEEK, 1.0)
    happy.pen(QEvent.Type.TabletRelease, OTHER_CHEEK, 0.0)
    assert happy.weight(OTHER_CHEEK) == pytest.approx(1.0, abs=0.01), "full force is full strength"


def test_the_first_paint_on_what_is_felt_everywhere_starts_from_nothing(happy, qtbot):
    happy.brush()
    with qtbot.waitSignal(happy.kit.editor.told, timeout=1000) as heard:
        happy.stroke(CHEEK)
    assert "only where you paint" in heard.args[0].problem.text
    assert not heard.args[0].error
    assert happy.weight(NOSE) == 0


def test_the_first_erasing_starts_from_everything(happy):
    happy.brush(mode=StrokeMode.ERASE)
    happy.stroke(CHEEK)
    assert happy.weight(CHEEK) < 0.05
    assert happy.weight(NOSE) == 1


def test_paint_on_a_region_that_was_off_switches_it_on_there_alone(happy):
    editor = happy.kit.editor
    editor.apply("set_regions", clip=happy.clip.id, regions=(EmotionRegion.MOUTH,))
    happy.settled()
    happy.brush(radius=0.08)
    happy.stroke(CHEEK)
    assert happy.clip.regions == {EmotionRegion.MOUTH, EmotionRegion.CHEEKS}
    assert happy.weight(CHEEK) > 0.95
    assert happy.weight(OTHER_CHEEK) < 0.05
    assert happy.weight((0.0, 0.75)) > 0.95


def test_without_a_selection_the_emotion_under_the_playhead_is_taken(happy, qtbot):
    editor = happy.kit.editor
    editor.select(Selection())
    happy.brush()
    with qtbot.waitSignal(editor.told, timeout=1000) as heard:
        happy.stroke(CHEEK)
    assert "happy" in heard.args[0].problem.text
    assert happy.clip.mask is None
    assert editor.selection.emotions == {happy.clip.id}
    happy.stroke(CHEEK)
    assert happy.weight(CHEEK) > 0.95


def test_without_an_emotion_there_is_a_word_and_no_edit(hand, qtbot):
    editor = hand.kit.editor
    hand.brush()
    with qtbot.waitSignal(editor.told, timeout=1000) as heard:
        hand.stroke(CHEEK)
    assert "no emotion" in heard.args[0].problem.text
    assert steps(editor) == 0


@pytest.mark.parametrize(("key", "grows"), [(Qt.Key.Key_BracketRight, True), (Qt.Key.Key_BracketLeft, False)])
def test_brackets_size_the_brush(happy, key, grows):
    happy.brush(radius=0.2)
    happy.key(key)
    assert (happy.kit.editor.paint_tool.brush.radius > 0.2) is grows
    for _ in range(40):
        happy.key(key)
    assert happy.kit.editor.paint_tool.brush.radius == (1.0 if grows else 0.02)


def test_control_and_the_wheel_size_the_brush(happy):
    happy.brush(radius=0.2)
    at, zoom = QPointF(happy.at(CHEEK)), happy.canvas.view.zoom
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(at, at, QPoint(), QPoint(0, 120), none, CONTROL, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(happy.canvas, event)
    assert happy.kit.editor.paint_tool.brush.radius > 0.2
    assert happy.canvas.view.zoom == zoom


def test_f_and_a_drag_size_the_brush_and_shift_f_its_strength(happy):
    happy.brush(radius=0.2, strength=0.5)
    editor, canvas, unit = happy.kit.editor, happy.canvas, happy.scene.face.scale * happy.canvas.view.scale
    happy.hover(CHEEK)
    happy.key(Qt.Key.Key_F)
    QTest.mouseMove(canvas, happy.at(CHEEK) + QPoint(round(0.1 * unit), 0))
    assert editor.paint_tool.brush.radius == pytest.approx(0.3, abs=0.02)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, happy.at(CHEEK))
    assert happy.clip.mask is None
    happy.hover(CHEEK)
    size = editor.paint_tool.brush.radius
    happy.key(Qt.Key.Key_F, SHIFT)
    QTest.mouseMove(canvas, happy.at(CHEEK) + QPoint(40, 0))
    assert editor.paint_tool.brush.strength == pytest.approx(0.7, abs=0.02)
    happy.key(Qt.Key.Key_Escape)
    assert editor.paint_tool.brush.strength == 0.5
    assert editor.paint_tool.brush.radius == size


def test_the_ring_is_as_large_as_the_stroke(happy):
    happy.brush(radius=0.2)
    happy.hover(CHEEK)
    ring, point = happy.canvas._ring()
    scale = happy.scene.face.scale * happy.canvas.view.scale
    assert ring.outer.boundingRect().width() == pytest.approx(0.4 * scale, rel=0.05)
    happy.stroke(CHEEK)
    inside, outside = (point.x + 0.18, point.y), (point.x + 0.23, point.y)
    assert happy.weight(inside) > 0.9
    assert happy.weight(outside) < 0.1


def test_the_value_under_the_brush_becomes_its_strength(happy):
    happy.brush(strength=0.6)
    happy.stroke(CHEEK)
    happy.brush(strength=1.0)
    happy.hover(CHEEK)
    happy.key(Qt.Key.Key_X, SHIFT)
    assert happy.kit.editor.paint_tool.brush.strength == pytest.approx(0.6, abs=0.01)


def test_keys_take_and_lay_down_the_tools(happy):
    editor = happy.kit.editor
    for key, modifiers, mode in (
        (Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier, StrokeMode.PAINT),
        (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, StrokeMode.ERASE),
        (Qt.Key.Key_B, SHIFT, StrokeMode.SMOOTH),
    ):
        happy.key(key, modifiers)
        assert (editor.paint_tool.active, editor.paint_tool.brush.mode) == (True, mode)
        assert happy.panel.toolbar.button(f"paint.{mode}").isChecked()
    happy.key(Qt.Key.Key_B, SHIFT)
    assert not editor.paint_tool.active


def test_the_whole_mask_is_inverted_and_cleared(happy):
    happy.brush()
    happy.stroke(CHEEK)
    happy.key(Qt.Key.Key_I, CONTROL)
    assert happy.weight(CHEEK) < 0.05
    assert happy.weight(NOSE) == 1
    happy.key(Qt.Key.Key_Backspace, CONTROL)
    assert happy.clip.mask is None


def test_regions_are_filled_from_the_palette(happy, qtbot):
    editor = happy.kit.editor
    editor.apply("set_mask", clip=happy.clip.id, mask=FaceMask.empty())
    happy.key(Qt.Key.Key_R, SHIFT)
    palette = happy.panel.fill_palette
    assert palette.isVisible()
    # The field that is ready to be typed into looks like all others: no steppers of another style.
    assert palette.weight.hasFocus()
    assert palette.weight.buttonSymbols() is palette.weight.ButtonSymbols.NoButtons
    QTest.keyClicks(palette.weight, "0.45")
    QTest.keyClick(palette.weight, Qt.Key.Key_Down)
    assert palette.weight.value() == 0.4
    named = {button.accessibleName(): button for button in palette.findChildren(QPushButton)}
    count = steps(editor)
    QTest.mouseClick(named["Cheeks, Left"], Qt.MouseButton.LeftButton)
    # The subject's own left lies on the picture's right.
    assert happy.weight(OTHER_CHEEK) == pytest.approx(0.4, abs=0.02)
    assert happy.weight(CHEEK) == 0
    QTest.mouseClick(named["Brows, Both"], Qt.MouseButton.LeftButton)
    assert happy.weight(BROW) == pytest.approx(0.4, abs=0.04)
    assert steps(editor) == count + 2
    QTest.keyClick(palette, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_glow_can_be_hidden_and_has_the_emotions_colour(happy):
    happy.brush(radius=0.3)
    happy.stroke(CHEEK)
    happy.kit.editor.set_paint_tool(replace(happy.kit.editor.paint_tool, active=False, opacity=1.0))
    at = happy.at(CHEEK)
    color = happy.canvas.grab().toImage().pixelColor(at)
    wanted = happy.kit.look.tokens.emotion(Emotion.HAPPY)
    assert (color.red(), color.green(), color.blue()) == pytest.approx((wanted.red(), wanted.green(), wanted.blue()), abs=12)
    happy.key(Qt.Key.Key_H)
    plain = happy.canvas.grab().toImage().pixelColor(at)
    assert plain.red() == plain.green() == plain.blue()


def test_the_glow_has_a_dark_rim_that_is_seen_on_skin_of_its_colour():
    skin, warm = QColor(214, 168, 110), DARK.emotion(Emotion.HAPPY)
    shades = glow._shades(warm, PaintTool().opacity).astype(float)
    over = shades[:, 2::-1] + (1 - shades[:, 3:] / 255) * np.array([skin.red(), skin.green(), skin.blue()])
    light = over @ np.array([0.2126, 0.7152, 0.0722])
    assert light[0] == pytest.approx(light[255], abs=30), "the glow alone is hardly seen"
    assert light[20:80].min() < min(light[0], light[255]) - 40
    assert shades[0].max() == 0, "nothing is felt, nothing is painted"


def test_a_click_on_the_face_selects_the_emotion_felt_there(happy):
    editor = happy.kit.editor
    editor.apply("add_emotion", clip=EmotionClip(Emotion.SAD, regions=frozenset({EmotionRegion.BROWS}), start=0.0, end=1.0))
    lower, upper = (clip.id for clip in editor.project.emotions)
    editor.select(Selection())
    happy.settled()
    happy.click(BROW)
    assert editor.selection.emotions == {upper}
    assert happy.canvas.looking.region is EmotionRegion.BROWS
    happy.click(CHEEK)
    assert editor.selection.emotions == {lower}
    assert happy.canvas.looking.region is EmotionRegion.CHEEKS
    QTest.mouseClick(happy.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 300))
    assert happy.canvas.looking.region is None


def test_the_eyes_are_given_a_target(happy):
    editor = happy.kit.editor
    happy.key(Qt.Key.Key_G)
    assert happy.canvas.looking.aiming
    happy.click((0.7, 0.5))
    keys = editor.project.gaze_keys
    assert 3 < max(key.value for key in keys.x.keys) < 12
    assert min(key.value for key in keys.y.keys) < -2
    assert not happy.canvas.looking.aiming
    happy.key(Qt.Key.Key_G)
    happy.key(Qt.Key.Key_Escape)
    assert not happy.canvas.looking.aiming
