"""The inspector over a real project: what it shows, and what words, phones and curves become."""

import pytest
from helpers.inspecting import add_emotion, button, click, select, steps, style, typed, words
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from pctalk_studio.app.inspector.panel import InspectorPanel
from pctalk_studio.app.widgets.key_diamond import KeyState
from pctalk_studio.app.widgets.phone_palette import PhonePalette
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.document.curves import Interpolation, Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Emotion
from pctalk_studio.document.speech_track import Owner, WordStyle
from pctalk_studio.session.selection import Selection

# -- what is there at all ----------------------------------------------------------------------------------------------


def test_without_a_project_it_says_what_to_do(kit, qtbot):
    panel = InspectorPanel(kit)
    qtbot.addWidget(panel)
    panel.show()
    assert not any(sheet.isVisible() for sheet in panel.sheets)
    assert panel._closed.isVisible()
    assert "Open one" in panel._closed.text()


def test_with_nothing_selected_it_says_what_to_select_and_shows_the_clip(panel):
    assert panel._nothing.isVisible()
    assert [sheet for sheet in panel.sheets if sheet.isVisible()] == [
        panel.emotion,
        panel.clip,
        panel.head,
        panel.render_settings,
    ]


def test_it_follows_the_selection(panel, editor, qtbot):
    editor.select(Selection.of(words=words(editor, "duck")))
    qtbot.waitUntil(lambda: panel.word.isVisible(), timeout=1000)
    assert not panel._nothing.isVisible()
    editor.select(Selection())
    qtbot.waitUntil(lambda: not panel.word.isVisible(), timeout=1000)


def test_what_is_selected_is_scrolled_into_view(panel, editor):
    panel.resize(360, 300)
    panel.refresh()
    panel._area.verticalScrollBar().setValue(400)
    select(panel, editor, words=words(editor, "duck"))
    assert panel._area.verticalScrollBar().value() == 0
    panel._area.verticalScrollBar().setValue(400)
    select(panel, editor, words=words(editor, "bee"))  # the same kind of thing: the view stays where a person left it
    assert panel._area.verticalScrollBar().value() == 400


def test_nothing_is_cut_off_at_the_least_width(panel, editor):
    number = add_emotion(editor, Emotion.CONTEMPT)
    editor.apply("relabel_word", word_id=words(editor, "duck")[0], text="incomprehensibilities" * 2)
    phone = editor.project.speech.phones[1].id
    select(panel, editor, words=words(editor, "incomprehensibilities" * 2), phones=[phone], emotions=[number])
    panel.resize(panel.minimumSizeHint().expandedTo(panel.minimumSize()).width(), 2600)
    QApplication.processEvents()
    room = panel._area.viewport().width()
    for sheet in panel.sheets:
        assert sheet.isHidden() or sheet.width() <= room, sheet.key
    # A heading that has no room says the whole of itself in its tip.
    for label in (panel.word._heading, panel.word._when):
        label.grab()
        assert label.toolTip() == (label.text() if label.width() < label.sizeHint().width() else "")
    assert panel.word._heading.toolTip() or panel.word._when.toolTip()


def test_bars_stand_below_one_another(panel, editor):
    number = add_emotion(editor)
    select(panel, editor, words=words(editor, "duck"), emotions=[number])
    QApplication.processEvents()
    rows = [row for row in panel.findChildren(ValueSlider) if row.isVisible()]
    assert len(rows) > 20
    assert len({row.track.mapTo(panel, QPoint()).x() for row in rows}) == 1
    assert len({row.field.mapTo(panel, row.field.rect().topRight()).x() for row in rows}) == 1


def test_everything_that_can_be_changed_has_a_name(panel, editor):
    number = add_emotion(editor)
    phone = editor.project.speech.phones[1].id
    select(panel, editor, words=words(editor, "duck"), phones=[phone], emotions=[number])
    for sheet in panel.sheets:
        for child in sheet.findChildren(QPushButton):
            assert child.text()
    rows = [panel.word.open, panel.emotion.intensity, panel.paint.radius, panel.clip.lead, panel.head.curves[CurveName.YAW].row]
    assert all(row.track.accessibleName() and row.field.accessibleName() for row in rows)


# -- words -------------------------------------------------------------------------------------------------------------


def take(panel, box, text):
    index = box.findText(text)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)
    panel.refresh()


def test_words_are_spoken_in_a_style_as_one_step_and_the_style_is_named(panel, editor):
    select(panel, editor, words=words(editor, "duck", "bee"))
    box, before = panel.word.style_choice, steps(editor)
    assert box.currentText() == "Like the clip"
    take(panel, box, "Whisper")
    assert steps(editor) == before + 1
    assert style(editor, "duck").open == style(editor, "bee").open == 0.85
    assert style(editor, "swims") == WordStyle()
    assert box.currentText() == "Whisper"
    typed(panel, panel.word.open.field, "1.3")
    assert box.currentText() == "Set by hand"
    take(panel, box, "Set by hand")
    assert style(editor, "duck").open == 1.3, "that is a name for what was done, and does nothing"
    take(panel, box, "Like the clip")
    assert style(editor, "duck") == style(editor, "bee") == WordStyle()


def test_a_drag_of_a_word_s_style_is_one_step_and_reaches_the_document(panel, editor):
    select(panel, editor, words=words(editor, "duck"))
    before, track = steps(editor), panel.word.open.track

    def at(value):
        return QPoint(round(track.x_of(value)), track.height() // 2)

    QTest.mousePress(track, Qt.LeftButton, Qt.NoModifier, at(1.0))
    for value in (1.1, 1.3, 1.6):
        QTest.mouseMove(track, at(value))
        panel.refresh()
    QTest.mouseRelease(track, Qt.LeftButton, Qt.NoModifier, at(1.6))
    assert style(editor, "duck").open == pytest.approx(1.6, abs=0.03)
    assert steps(editor) == before + 1
    assert not editor.desk.studio.history.present.gesture
    editor.undo()
    assert style(editor, "duck") == WordStyle()


def test_escape_in_a_drag_leaves_the_word_and_the_history_as_they_were(panel, editor):
    select(panel, editor, words=words(editor, "duck"))
    editor.apply("set_lip_scale", scale=1.2)
    before, project, track = steps(editor), editor.project, panel.word.open.track
    QTest.mousePress(track, Qt.LeftButton, Qt.NoModifier, QPoint(round(track.x_of(1.0)), 12))
    QTest.mouseMove(track, QPoint(round(track.x_of(1.7)), 12))
    assert style(editor, "duck").open > 1.5
    QTest.keyClick(track, Qt.Key_Escape)
    QTest.mouseRelease(track, Qt.LeftButton)
    assert editor.project is project
    assert steps(editor) == before


def test_steps_at_one_word_and_at_the_next_are_two_steps_to_undo(panel, editor):
    before = steps(editor)
    for text in ("duck", "bee"):
        select(panel, editor, words=words(editor, text))
        panel.word.open.track.setFocus()
        QTest.keyClick(panel.word.open.track, Qt.Key_Up)
        QTest.keyClick(panel.word.open.track, Qt.Key_Up)
    assert steps(editor) == before + 2
    editor.undo()
    assert (style(editor, "duck").open, style(editor, "bee").open) == (1.05, 1.0)


def test_several_words_show_that_they_differ_and_are_set_together_each_keeping_the_rest(panel, editor):
    duck, bee = words(editor, "duck", "bee")
    editor.apply("set_word_style", word_ids=[duck], style=WordStyle(open=1.5, wide=0.7))
    select(panel, editor, words=[duck, bee])
    assert panel.word.open.values == (1.5, 1.0)
    assert panel.word.open.field.text() == "–"
    before = steps(editor)
    typed(panel, panel.word.purse.field, "1.3")
    assert style(editor, "duck") == WordStyle(open=1.5, wide=0.7, purse=1.3)
    assert style(editor, "bee") == WordStyle(purse=1.3)
    assert steps(editor) == before + 1
    assert panel.word.purse.field.text() == "1.30"


def test_a_word_is_reset_renamed_and_locked(panel, editor):
    select(panel, editor, words=words(editor, "duck"))
    typed(panel, panel.word.whole.field, "1.8")
    click(panel, button(panel.word, "Reset style"))
    assert style(editor, "duck") == WordStyle()
    click(panel, panel.word.owner.choice.button(Owner.LOCKED))
    assert next(word for word in editor.project.speech.words if word.text == "duck").owner is Owner.LOCKED
    click(panel, panel.word.owner.choice.button(Owner.AUTOMATIC))
    panel.word._text.setFocus()
    panel.word._text.selectAll()
    QTest.keyClicks(panel.word._text, "goose\r")
    assert words(editor, "goose")


# -- curves ------------------------------------------------------------------------------------------------------------


def test_the_diamond_keys_the_lip_scale_at_the_playhead_and_takes_the_key_away(panel, editor):
    editor.desk.transport.seek(10)
    time = editor.desk.transport.seconds
    select(panel, editor, words=words(editor, "duck"))
    row = panel.word.lips.row
    assert row.diamond.state is KeyState.NONE
    click(panel, row.diamond)
    assert [(key.time, key.value) for key in editor.project.lip_scale_keys.keys] == [(time, 1.0)]
    assert row.diamond.state is KeyState.HERE
    typed(panel, row.field, "1.4")
    assert [key.value for key in editor.project.lip_scale_keys.keys] == [1.4]
    editor.desk.transport.seek(20)
    panel.refresh()
    assert row.diamond.state is KeyState.ELSEWHERE
    typed(panel, row.field, "0.8")
    assert [key.value for key in editor.project.lip_scale_keys.keys] == [1.4, 0.8]
    click(panel, row.diamond)
    assert [key.value for key in editor.project.lip_scale_keys.keys] == [1.4]


def test_resetting_a_curve_without_keys_makes_none(panel, editor):
    QTest.mouseDClick(panel.head.curves[CurveName.YAW].row.name, Qt.LeftButton)
    assert not editor.project.head_keys.yaw.keys


def test_values_follow_the_playhead_while_it_moves(panel, editor, qtbot):
    editor.apply("set_key", curve=CurveName.YAW, key=Key(0.0, -4.0, Interpolation.LINEAR))
    editor.apply("set_key", curve=CurveName.YAW, key=Key(1.0, 4.0))
    row = panel.head.curves[CurveName.YAW].row
    for frame in (0, 5, 12, 25):
        editor.desk.transport.seek(frame)
        wanted = editor.project.head_keys.yaw.at(editor.desk.transport.seconds)
        qtbot.waitUntil(lambda wanted=wanted: row.values == pytest.approx((wanted,)), timeout=1000)


# -- phones ------------------------------------------------------------------------------------------------------------


def test_a_phone_is_changed_by_the_palette_and_moved_by_its_times(panel, editor):
    phone = next(each for each in editor.project.speech.phones if each.label == "K")
    select(panel, editor, phones=[phone.id])
    click(panel, panel.phone.label)
    palette = panel.phone.findChild(PhonePalette)
    assert palette.isVisible()
    QTest.keyClicks(palette, "p\r")
    assert editor.project.speech.phone(phone.id).label == "P"
    typed(panel, panel.phone.end, f"{phone.end + 0.02:.3f}")
    assert editor.project.speech.phone(phone.id).end == pytest.approx(phone.end + 0.02)
    assert editor.project.speech.phone(phone.id).owner is Owner.EDITED


def test_a_boundary_beyond_its_neighbour_is_refused_and_told(panel, editor, qtbot):
    phone = next(each for each in editor.project.speech.phones if each.label == "K")
    select(panel, editor, phones=[phone.id])
    before = editor.project
    with qtbot.waitSignal(editor.told) as told:
        typed(panel, panel.phone.end, "0.9")
    assert "can be moved between" in told.args[0].problem.text
    assert editor.project is before
    assert panel.phone.end.text() == f"{phone.end:.3f} s"


def test_stress_is_offered_for_vowels_alone(panel, editor):
    vowel = next(each for each in editor.project.speech.phones if each.label == "IY")
    select(panel, editor, phones=[vowel.id])
    assert panel.phone._stress_row.isVisible()
    click(panel, panel.phone.stress.button(2))
    assert editor.project.speech.phone(vowel.id).stress == 2
    consonant = next(each for each in editor.project.speech.phones if each.label == "B")
    select(panel, editor, phones=[consonant.id])
    assert not panel.phone._stress_row.isVisible()
