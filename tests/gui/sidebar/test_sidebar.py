"""The sidebar over a real project."""

import random
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from helpers.desks import ENGINES, FakeEngine, alignment, sources, studio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidgetItem, QScrollArea

from pctalk_studio.app.look import DARK
from pctalk_studio.app.sidebar import history
from pctalk_studio.app.sidebar.history import HistoryBlock
from pctalk_studio.app.sidebar.panel import SidebarPanel
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Phone, Word
from pctalk_studio.document.project import MediaReference, Project
from pctalk_studio.document.speech_track import Owner, SpeechTrack, WordStyle
from pctalk_studio.jobs.apart import here
from pctalk_studio.session import Studio, source_work
from pctalk_studio.session.placeholders import placeholder_portrait
from pctalk_studio.session.portraits import Portrait
from pctalk_studio.session.selection import Selection


@pytest.fixture
def panel(open_kit, qtbot):
    made = SidebarPanel(open_kit)
    qtbot.addWidget(made)
    made.resize(280, 1400)
    made.show()
    qtbot.waitExposed(made)
    made.refresh()
    return made


@pytest.fixture
def editor(open_kit):
    return open_kit.editor


def word(editor, text):
    return next(each for each in editor.project.speech.words if each.text == text)


def click_word(panel, editor, text, modifiers=Qt.NoModifier):
    place = panel.transcript.view.box_of(word(editor, text).id).center()
    QTest.mouseClick(panel.transcript.view, Qt.LeftButton, modifiers, place)
    panel.refresh()


def test_without_a_project_it_says_so(kit, qtbot):
    panel = SidebarPanel(kit)
    qtbot.addWidget(panel)
    panel.show()
    assert panel._closed.isVisible()
    assert not any(block.isVisible() for block in panel.blocks)


# -- transcript --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("heard", "said"), [(True, "No words were understood."), (False, "Nobody speaks")])
def test_without_words_it_says_whether_anybody_speaks(panel, editor, heard, said):
    speech = editor.project.speech
    phones = speech.phones if heard else tuple(replace(phone, label="SIL", stress=None) for phone in speech.phones)
    silent = replace(editor.project, speech=replace(speech, words=(), phones=phones))
    editor.open_studio(Studio(silent, sources(), ENGINES))
    panel.refresh()
    assert panel.transcript._none.isVisible()
    assert panel.transcript._none.text().startswith(said)


def test_a_click_on_a_word_selects_it_and_goes_there(panel, editor):
    click_word(panel, editor, "swims")
    assert editor.selection == Selection.of(words=[word(editor, "swims").id])
    assert panel.transcript.view.current.text == "swims"


def test_shift_extends_and_control_adds(panel, editor):
    click_word(panel, editor, "duck")
    click_word(panel, editor, "past", Qt.ShiftModifier)
    chosen = {word(editor, text).id for text in ("duck", "swims", "past")}
    assert editor.selection.words == chosen
    click_word(panel, editor, "duck", Qt.ControlModifier)
    assert editor.selection.words == chosen - {word(editor, "duck").id}


def test_arrow_keys_go_from_word_to_word(panel, editor):
    view = panel.transcript.view
    click_word(panel, editor, "duck")
    view.setFocus()
    QTest.keyClick(view, Qt.Key_Right)
    assert editor.selection.words == {word(editor, "swims").id}
    QTest.keyClick(view, Qt.Key_Left, Qt.ShiftModifier)
    assert editor.selection.words == {word(editor, text).id for text in ("duck", "swims")}
    for _ in range(3):
        QTest.keyClick(view, Qt.Key_Right, Qt.ShiftModifier)
    assert editor.selection.words == {word(editor, text).id for text in ("swims", "past", "my")}
    QTest.keyClick(view, Qt.Key_Home)
    assert editor.selection.words == {word(editor, "a").id}
    QTest.keyClick(view, Qt.Key_End)
    assert editor.selection.words == {word(editor, "bee").id}


def test_a_double_click_plays_the_word(panel, editor):
    view = panel.transcript.view
    QTest.mouseDClick(view, Qt.LeftButton, Qt.NoModifier, view.box_of(word(editor, "duck").id).center())
    assert editor.desk.transport.playing
    editor.desk.transport.pause()


def test_doubtful_unsaid_and_styled_words_are_marked(panel, editor):
    view = panel.transcript.view

    def colors(text):
        box = view.box_of(word(editor, text).id)
        shot = view.grab(box).toImage()
        return {shot.pixelColor(x, y).name() for x in range(shot.width()) for y in range(shot.height())}

    assert DARK.stale in colors("my")
    assert DARK.stale not in colors("bee")
    assert "Hard to hear" in view.about(word(editor, "my"))
    editor.apply("set_word_style", word_ids=[word(editor, "bee").id], style=WordStyle(wide=1.5))
    panel.refresh()
    before = colors("duck")
    assert colors("bee") - before
    unsaid = replace(word(editor, "bee"), said=False)
    assert "was not said" in view.about(unsaid)


def test_the_spoken_word_follows_the_playhead(panel, editor, qtbot):
    for text in ("a", "swims", "bee"):
        editor.desk.transport.seek_seconds(word(editor, text).start + 0.045)
        assert panel.transcript.view.current.text == text
    editor.desk.transport.seek(0)
    assert panel.transcript.view.current is None


def test_the_selected_word_is_filled(panel, editor):
    click_word(panel, editor, "duck")
    view = panel.transcript.view
    box = view.box_of(word(editor, "duck").id)
    shot = view.grab(box).toImage()
    assert any(shot.pixelColor(x, 3) == QColor(DARK.selected) for x in range(shot.width()))


def test_a_word_selected_elsewhere_is_scrolled_into_view(panel, editor, qtbot):
    said = alignment()
    phones = [Phone(SILENCE, 0.0, 0.1), *(Phone("AH", 0.1 + k * 0.1, 0.2 + k * 0.1, 0) for k in range(400))]
    words = tuple(Word(f"word{k}", 0.1 + k * 0.1, 0.2 + k * 0.1) for k in range(400))
    editor.apply("set_speech", found=replace(said, duration=phones[-1].end, words=words, phones=tuple(phones)), transcript=None)
    panel.refresh()
    view = panel.transcript.view
    last = word(editor, "word399").id
    qtbot.waitUntil(lambda: panel.transcript._area.viewport().height() > 100 and view.height() > 2000, timeout=2000)
    assert not view.visibleRegion().contains(view.box_of(last).center())
    editor.select(Selection.of(words=[last]))
    qtbot.waitUntil(lambda: view.visibleRegion().contains(view.box_of(last).center()), timeout=2000)


def fake_analysis(monkeypatch, found, wait=None):
    asked = []

    def analysed(_samples, text, _hash):
        asked.append(text)
        if wait is not None:
            wait.wait(5)
        if isinstance(found, Exception):
            raise found
        return SimpleNamespace(alignment=found)

    monkeypatch.setattr(source_work, "speech_facts", analysed)
    in_this_process(monkeypatch)
    return asked


def in_this_process(monkeypatch):
    """What stands in for an analysis cannot be sent to a process of its own; how that is done is tested where it is done."""
    monkeypatch.setattr(source_work, "Apart", lambda _between: here)


def test_a_corrected_transcript_is_aligned_anew_as_one_step(panel, editor, qtbot, monkeypatch):
    asked = fake_analysis(monkeypatch, alignment(phone_seconds=0.1))
    before = len(editor.desk.studio.history.past)
    QTest.mouseClick(panel.transcript.edit, Qt.LeftButton)
    assert panel.transcript.text.toPlainText() == "a duck swims past my bee"
    panel.transcript.text.setPlainText("a duck swims past my bee!")
    QTest.mouseClick(panel.transcript.align, Qt.LeftButton)
    qtbot.waitUntil(lambda: editor.project.media.transcript == "a duck swims past my bee!", timeout=3000)
    assert asked == ["a duck swims past my bee!"]
    assert len(editor.desk.studio.history.past) == before + 1
    assert not panel.transcript.text.isVisible()


def test_an_emptied_transcript_is_recognised(panel, editor, qtbot, monkeypatch):
    asked = fake_analysis(monkeypatch, alignment())
    QTest.mouseClick(panel.transcript.edit, Qt.LeftButton)
    panel.transcript.text.clear()
    QTest.mouseClick(panel.transcript.align, Qt.LeftButton)
    qtbot.waitUntil(lambda: not panel.transcript.text.isVisible(), timeout=3000)
    assert asked == [None]


def test_aligning_can_be_given_up(panel, editor, qtbot, monkeypatch):
    gate = threading.Event()
    fake_analysis(monkeypatch, alignment(), gate)
    before = editor.project
    QTest.mouseClick(panel.transcript.edit, Qt.LeftButton)
    panel.transcript.text.setPlainText("something else")
    QTest.mouseClick(panel.transcript.align, Qt.LeftButton)
    assert panel.transcript._bar.isVisible()
    QTest.mouseClick(panel.transcript.cancel, Qt.LeftButton)
    assert not panel.transcript._bar.isVisible()
    assert panel.transcript.text.toPlainText() == "something else"  # nothing typed is lost
    gate.set()
    qtbot.wait(50)
    assert editor.project is before


def test_a_text_that_cannot_be_read_is_told_and_kept(panel, editor, qtbot, monkeypatch):
    fake_analysis(monkeypatch, SpeechError("The text has no English words; write what is said."))
    QTest.mouseClick(panel.transcript.edit, Qt.LeftButton)
    panel.transcript.text.setPlainText("???")
    with qtbot.waitSignal(editor.told) as told:
        QTest.mouseClick(panel.transcript.align, Qt.LeftButton)
    assert "no English words" in told.args[0].problem.text
    assert panel.transcript.text.toPlainText() == "???"
    assert panel.transcript.align.isEnabled()


# -- styles ------------------------------------------------------------------------------------------------------------


def item_of(view, text):
    return next(view.item(row) for row in range(view.count()) if view.item(row).text().startswith(text))


def click_item(view, text):
    QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, view.visualItemRect(item_of(view, text)).center())


def test_a_click_speaks_in_a_style_and_marks_it(panel, editor):
    click_item(panel.styles.list, "Shout")
    panel.refresh()
    assert (editor.project.style_preset, editor.project.style.open) == ("Shout", 1.45)
    assert panel.styles.list.currentItem().text() == "Shout"
    editor.undo()
    panel.refresh()
    assert panel.styles.list.currentRow() == -1


def test_the_clip_s_style_is_kept_under_a_name(panel, editor, open_kit, qtbot):
    editor.apply("set_lip_scale", scale=1.3)
    QTest.mouseClick(panel.styles.keep, Qt.LeftButton)
    QTest.keyClicks(panel.styles.name, "Excited\r")
    assert editor.project.style_preset == "Excited"
    again = SidebarPanel(open_kit)
    qtbot.addWidget(again)
    assert item_of(again.styles.list, "Excited").toolTip().find("lip scale 1.30") > 0


def test_a_shipped_style_is_not_hidden_by_one_s_own(panel, editor, qtbot):
    QTest.mouseClick(panel.styles.keep, Qt.LeftButton)
    with qtbot.waitSignal(editor.told) as told:
        QTest.keyClicks(panel.styles.name, "Shout\r")
    assert "choose another name" in told.args[0].problem.text
    assert panel.styles.list.count() == 8


# -- problems ----------------------------------------------------------------------------------------------------------


def test_a_doubtful_word_is_a_problem_until_a_person_settles_it(panel, editor):
    (row,) = panel.problems.problem_rows
    assert "“my” was hard to hear (35 %)" in row.problem.text
    assert panel.problems.badge.isVisible()
    QTest.mouseClick(row, Qt.LeftButton)
    assert editor.selection.words == {word(editor, "my").id}
    assert editor.desk.transport.seconds == pytest.approx(word(editor, "my").start, abs=0.04)
    editor.apply("set_owner", item_id=word(editor, "my").id, owner=Owner.EDITED)
    panel.refresh()
    assert not panel.problems.problem_rows
    assert not panel.problems.badge.isVisible()
    assert panel.problems._none.isVisible()


def test_what_an_engine_says_of_its_work_is_a_problem_whenever_it_says_it(kit, qtbot):
    remarks = []

    class Speaking(FakeEngine):
        @property
        def remarks(self):
            return tuple(remarks)

    kit.editor.engines = {"mesh": Speaking}
    remarks.append("Frames are drawn in 32 bits: the card cannot do 16.")
    kit.editor.open_studio(studio())
    panel = SidebarPanel(kit)
    qtbot.addWidget(panel)

    def told():
        return [row.problem.text for row in panel.problems.problem_rows if row.problem.code == "engine-remark"]

    qtbot.waitUntil(lambda: told() == remarks, timeout=5000)
    remarks.append("Memory ran out; batches are smaller.")
    kit.editor.apply("set_lip_scale", scale=0.5)
    qtbot.waitUntil(lambda: told() == remarks, timeout=5000)


def test_problems_of_the_sources_come_first_and_once(kit, qtbot):
    told = Problem("dark", "The portrait is dark.")
    kit.editor.open_studio(studio(problems=(told, told)))
    panel = SidebarPanel(kit)
    qtbot.addWidget(panel)
    panel.refresh()
    assert panel.problems.problem_rows[0].problem.text == "The portrait is dark."
    assert len(panel.problems.problem_rows) == 2
    assert not panel.problems.problem_rows[0].isEnabled()  # it has no place in time


# -- history -----------------------------------------------------------------------------------------------------------


def labels(panel):
    return [panel.history.list.item(row).text() for row in range(panel.history.list.count())]


def test_a_click_goes_to_a_step_and_back(panel, editor):
    for scale in (1.1, 1.2, 1.3):
        editor.apply("set_lip_scale", scale=scale)
    editor.apply("set_blink", automatic=False)
    panel.refresh()
    assert labels(panel) == ["Set blink", "Set lip scale", "Set lip scale", "Set lip scale", "Open"]
    assert panel.history.list.currentRow() == 0
    view = panel.history.list
    QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, view.visualItemRect(view.item(2)).center())
    panel.refresh()
    assert (editor.project.lip_scale, editor.project.blink) == (1.2, True)
    assert view.currentRow() == 2
    assert view.item(0).font().italic()
    QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, view.visualItemRect(view.item(0)).center())
    assert (editor.project.lip_scale, editor.project.blink) == (1.3, False)
    editor.undo()
    editor.apply("set_lip_scale", scale=0.5)
    panel.refresh()
    assert labels(panel)[0] == "Set lip scale"
    assert len(labels(panel)) == 5


def rows(block):
    """All that is seen of the list, and which row is the present one."""
    items = [block.list.item(row) for row in range(block.list.count())]
    shown = [
        (
            each.text(),
            each.data(Qt.UserRole),
            each.font().bold(),
            each.font().italic(),
            each.foreground().color().rgb(),
            each.toolTip(),
        )
        for each in items
    ]
    return shown, block.list.currentRow()


def test_the_list_of_steps_is_always_what_a_new_one_would_show(panel, editor, open_kit, qtbot, monkeypatch):
    monkeypatch.setattr(history, "MOST", 12)
    chance = random.Random(5)
    for number in range(150):
        match chance.choice("eeeurg"):
            case "e":
                editor.apply("set_seed", seed=number + 1)
            case "u":
                editor.undo()
            case "r":
                editor.redo()
            case "g":
                editor.desk.go_to(chance.randrange(len(editor.desk.studio.history.steps)))
        panel.history.refresh()
        fresh = HistoryBlock(open_kit)
        qtbot.addWidget(fresh)
        fresh.refresh()
        assert rows(panel.history) == rows(fresh)


def test_an_edit_makes_one_row_however_many_there_are(panel, editor, monkeypatch):
    for seed in range(1, 60):
        editor.apply("set_seed", seed=seed)
    panel.history.refresh()
    made = []
    monkeypatch.setattr(history, "QListWidgetItem", lambda text: made.append(text) or QListWidgetItem(text))
    editor.apply("set_seed", seed=99)
    panel.history.refresh()
    assert made == ["Set seed"]


# -- sources -----------------------------------------------------------------------------------------------------------


def test_long_names_give_way_and_nothing_is_cut_off(panel, qtbot):
    panel.resize(panel.minimumWidth(), 700)
    panel.sources.audio.show_source("conversation_in_the_old_kitchen_take_04.wav", "00:09.09", missing=False, busy=False)
    qtbot.wait(50)
    area = panel.findChild(QScrollArea, "panel")
    assert area.widget().width() <= area.viewport().width()
    button = panel.sources.audio.replace
    assert button.visibleRegion().boundingRect() == button.rect()
    panel.grab()
    assert panel.sources.audio.name.toolTip() == "conversation_in_the_old_kitchen_take_04.wav"


def test_the_sources_are_shown(panel):
    assert panel.sources.portrait.name.text() == "oval.png"
    assert "96 × 96" in panel.sources.portrait.facts.text()
    assert "16 kHz" in panel.sources.audio.facts.text()
    assert not panel.sources.portrait.relink.isVisible()
    wave = panel.sources._wave.grab().toImage()
    middle = wave.height() // 2
    assert any(wave.pixelColor(x, middle).name() != DARK.field for x in range(4, wave.width() - 4))


def test_a_missing_portrait_is_said_and_found_again(kit, qtbot, tmp_path, monkeypatch):
    from pctalk_studio.media.pictures import write_png
    from pctalk_studio.storage.media_links import hash_of_plain

    made = sources()
    path = tmp_path / "oval.png"
    write_png(path, made.picture.rgb)
    picture, rig = placeholder_portrait()
    media = replace(Project().media, portrait=MediaReference("/gone/oval.png", hash_of_plain(path)), face=2)
    project = replace(Project(), media=media, speech=SpeechTrack.of(made.speech.alignment))
    kit.editor.open_studio(Studio(project, replace(made, picture=picture, rig=rig), ENGINES))
    panel = SidebarPanel(kit)
    qtbot.addWidget(panel)
    panel.resize(280, 900)
    panel.show()
    panel.refresh()
    row = panel.sources.portrait
    assert row.missing.isVisible()
    assert row.relink.isVisible()
    # Finding the face is tested where it is done; here it is at hand.
    in_this_process(monkeypatch)
    monkeypatch.setattr(source_work, "face_in", lambda _path, _project, _run: Portrait(made.picture, made.rig))
    panel.sources.exchange(source_work.MediaRole.PORTRAIT, path)
    desk = kit.editor.desk
    qtbot.waitUntil(lambda: desk.sources.picture is made.picture, timeout=3000)
    panel.refresh()
    assert not row.missing.isVisible()
    assert desk.project.media.portrait.path == str(path)
    assert desk.project.media.face == 2  # the same picture, so the same face
    kit.editor.undo()
    assert desk.sources.picture is picture
    kit.editor.redo()
    assert desk.sources.picture is made.picture


def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(panel, editor, qtbot, tmp_path):
    before, drawn = editor.project, editor.desk.sources
    text = tmp_path / "notes.txt"
    text.write_text("no sound at all")
    with qtbot.waitSignal(editor.told, timeout=5000) as told:
        panel.sources.exchange(source_work.MediaRole.AUDIO, text)
    assert "notes.txt" in told.args[0].problem.text
    assert editor.project is before
    assert editor.desk.sources is drawn
    assert panel.sources.audio.replace.isEnabled()


def test_sections_fold_by_mouse_and_stay_so(panel, open_kit, qtbot):
    QTest.mouseClick(panel.history.header, Qt.LeftButton, Qt.NoModifier, QPoint(5, 12))
    assert not panel.history.body.isVisible()
    again = SidebarPanel(open_kit)
    qtbot.addWidget(again)
    again.show()
    assert not again.history.body.isVisible()


def test_a_lock_is_seen_on_a_locked_word(panel, editor):
    view = panel.transcript.view
    word = editor.project.speech.words[1]
    before = view.grab(view.box_of(word.id).adjusted(-2, -2, 2, 4)).toImage()
    assert editor.apply("set_owner", item_id=word.id, owner=Owner.LOCKED)
    panel.refresh()
    assert view.grab(view.box_of(word.id).adjusted(-2, -2, 2, 4)).toImage() != before
    assert "Locked" in view.about(editor.project.speech.words[1])
