"""The inspector: emotions and their paint, the clip as a whole, keys and moments."""

import pytest
from helpers.inspecting import add_emotion, button, click, emotion, select, steps, typed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from pctalk_studio.app.look import DARK, LIGHT
from pctalk_studio.document.curves import Interpolation, Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.masks import FaceMask, StrokeMode
from pctalk_studio.document.project import Emotion, EmotionRegion, Gaze, HeadMotion, Side
from pctalk_studio.session.selection import KeyRef

# -- emotions ----------------------------------------------------------------------------------------------------------


def test_an_emotion_is_added_at_the_playhead_and_selected(panel, editor):
    editor.desk.transport.seek(5)
    panel.emotion.add_menu.entries[Emotion.SAD].trigger()
    panel.refresh()
    (clip,) = editor.project.emotions
    assert (clip.emotion, clip.start) == (Emotion.SAD, 0.2)
    assert editor.selection.emotions == {clip.id}
    assert panel.paint.isVisible()


def test_an_emotion_s_values(panel, editor):
    number = add_emotion(editor, Emotion.CONTEMPT)
    select(panel, editor, emotions=[number])
    sheet = panel.emotion
    typed(panel, sheet.intensity.field, "0.75")
    typed(panel, sheet.fade_in.field, "1")
    typed(panel, sheet.start, "0.3")
    click(panel, sheet.regions[EmotionRegion.EYES])
    click(panel, sheet.side.button(Side.LEFT))
    clip = emotion(editor, number)
    assert (clip.intensity, clip.fade_in, clip.fade_out, clip.start, clip.end) == (0.75, 1.0, None, 0.3, 1.2)
    assert clip.regions == frozenset(EmotionRegion) - {EmotionRegion.EYES}
    assert clip.side is Side.LEFT
    sheet.emotion.menu.entries[Emotion.HAPPY].trigger()
    panel.refresh()
    assert emotion(editor, number).emotion is Emotion.HAPPY
    assert not sheet.side.isVisible()  # only contempt is one-sided


def test_a_fade_that_is_reset_goes_back_to_the_emotion_s_own_pace(panel, editor):
    number = add_emotion(editor, fade_in=2.0)
    select(panel, editor, emotions=[number])
    assert panel.emotion.fade_in.values == (2.0,)
    QTest.mouseDClick(panel.emotion.fade_in.name, Qt.LeftButton)
    assert emotion(editor, number).fade_in is None


def test_the_slider_wears_the_emotion_s_colour(panel, editor):
    number = add_emotion(editor)
    select(panel, editor, emotions=[number])
    shot = panel.emotion.intensity.track.grab().toImage()
    assert shot.pixelColor(20, shot.height() // 2) == DARK.emotion(Emotion.HAPPY)


def test_regions_of_several_clips_are_mixed_until_set(panel, editor):
    first = add_emotion(editor, regions=frozenset({EmotionRegion.MOUTH}))
    second = add_emotion(editor, Emotion.SAD, regions=frozenset({EmotionRegion.BROWS, EmotionRegion.MOUTH}))
    select(panel, editor, emotions=[first, second])
    click(panel, panel.emotion.regions[EmotionRegion.BROWS])
    assert all(EmotionRegion.BROWS in clip.regions for clip in editor.project.emotions)
    click(panel, panel.emotion.regions[EmotionRegion.BROWS])
    assert all(clip.regions == {EmotionRegion.MOUTH} for clip in editor.project.emotions)


def test_half_a_face_is_chosen_with_a_click(panel, editor):
    number = add_emotion(editor)
    select(panel, editor, emotions=[number])
    part = panel.emotion.part
    assert part.value == "whole"
    click(panel, part.button("upper"))
    assert emotion(editor, number).regions == {EmotionRegion.BROWS, EmotionRegion.EYES}
    click(panel, part.button("lower"))
    assert part.value == "lower"
    click(panel, panel.emotion.regions[EmotionRegion.NOSE])
    assert part.value is None
    assert emotion(editor, number).regions == {EmotionRegion.CHEEKS, EmotionRegion.MOUTH}


def test_the_envelope_is_keyed_at_the_playhead(panel, editor):
    number = add_emotion(editor)
    editor.desk.transport.seek(15)
    select(panel, editor, emotions=[number])
    typed(panel, panel.emotion.envelope.row.field, "0.5")
    (key,) = emotion(editor, number).envelope.keys
    assert (key.time, key.value) == (editor.desk.transport.seconds, 0.5)


# -- paint -------------------------------------------------------------------------------------------------------------


def test_the_brush_is_taken_changed_and_laid_down(panel, editor):
    number = add_emotion(editor)
    select(panel, editor, emotions=[number])
    click(panel, panel.paint.mode.button(StrokeMode.ERASE))
    assert editor.paint_tool.active
    assert editor.paint_tool.brush.mode is StrokeMode.ERASE
    before = steps(editor)
    typed(panel, panel.paint.radius.field, "25")
    typed(panel, panel.paint.hardness.field, "60")
    typed(panel, panel.paint.opacity.field, "10 %")
    typed(panel, panel.paint.softness.field, "0.5")
    click(panel, panel.paint.mirror)
    tool = editor.paint_tool
    assert (tool.brush.radius, tool.brush.hardness, tool.opacity, tool.brush.mirror) == (0.25, 0.6, 0.1, False)
    assert tool.softness == 0.5
    assert steps(editor) == before  # a brush is no part of the project
    click(panel, panel.paint.mode.button(StrokeMode.ERASE))
    assert not editor.paint_tool.active


def test_the_mask_is_emptied_inverted_and_taken_away(panel, editor):
    number = add_emotion(editor)
    select(panel, editor, emotions=[number])
    click(panel, panel.paint.empty)
    assert emotion(editor, number).mask == FaceMask.empty()
    click(panel, panel.paint.invert)
    assert emotion(editor, number).mask == FaceMask()
    assert "100 %" in panel.paint._told.text()
    click(panel, panel.paint.clear)
    assert emotion(editor, number).mask is None


# -- the clip, head and eyes, keys, moments, frames --------------------------------------------------------------------


def test_the_clip_s_style(panel, editor):
    typed(panel, panel.clip.open.field, "1.2")
    typed(panel, panel.clip.lip_scale.field, "0.9")
    typed(panel, panel.clip.volume.field, "70")
    typed(panel, panel.clip.lead.field, "-40")
    project = editor.project
    assert (project.style.open, project.lip_scale, project.follow_volume, project.lead) == (1.2, 0.9, 0.7, -0.04)
    index = panel.clip.preset.findText("Shout")
    panel.clip.preset.setCurrentIndex(index)
    panel.clip.preset.activated.emit(index)
    panel.refresh()
    assert editor.project.style_preset == "Shout"
    assert panel.clip.open.values == (1.45,)
    typed(panel, panel.clip.open.field, "1.3")
    assert panel.clip.preset.currentText() == "Set by hand"


def test_head_gaze_and_blinks(panel, editor):
    click(panel, panel.head.head.button(HeadMotion.LIVELY))
    click(panel, panel.head.gaze.button(Gaze.CAMERA))
    click(panel, panel.head.blink)
    project = editor.project
    assert (project.head, project.gaze, project.blink) == (HeadMotion.LIVELY, Gaze.CAMERA, False)
    editor.desk.transport.seek(8)
    click(panel, panel.head.add_blink)
    (blink,) = editor.project.blinks
    assert blink.time == editor.desk.transport.seconds
    assert editor.selection.blinks == {blink.id}
    typed(panel, panel.blink.held.field, "0.5")
    typed(panel, panel.blink.strength.field, "40")
    assert (editor.project.blinks[0].held, editor.project.blinks[0].strength) == (0.5, 0.4)


def test_a_key_stays_selected_while_it_is_moved(panel, editor):
    editor.apply("set_key", curve=CurveName.YAW, key=Key(0.4, 2.0))
    select(panel, editor, keys=[KeyRef(CurveName.YAW, None, 0.4)])
    field, before = panel.key.time, steps(editor)
    QTest.mousePress(field, Qt.LeftButton, Qt.NoModifier, QPoint(20, 10))
    for x in (40, 60, 80):
        QTest.mouseMove(field, QPoint(x, 10))
        panel.refresh()
        assert panel.key.isVisible()
    QTest.mouseRelease(field, Qt.LeftButton, Qt.NoModifier, QPoint(80, 10))
    (key,) = editor.project.head_keys.yaw.keys
    assert key.time == pytest.approx(0.4 + 60 / 2 * 0.005)
    assert editor.selection.keys == {KeyRef(CurveName.YAW, None, key.time)}
    assert steps(editor) == before + 1


def test_keys_are_changed_together(panel, editor):
    for time in (0.2, 0.4):
        editor.apply("set_key", curve=CurveName.GAZE_X, key=Key(time, 10 * time))
    select(panel, editor, keys=[KeyRef(CurveName.GAZE_X, None, time) for time in (0.2, 0.4)])
    typed(panel, panel.key.value.field, "-3")
    panel.key.kind.setCurrentIndex(2)
    panel.key.kind.activated.emit(2)
    assert [(key.value, key.interpolation) for key in editor.project.gaze_keys.x.keys] == [(-3.0, Interpolation.HOLD)] * 2
    click(panel, button(panel.key, "Delete"))
    assert not editor.project.gaze_keys.x.keys


def test_a_marker_is_renamed_and_moved(panel, editor):
    number = editor.project.next_id
    editor.apply("add_marker", time=0.5)
    select(panel, editor, markers=[number])
    panel.marker.text.setFocus()
    QTest.keyClicks(panel.marker.text, "beat\r")
    typed(panel, panel.marker.time, "0.6")
    (marker,) = editor.project.markers
    assert (marker.label, marker.time) == ("beat", 0.6)


def test_how_frames_are_made(panel, editor):
    sheet = panel.render_settings
    assert not sheet.engine.button("liveportrait").isEnabled()
    assert "not on this machine" in sheet._missing.text()
    click(panel, sheet.crop)
    assert editor.project.render.crop_to_face
    index = sheet.rate.findText("29.97 fps")
    sheet.rate.activated.emit(index)
    assert float(editor.project.rate) == pytest.approx(29.97, abs=0.001)
    sheet.frame_size.activated.emit(sheet.frame_size.findText("720 px at most"))
    assert editor.project.render.longest == 720


def test_it_follows_the_look(panel, editor, open_kit):
    number = add_emotion(editor)
    select(panel, editor, emotions=[number])
    chip = panel.emotion.regions[EmotionRegion.MOUTH]

    def filled():
        shot = chip.grab().toImage()
        return shot.pixelColor(shot.width() // 2, 3)

    assert filled() == DARK.emotion(Emotion.HAPPY)
    open_kit.look.choose("light")
    assert filled() == LIGHT.emotion(Emotion.HAPPY)
