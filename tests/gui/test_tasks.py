"""What an animator comes for, done in the real window with mouse and keys alone, and how many actions each task takes.

A click, a double click, a drag, a key and a typed value count one each; so do opening a menu and choosing from it.

======================================================  =======  ===================================================
Task                                                    Actions  How
======================================================  =======  ===================================================
Close the mouth on a missed "P"                               2  right-click the phones there; Close the lips here
... from the keyboard, at the playhead                        1  C
... where it was taken for another sound                      4  click the phone; Return; P; Return
Make one word shout                                           3  click the word; open Style; Shout
Smile with sad eyes that fade in over a second                7  double-click, happy, Lower; double-click, sad, Upper;
                                                                 drag the fade's handle
Move a phone boundary by ear                                  3  double-click the phone (plays); drag its edge; P
Blink on a beat                                               3  Space; Ctrl+B on the beat; Space
... on a beat that is marked                                  1  double-click the blinks under the marker
Export a range                                                6  click the ruler; I; click the ruler; O; Ctrl+E;
                                                                 Add to queue
======================================================  =======  ===================================================
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from pctalk_studio.app.exporting.page import ExportPage
from pctalk_studio.app.inspector.panel import InspectorPanel
from pctalk_studio.app.widgets.phone_palette import PhonePalette
from pctalk_studio.document.edits.presets import word_style_of
from pctalk_studio.document.project import Emotion, EmotionRegion
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.storage.presets import shipped_presets

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
UPPER = {EmotionRegion.BROWS, EmotionRegion.EYES}


class Animator:
    """Somebody who has a mouse and a keyboard and counts what they do with them."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot
        self.editor = window._kit.editor
        self.canvas, self.view = window.timeline.canvas, window.timeline.view
        self.inspector = window.findChild(InspectorPanel)
        self.actions = 0

    # -- where things are

    def lane(self, name, time, share=0.5):
        lane = next(lane for lane in self.canvas.lanes if lane.id == name)
        return QPoint(round(self.view.scale.x(time)), lane.top + round(lane.height * share))

    def word(self, text):
        return next(word for word in self.editor.project.speech.words if word.text == text)

    def phones(self, text):
        return self.editor.project.speech.phones_of(self.word(text))

    def rest(self):
        """Look at what was done, until the face shows it."""
        self.qtbot.waitUntil(lambda: self.editor.desk.up_to_date, timeout=5000)
        self.qtbot.wait(20)

    # -- what hands do

    def click(self, widget, at=None):
        self.actions += 1
        assert widget.isVisible(), "nobody clicks what is not seen"
        QTest.mouseClick(widget, LEFT, NONE, at or widget.rect().center())
        self.qtbot.wait(1)

    def double_click(self, at):
        self.actions += 1
        QTest.mouseClick(self.canvas, LEFT, NONE, at)
        QTest.mouseDClick(self.canvas, LEFT, NONE, at)
        self.qtbot.wait(1)

    def drag(self, start, end):
        self.actions += 1
        QTest.mousePress(self.canvas, LEFT, NONE, start)
        for share in (0.25, 0.5, 0.75, 1.0):
            at = QPointF(start) + QPointF(end - start) * share
            where = QPointF(self.canvas.mapToGlobal(at.toPoint()))
            QApplication.sendEvent(
                self.canvas, QMouseEvent(QEvent.Type.MouseMove, at, where, Qt.MouseButton.NoButton, LEFT, NONE)
            )
        QTest.mouseRelease(self.canvas, LEFT, NONE, end)
        self.qtbot.wait(1)

    def key(self, key, held=NONE):
        self.actions += 1
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
        self.qtbot.wait(1)

    def right_click(self, at):
        self.actions += 1
        where = self.canvas.mapToGlobal(at)
        QApplication.sendEvent(self.canvas, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where))
        self.qtbot.wait(1)

    def choose(self, text):
        """Click an entry of the menu that is open."""
        self.actions += 1
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(each for each in menu.actions() if each.text() == text)
        QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(action).center())
        self.qtbot.wait(1)

    def pick(self, box, text):
        """Open a list and click one of its rows."""
        self.click(box)
        self.actions += 1
        rows, index = box.view(), box.findText(text)
        assert index >= 0, f"{text} is offered"
        at = rows.visualRect(box.model().index(index, 0)).center()
        self.qtbot.wait(QApplication.doubleClickInterval() + 20)  # a list ignores the click that opened it
        QTest.mouseMove(rows.viewport(), at - QPoint(1, 0))
        QTest.mouseMove(rows.viewport(), at)
        QTest.mouseClick(rows.viewport(), LEFT, NONE, at)
        self.qtbot.wait(1)


@pytest.fixture
def quick_clicks(qapp):
    """Double clicks are quick, so that nothing waits for them."""
    before = qapp.doubleClickInterval()
    qapp.setDoubleClickInterval(10)
    yield
    qapp.setDoubleClickInterval(before)


@pytest.fixture
def animator(open_window, qtbot, quick_clicks):
    open_window.resize(1600, 1000)
    qtbot.wait(1)
    made = Animator(open_window, qtbot)
    made.view.show(0.0, made.editor.desk.duration)
    return made


def mouth(animator, time):
    """(sealed 0 to 1, openness that the phones ask for) at a moment."""
    motion = animator.editor.desk.clip.motion
    frame = round(time * float(motion.rate))
    return float(motion.mouth[frame, 0]), float(motion.target_openness[frame])


def missed(animator):
    """Make the vowel of 'past' long, as if the analysis had not heard that the lips shut within; the middle of it."""
    first, second, *_ = animator.phones("past")
    editor = animator.editor
    assert editor.apply("merge_phones", first_id=first.id, second_id=second.id)
    assert editor.apply("relabel_phone", phone_id=animator.phones("past")[0].id, label="AE", stress=1)
    animator.rest()
    vowel = animator.phones("past")[0]
    assert vowel.label == "AE"
    return (vowel.start + vowel.end) / 2


def test_close_the_mouth_on_a_missed_p(animator):
    time = missed(animator)
    before = mouth(animator, time)
    steps = len(animator.editor.desk.studio.history.past)
    animator.right_click(animator.lane("phones", time))
    animator.choose("Close the lips here")
    animator.rest()
    assert animator.actions <= 2
    assert [phone.label for phone in animator.phones("past")][:3] == ["AE", "P", "AE"]
    sealed, openness = mouth(animator, time)
    assert sealed > 0.95 > before[0] + 0.5
    assert openness < 0.1 < before[1]
    assert len(animator.editor.desk.studio.history.past) == steps + 1, "one step to undo"


def test_close_the_mouth_at_the_playhead_with_a_key(animator):
    time = missed(animator)
    animator.click(animator.canvas, animator.lane("phones", time))
    animator.editor.desk.transport.seek_seconds(time)
    animator.actions = 0
    animator.key(Qt.Key.Key_C)
    animator.rest()
    assert animator.actions <= 1
    assert mouth(animator, time)[0] > 0.95
    (chosen,) = animator.editor.selection.phones
    assert next(phone for phone in animator.phones("past") if phone.id == chosen).label == "P", "ready to be made a B or M"


def test_say_that_a_sound_was_a_p(animator):
    phone = animator.phones("bee")[0]
    assert animator.editor.apply("relabel_phone", phone_id=phone.id, label="D", stress=None)
    animator.rest()
    time = (phone.start + phone.end) / 2
    animator.click(animator.canvas, animator.lane("phones", time))
    animator.key(Qt.Key.Key_Return)
    palette = animator.window.findChild(PhonePalette)
    assert palette is not None
    palette.setFocus()
    animator.key(Qt.Key.Key_P)
    animator.key(Qt.Key.Key_Return)
    animator.rest()
    assert animator.actions <= 4
    assert animator.phones("bee")[0].label == "P"
    assert mouth(animator, time)[0] > 0.9


def test_make_one_word_shout(animator):
    word = animator.word("bee")
    time = (word.start + word.end) / 2
    before = animator.editor.desk.clip.motion
    animator.click(animator.canvas, animator.lane("words", time))
    animator.pick(animator.inspector.word.style_choice, "Shout")
    animator.rest()
    assert animator.actions <= 3
    shout = next(preset for preset in shipped_presets() if preset.name == "Shout")
    project = animator.editor.project
    assert animator.word("bee").style == word_style_of(shout, project)
    assert project.style_preset != "Shout", "the clip is spoken as before"
    changed = abs(animator.editor.desk.clip.motion.quantised() - before.quantised()).max(axis=1) > 1e-4
    times = (changed.nonzero()[0] + 0.5) / float(project.rate)
    assert changed.any()
    assert times.min() > word.start - 0.3
    assert times.max() < word.end + 0.3


def test_smile_with_sad_eyes_that_fade_in_over_a_second(animator):
    inspector, editor = animator.inspector, animator.editor
    animator.double_click(animator.lane("emotions", 0.2, 0.25))
    animator.choose("happy")
    animator.click(inspector.emotion.part.button("lower"))
    animator.double_click(animator.lane("emotions", 0.2, 0.75))
    animator.choose("sad")
    animator.click(inspector.emotion.part.button("upper"))
    happy, sad = editor.project.emotions
    box = next(box for box in _boxes(animator) if box.clip.id == sad.id)
    lane = next(lane for lane in animator.canvas.lanes if lane.id == "emotions")
    grip = box.fade_points(animator.canvas.strip(lane))[0].toPoint() + QPoint(0, lane.top)
    animator.drag(grip, QPoint(round(animator.view.scale.x(sad.start + 1.0)), grip.y()))
    animator.rest()
    assert animator.actions <= 7
    happy, sad = editor.project.emotions
    assert (happy.emotion, sad.emotion) == (Emotion.HAPPY, Emotion.SAD)
    assert happy.regions == set(EmotionRegion) - UPPER
    assert sad.regions == UPPER
    assert sad.fade_in == pytest.approx(1.0, abs=0.05)


def _boxes(animator):
    lane = next(lane for lane in animator.canvas.lanes if lane.id == "emotions")
    return lane._boxes(animator.canvas.strip(lane))


def test_move_a_phone_boundary_by_ear(animator):
    transport = animator.editor.desk.transport
    first, second, *_ = animator.phones("swims")
    animator.double_click(animator.lane("phones", (first.start + first.end) / 2))
    assert transport.playing, "it is heard"
    animator.drag(animator.lane("phones", first.end), animator.lane("phones", first.end + 0.04))
    transport.pause()
    animator.key(Qt.Key.Key_P)
    assert transport.playing, "it is heard again"
    animator.rest()
    assert animator.actions <= 3
    moved, follower, *_ = animator.phones("swims")
    assert moved.end == pytest.approx(first.end + 0.04, abs=0.012)
    assert (moved.end, moved.start, follower.end) == (follower.start, first.start, second.end)


def test_blink_on_a_beat_while_it_plays(animator):
    editor = animator.editor
    editor.desk.transport.seek(0)
    animator.key(Qt.Key.Key_Space)
    animator.qtbot.waitUntil(lambda: editor.desk.transport.frame >= 8, timeout=5000)
    animator.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    beat = editor.project.blinks[0].time
    assert editor.desk.transport.playing, "playing goes on"
    animator.key(Qt.Key.Key_Space)
    animator.rest()
    assert animator.actions <= 3
    assert beat >= 8 / float(editor.project.rate)
    eyes = editor.desk.clip.motion.eyes
    frame = round(beat * float(editor.project.rate))
    assert eyes[frame : frame + 3, 0].max() > 0.8, "the eyes shut"


def test_blink_on_a_beat_that_is_marked(animator):
    assert animator.editor.apply("add_marker", time=0.92)
    animator.double_click(animator.lane("blinks", 0.93))
    assert animator.actions <= 1
    assert [blink.time for blink in animator.editor.project.blinks] == [0.92]


def test_export_a_range(animator, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    ruler, editor = animator.window.timeline.ruler, animator.editor
    y, rate = ruler.height() // 2, float(editor.project.rate)
    animator.click(ruler, QPoint(round(animator.view.scale.x(0.41)), y))
    animator.key(Qt.Key.Key_I)
    animator.click(ruler, QPoint(round(animator.view.scale.x(1.01)), y))
    animator.key(Qt.Key.Key_O)
    animator.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    page = animator.window.front.page
    assert isinstance(page, ExportPage)
    exports = animator.window.exporting.exports
    with animator.qtbot.waitSignal(exports.finished, timeout=10_000) as done:
        animator.click(page.start)
    assert animator.actions <= 6
    path = done.args[0].order.path
    assert path.parent == tmp_path
    length = editor.project.out_point - editor.project.in_point
    assert 0.5 < length < 0.7
    assert MovieReader(path).facts.frames == round(length * rate)
