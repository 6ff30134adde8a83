"""Projects are opened, saved, closed and recovered, and nothing is lost on the way."""

from __future__ import annotations

import shutil
import threading

import pytest
from helpers.desks import studio
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from pctalk_studio.app.dialogs import relink
from pctalk_studio.app.dialogs.earlier import EarlierPage
from pctalk_studio.app.dialogs.new_project import NewProjectPage
from pctalk_studio.app.dialogs.recovery import RecoveryPage
from pctalk_studio.app.dialogs.relink import RelinkPage
from pctalk_studio.app.shell.start import begin
from pctalk_studio.app.sidebar.panel import SidebarPanel
from pctalk_studio.core.resources import resource_path
from pctalk_studio.session.opening import open_copy
from pctalk_studio.storage import media_links
from pctalk_studio.storage.autosave import Recovery, recoverable, restore
from pctalk_studio.storage.lock import lock_project
from pctalk_studio.storage.project_file import load_project

SAMPLE = resource_path("sample")


@pytest.fixture
def project_file(tmp_path):
    """The sample in a folder of its own."""
    folder = tmp_path / "job"
    shutil.copytree(SAMPLE, folder)
    (folder / "sample.pctalk").rename(folder / "job.pctalk")
    return folder / "job.pctalk"


def answer(window, text):
    (button,) = [each for each in window.front.question.findChildren(QPushButton) if each.text() == text and each.isVisible()]
    button.click()


def opened(kit, qtbot):
    qtbot.waitUntil(lambda: kit.editor.desk is not None and kit.editor.desk.frame_count > 0, timeout=20000)


def test_a_project_is_opened_behind_a_page_and_remembered(window, kit, qtbot, project_file):
    window.files.open(project_file)
    assert window.front.page is not None
    opened(kit, qtbot)
    assert window.front.page is None
    assert window.files.recent.paths == (project_file,)
    assert "job.pctalk" in window.windowTitle()
    assert not window.isWindowModified()


def test_a_file_that_is_no_project_is_told_and_what_was_open_stays(open_window, kit, qtbot, tmp_path):
    broken = tmp_path / "broken.pctalk"
    broken.write_text("nonsense")
    desk = kit.editor.desk
    with qtbot.waitSignal(kit.editor.told, timeout=5000) as heard:
        open_window.files.open(broken)
    assert "broken.pctalk" in heard.args[0].problem.text
    assert kit.editor.desk is desk
    assert open_window.front.page is None


def test_opening_can_be_given_up(window, kit, qtbot, project_file):
    window.files.open(project_file)
    window.front.page.cancel.click()
    assert window.front.page is None
    qtbot.wait(300)
    qtbot.waitUntil(lambda: window.worker._runner.wait_idle(0), timeout=20000)
    qtbot.wait(50)
    assert kit.editor.desk is None
    # Whatever was opened too late is closed again: the file is free.
    lock_project(project_file).release()


def test_the_sample_is_opened_at_the_first_start_only_and_saving_asks_where(window, kit, qtbot, tmp_path):
    before = (SAMPLE / "sample.pctalk").read_bytes()
    begin(window, kit, None)
    opened(kit, qtbot)
    assert kit.editor.desk.studio.path is None
    kit.editor.apply("set_lip_scale", scale=1.3)
    window.files.chooser.answers = [tmp_path / "mine"]
    kit.actions["file.save"].trigger()
    qtbot.waitUntil(lambda: not kit.editor.desk.modified, timeout=5000)
    assert load_project(tmp_path / "mine.pctalk").project.lip_scale == 1.3
    assert (SAMPLE / "sample.pctalk").read_bytes() == before
    kit.editor.close_project()
    begin(window, kit, None)
    assert window.front.page is None
    assert not window.files.opening


def test_edits_mark_the_window_and_undo_takes_the_mark_away(open_window, kit):
    kit.editor.apply("set_lip_scale", scale=1.3)
    assert open_window.isWindowModified()
    assert kit.actions["edit.undo"].text() == "Undo: Set lip scale"
    kit.actions["edit.undo"].trigger()
    assert not open_window.isWindowModified()
    assert kit.actions["edit.redo"].isEnabled()


def test_closing_with_unsaved_edits_asks_and_cancel_changes_nothing(open_window, kit):
    kit.editor.apply("set_lip_scale", scale=1.3)
    assert not open_window.close()
    assert open_window.isVisible()
    assert "Save the changes" in open_window.front.question.question
    answer(open_window, "Cancel")
    assert open_window.isVisible()
    assert kit.editor.project.lip_scale == 1.3
    assert not open_window.front.question.isVisible()


def test_closing_without_saving_closes(open_window, kit):
    kit.editor.apply("set_lip_scale", scale=1.3)
    open_window.close()
    answer(open_window, "Do not save")
    assert not open_window.isVisible()
    assert kit.editor.desk is None


def test_closing_with_saving_saves_first(open_window, kit, qtbot, tmp_path):
    kit.editor.apply("set_lip_scale", scale=1.3)
    open_window.files.chooser.answers = [tmp_path / "kept.pctalk"]
    open_window.close()
    answer(open_window, "Save")
    qtbot.waitUntil(lambda: not open_window.isVisible(), timeout=5000)
    assert load_project(tmp_path / "kept.pctalk").project.lip_scale == 1.3


def test_what_a_crash_left_is_offered_and_goes_when_it_is_saved(window, kit, qtbot, project_file):
    left = _crash(project_file)
    begin(window, kit, None)
    page = window.front.page
    assert isinstance(page, RecoveryPage)
    assert [card.recovery for card in page.cards] == [left]
    page.cards[0].restore.click()
    opened(kit, qtbot)
    assert kit.editor.project.lip_scale == 1.7
    assert kit.editor.desk.modified
    assert left.file.exists()
    assert load_project(project_file).project.lip_scale == 1.0
    kit.actions["file.save"].trigger()
    qtbot.waitUntil(lambda: not left.file.exists(), timeout=5000)
    assert load_project(project_file).project.lip_scale == 1.7


def test_an_earlier_state_opens_as_a_copy_and_overwrites_nothing(window, kit, qtbot, project_file, tmp_path):
    window.files.open(project_file)
    opened(kit, qtbot)
    kit.editor.apply("set_lip_scale", scale=1.2)
    kit.actions["file.save"].trigger()
    qtbot.waitUntil(lambda: not kit.editor.desk.modified, timeout=5000)
    latest = project_file.read_bytes()
    kit.actions["file.earlier"].trigger()
    page = window.front.page
    assert isinstance(page, EarlierPage)
    (button,) = page.buttons
    assert "Open as a copy: As it was until" in button.accessibleName()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kit.editor.desk is not None and kit.editor.desk.studio.path is None, timeout=20000)
    opened(kit, qtbot)
    assert kit.editor.project.lip_scale == 1.0
    assert kit.editor.desk.modified, "it is in no file that a person made"
    # Its media lie beside the project, not beside the copy that was kept.
    assert kit.editor.desk.sources.picture.path.parent == project_file.parent
    window.files.chooser.answers = [tmp_path / "again.pctalk"]
    kit.actions["file.save"].trigger()
    qtbot.waitUntil(lambda: not kit.editor.desk.modified, timeout=5000)
    assert load_project(tmp_path / "again.pctalk").project.lip_scale == 1.0
    assert project_file.read_bytes() == latest


def test_without_a_file_there_are_no_earlier_states(open_window, kit, qtbot):
    told = []
    kit.editor.told.connect(told.append)
    kit.actions["file.earlier"].trigger()
    assert open_window.front.page is None
    assert "no earlier states" in told[0].problem.text


def test_a_project_that_was_never_saved_over_says_so(window, kit, qtbot, project_file):
    window.files.open(project_file)
    opened(kit, qtbot)
    kit.actions["file.earlier"].trigger()
    assert window.front.page.buttons == []
    assert any("not saved over yet" in label.text() for label in window.front.page.findChildren(QLabel))


def test_what_a_crash_left_can_be_left_for_later_or_discarded(window, kit, project_file):
    left = _crash(project_file)
    assert window.pages.show_recovery()
    window.front.page.cards[0].skip.click()
    assert window.front.page is None
    assert recoverable() == (left,)
    assert window.pages.show_recovery()
    window.front.page.cards[0].discard.click()
    assert recoverable() == ()
    assert not window.pages.show_recovery()


def _crash(path) -> Recovery:
    """A program edited a project and died."""
    from dataclasses import replace

    from pctalk_studio.storage.autosave import Autosaver

    jobs = []
    now = path.stat().st_mtime + 60
    saver = Autosaver(path, "job", submit=lambda job, _: jobs.append(job), now=lambda: now)
    saver.changed(replace(load_project(path).project, lip_scale=1.7))
    jobs.pop()()
    saver._lock.release()
    (left,) = recoverable()
    return left


def test_missing_media_are_found_in_a_folder_whatever_they_are_called(window, kit, qtbot, project_file, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    (project_file.parent / "portrait.jpg").rename(elsewhere / "renamed.jpg")
    window.files.open(project_file)
    opened(kit, qtbot)
    page = window.front.page
    assert isinstance(page, RelinkPage)
    before = kit.editor.desk.sources.picture
    window.files.chooser.answers = [tmp_path / "elsewhere"]
    page._chooser = window.files.chooser
    page.search.click()
    qtbot.waitUntil(lambda: window.front.page is None, timeout=20000)
    assert kit.editor.desk.sources.picture.content_hash != before.content_hash
    assert kit.editor.project.media.portrait.path == str(elsewhere / "renamed.jpg")
    assert kit.editor.desk.modified


def test_large_media_are_read_by_a_worker_that_tells_how_far_it_is_and_can_be_stopped(
    window, kit, qtbot, project_file, tmp_path, monkeypatch
):
    (project_file.parent / "portrait.jpg").unlink()
    window.files.open(project_file)
    opened(kit, qtbot)
    qtbot.waitUntil(lambda: window.front.page.search.isEnabled(), timeout=5000)
    here, threads, hold = threading.current_thread(), set(), threading.Event()

    def slow(path, seen):
        threads.add(threading.current_thread())
        for _ in range(1000):
            seen(1 << 20)
            hold.wait(0.02)
        raise AssertionError("it was not stopped")

    monkeypatch.setattr(media_links, "file_hash", slow)
    monkeypatch.setattr(relink, "bytes_to_read", lambda *_: 1000 << 20)
    page = RelinkPage(kit, window.worker, window.files.chooser, window.front)
    window.front.show_page(page)
    bar = page.findChild(QProgressBar)
    qtbot.waitUntil(lambda: bar.maximum() == 1000 and bar.value() >= 2, timeout=5000)
    assert page.stop.isVisible()
    assert not page.search.isEnabled()
    page.stop.click()
    qtbot.waitUntil(page.search.isEnabled, timeout=5000)
    assert not bar.isVisible()
    page.gone()
    other = RelinkPage(kit, window.worker, window.files.chooser, window.front)
    window.front.show_page(other)
    qtbot.waitUntil(lambda: other.findChild(QProgressBar).value() >= 1, timeout=5000)
    other.leave()
    window.worker.close()
    assert here not in threads


def test_one_goes_on_without_missing_media(window, kit, qtbot, project_file):
    (project_file.parent / "speech.flac").unlink()
    window.files.open(project_file)
    opened(kit, qtbot)
    window.front.page.skip.click()
    assert window.front.page is None
    assert kit.editor.apply("set_lip_scale", scale=1.1)
    row = window.findChild(SidebarPanel).sources.audio
    qtbot.waitUntil(row.relink.isVisible, timeout=3000)
    row.relink.click()
    assert isinstance(window.front.page, RelinkPage)


def test_nothing_is_looked_for_that_is_there(open_window, kit):
    told = []
    kit.editor.told.connect(told.append)
    kit.actions["file.relink"].trigger()
    assert open_window.front.page is None
    assert [each.problem.code for each in told] == ["nothing-missing"]


def test_a_project_that_is_open_elsewhere_is_told(window, kit, qtbot, project_file):
    lock = lock_project(project_file)
    told = []
    kit.editor.told.connect(told.append)
    window.files.open(project_file)
    opened(kit, qtbot)
    assert "open-elsewhere" in [each.problem.code for each in told]
    lock.release()


def test_dropped_files_open_a_project_or_begin_one(window, kit, qtbot, project_file):
    _drop(window, SAMPLE / "speech.flac")
    page = window.front.page
    assert isinstance(page, NewProjectPage)
    assert page.audio.path == SAMPLE / "speech.flac"
    assert not page.begin.isEnabled()
    _drop(window, project_file)
    opened(kit, qtbot)
    assert kit.editor.desk.studio.path == project_file


def _drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, none))


def test_recent_projects_that_are_gone_are_greyed(window, kit, tmp_path, project_file):
    window.files.recent.add(tmp_path / "gone.pctalk")
    window.files.recent.add(project_file)
    rows = window.pages.start.recent
    flags = [bool(rows.item(row).flags() & Qt.ItemFlag.ItemIsEnabled) for row in range(rows.count())]
    assert flags == [True, False]
    window.menus._fill_recents()
    assert [action.isEnabled() for action in window.menus._recents.actions()[:2]] == [True, False]


def test_collecting_writes_a_zip_of_what_is_saved(window, kit, qtbot, project_file, tmp_path):
    window.files.open(project_file)
    opened(kit, qtbot)
    window.files.chooser.answers = [tmp_path / "all.zip"]
    kit.actions["file.collect"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "all.zip").exists(), timeout=10000)
    messages = window.front.messages
    qtbot.waitUntil(lambda: any("all.zip" in each.text for each in messages._queue), timeout=10000)


def test_an_unsaved_copy_counts_as_unsaved_only_when_it_was_made_here(kit, qtbot):
    kit.editor.open_studio(open_copy(SAMPLE / "sample.pctalk", kit.editor.engines))
    assert not kit.editor.desk.modified
    kit.editor.open_studio(studio(), unsaved=True)
    assert kit.editor.desk.modified


def test_when_the_program_is_told_to_end_the_last_edit_can_be_recovered(window, kit, qtbot, project_file):
    window.files.open(project_file)
    opened(kit, qtbot)
    kit.editor.apply("set_lip_scale", scale=1.1)
    kit.editor.apply("set_lip_scale", scale=1.9)
    safety = kit.editor.desk.studio.safety
    window.leave()
    assert not window.isVisible()
    # The program would end now, and its lock with it.
    safety._autosaver._lock.release()
    (left,) = recoverable()
    assert restore(left).project.lip_scale == 1.9
    safety.close()
