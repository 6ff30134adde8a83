"""Bringing performances into the window: by the menu, dropped, and from the sidebar; and changing them in the inspector."""

from __future__ import annotations

import pytest
from helpers.performances import template
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from pctalk_studio.app.inspector.performance import PerformanceSheet
from pctalk_studio.app.sidebar.performances import PerformancesBlock
from pctalk_studio.document.performance import Convention, Ending, PerformancePart
from pctalk_studio.interchange.motion_template import write_template


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / name for name in ("nod.pkl", "turn.pkl")]
    for number, path in enumerate(paths):
        write_template(path, template(20 + number))
    return paths


def drop(window, paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, data, *held)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()
    window.dropEvent(QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, *held))


def performances(kit):
    return kit.editor.project.performances


def test_the_menu_imports_at_the_playhead(open_window, kit, qtbot, files):
    open_window.files.chooser.answers.append(files[0])
    kit.editor.desk.transport.seek_seconds(0.4)
    kit.actions["file.performance"].trigger()
    qtbot.waitUntil(lambda: len(performances(kit)) == 1)
    (clip,) = performances(kit)
    assert (clip.name, clip.start, clip.duration) == ("nod", pytest.approx(0.4), pytest.approx(0.8))
    assert kit.editor.selection.performances == {clip.id}
    kit.editor.undo()
    assert kit.editor.project.takes == ()


def test_several_are_dropped_one_after_the_other_as_one_step(open_window, kit, qtbot, files):
    drop(open_window, files)
    qtbot.waitUntil(lambda: len(performances(kit)) == 2)
    one, two = performances(kit)
    assert two.start == pytest.approx(one.end)
    kit.editor.undo()
    assert performances(kit) == ()


def test_what_is_no_template_is_told_and_changes_nothing(open_window, kit, qtbot, tmp_path):
    told = []
    kit.editor.told.connect(told.append)
    (tmp_path / "bad.pkl").write_bytes(b"cos\nsystem\n(S'touch x'\ntR.")
    drop(open_window, [tmp_path / "bad.pkl"])
    qtbot.waitUntil(lambda: bool(told))
    assert "bad.pkl" in told[-1].problem.text
    assert performances(kit) == ()


def test_without_a_project_it_says_what_it_needs(window, kit, files):
    told = []
    kit.editor.told.connect(told.append)
    drop(window, files)
    assert "open a project first" in told[-1].problem.text
    assert not kit.actions["file.performance"].isEnabled()


@pytest.fixture
def played(open_window, kit, qtbot, files):
    open_window.performing.take(files[:1])
    qtbot.waitUntil(lambda: len(performances(kit)) == 1)
    return open_window


def test_the_sidebar_lists_recordings_and_plays_them_again(played, kit, qtbot):
    block = played.findChild(PerformancesBlock)
    qtbot.waitUntil(lambda: block.list.count() == 1)
    assert block.list.item(0).text().startswith("nod")
    assert block.list.isVisibleTo(block)
    kit.editor.desk.transport.seek_seconds(1.0)
    block.list.itemActivated.emit(block.list.item(0))
    assert [clip.start for clip in performances(kit)] == pytest.approx([0.0, 1.0])
    assert len(kit.editor.project.takes) == 1
    block.list.itemClicked.emit(block.list.item(0))
    assert kit.editor.selection.performances == {clip.id for clip in performances(kit)}


def test_the_inspector_changes_what_is_selected(played, kit, qtbot):
    sheet = played.findChild(PerformanceSheet)
    qtbot.waitUntil(lambda: sheet.isVisibleTo(played))
    (clip,) = performances(kit)
    assert sheet.name.text() == "nod"
    sheet.name.setText("yes")
    sheet.name.editingFinished.emit()
    assert performances(kit)[0].name == "yes"
    sheet.parts[PerformancePart.MOUTH].click()
    assert performances(kit)[0].parts == frozenset(PerformancePart)
    sheet.parts[PerformancePart.HEAD].click()
    assert PerformancePart.HEAD not in performances(kit)[0].parts
    sheet.strengths[PerformancePart.EYES].edited.emit(0.5)
    assert performances(kit)[0].strengths.eyes == 0.5
    sheet.convention.button(Convention.ABSOLUTE).click()
    sheet.ending.button(Ending.LOOP).click()
    assert (performances(kit)[0].convention, performances(kit)[0].ending) == (Convention.ABSOLUTE, Ending.LOOP)
    sheet.speed.edited.emit(2.0)
    assert performances(kit)[0].duration == pytest.approx(clip.duration / 2)
    sheet.fade_in.edited.emit(0.1)
    sheet.start.typed.emit(0.1)
    sheet.offset.typed.emit(0.3)
    now = performances(kit)[0]
    assert (now.fade_in, now.start, now.offset) == (0.1, 0.1, 0.3)
    qtbot.waitUntil(lambda: not sheet.strengths[PerformancePart.HEAD].isVisibleTo(sheet))
    kit.editor.select(kit.editor.selection.__class__())
    qtbot.waitUntil(lambda: not sheet.isVisibleTo(played))


def test_the_status_says_what_is_selected(played, kit):
    from pctalk_studio.app.shell.selection_text import SelectionText

    assert "nod" in SelectionText().text(kit.editor.selection, kit.editor.project)
