"""Really killed in the middle of editing, exporting and analysing: the next start offers the work, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from helpers.short_sample import TEXT, short_sample
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.dialogs.new_project import NewProjectPage
from pctalk_studio.app.dialogs.recovery import RecoveryPage
from pctalk_studio.app.shell.start import begin
from pctalk_studio.core.resources import resource_path
from pctalk_studio.session.exporting import ExportState
from pctalk_studio.storage.autosave import recoverable

TESTS = Path(__file__).parents[2]

PROLOGUE = f"""
    import os, sys, time
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.path.insert(0, {str(TESTS)!r})
    from pathlib import Path
    from PySide6.QtCore import QSettings
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from helpers.desks import ENGINES, NoDevices, studio
    from pctalk_studio.app.actions import Actions
    from pctalk_studio.app.editor import Editor
    from pctalk_studio.app.kit import Kit
    from pctalk_studio.app.look import Look
    from pctalk_studio.app.shell.main_window import MainWindow
    from pctalk_studio.session.safety import Safety
    application = QApplication([])
    editor = Editor(ENGINES, NoDevices())
    settings = QSettings(sys.argv[1] + "/settings.ini", QSettings.Format.IniFormat)
    kit = Kit(editor, Look("dark"), Actions(settings), settings)
    window = MainWindow(kit)
    window.show()
    folder = Path(sys.argv[1])
"""


def killed_at(script: str, folder: Path, mark: str) -> None:
    """Run a window of its own until it prints a mark, then kill it without warning."""
    program = [sys.executable, "-c", textwrap.dedent(PROLOGUE) + textwrap.dedent(script), str(folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout.readline().strip() == mark
        process.send_signal(signal.SIGKILL)
        process.wait()


def answer(window, text):
    button = next(b for b in window.front.question.findChildren(QPushButton) if b.text() == text and b.isVisible())
    button.click()


def test_killed_while_editing(window, kit, qtbot, tmp_path):
    killed_at(
        """
        editor.open_studio(studio(safety=Safety(None)), unsaved=True)
        editor.apply("set_lip_scale", scale=1.75)
        editor.apply("add_marker", time=0.5, label="before the crash")
        from pctalk_studio.core.user_folders import state_folder
        while b"before the crash" not in b"".join(p.read_bytes() for p in state_folder().rglob("*.recovery")):
            QTest.qWait(50)
        print("edited", flush=True)
        QTest.qWait(60_000)
        """,
        tmp_path,
        "edited",
    )
    begin(window, kit, None)
    assert isinstance(window.front.page, RecoveryPage)
    (recovery,) = recoverable()
    window.front.page.restored.emit(recovery)
    qtbot.waitUntil(lambda: kit.editor.desk is not None, timeout=20_000)
    project = kit.editor.project
    assert (project.lip_scale, [marker.label for marker in project.markers]) == (1.75, ["before the crash"])
    assert kit.editor.desk.modified, "it is in no file yet"
    assert recoverable() == () or recoverable() == (recovery,), "kept until it is saved"
    target = tmp_path / "saved.pctalk"
    kit.editor.save(target)
    qtbot.waitUntil(target.exists, timeout=5000)


def test_killed_while_exporting(window, kit, qtbot, tmp_path):
    portrait, audio = short_sample(tmp_path)
    killed_at(
        f"""
        from pctalk_studio.cli.clip import engines
        from pctalk_studio.session import Studio
        from pctalk_studio.session.export_choice import ExportChoice, job_of
        from pctalk_studio.export.formats import FORMATS
        editor.engines = engines()
        editor.open_studio(Studio.new(Path({str(portrait)!r}), Path({str(audio)!r}), editor.engines, text={TEXT!r}))
        editor.apply("set_lip_scale", scale=1.5)
        choice = ExportChoice(FORMATS["webm"], longest=256)
        exports = window.exporting.exports
        exports.add(job_of(choice, editor.desk, folder / "clip.webm", threads=1))
        while not exports.items[0].done:
            QTest.qWait(5)
            assert not exports.items[0].state.ended, exports.items[0].error
        print("exporting", flush=True)
        QTest.qWait(60_000)
        """,
        tmp_path,
        "exporting",
    )
    assert not (tmp_path / "clip.webm").exists()
    from pctalk_studio.cli.clip import engines

    kit.editor.engines = engines()
    begin(window, kit, None)
    assert "clip.webm" in window.front.question.question
    answer(window, "Yes")
    exports = window.exporting.exports
    qtbot.waitUntil(lambda: bool(exports.items) and exports.items[0].state.ended, timeout=60_000)
    assert exports.items[0].state is ExportState.DONE
    assert [path.name for path in tmp_path.glob("*.webm")] == ["clip.webm"]
    assert not list(tmp_path.glob(".*")), "what was half written is gone"


def test_killed_while_analysing(window, kit, qtbot, tmp_path):
    sample = resource_path("sample")
    killed_at(
        f"""
        from pctalk_studio.app.dialogs.new_project import NewProject
        from pctalk_studio.core.user_folders import state_folder
        sample = Path({str(sample)!r})
        window.files.begin_new(NewProject(sample / "portrait.jpg", sample / "speech.flac", "a duck swims"))
        while not list(state_folder().rglob("*.note")):
            QTest.qWait(2)
        print("analysing", flush=True)
        QTest.qWait(60_000)
        """,
        tmp_path,
        "analysing",
    )
    begin(window, kit, None)
    assert "portrait.jpg" in window.front.question.question
    answer(window, "Yes")
    page = window.front.page
    assert isinstance(page, NewProjectPage)
    qtbot.waitUntil(page.begin.isEnabled, timeout=30_000)
    assert (page.choice.portrait, page.choice.audio) == (sample / "portrait.jpg", sample / "speech.flac")
    assert page.choice.text == "a duck swims"


def test_an_unwanted_offer_is_made_once(window, kit, qtbot, tmp_path):
    from pctalk_studio.storage.unfinished import note_work, unfinished

    note = note_work("export", "a.mp4", {"path": str(tmp_path / "a.mp4"), "format": "mp4"})
    note._lock.release()
    begin(window, kit, None)
    answer(window, "No, forget it")
    assert unfinished() == ()
    assert window.front.question.question == ""


def test_closing_asks_before_it_stops_an_export(open_window, kit, tmp_path):
    window = open_window
    from pctalk_studio.session.export_choice import ExportChoice, job_of

    exports = window.exporting.exports
    exports.add(job_of(ExportChoice(), kit.editor.desk, tmp_path / "a.mp4"))
    exports.queue.pause(1)
    window.close()
    assert window.isVisible()
    assert "Exports are still being made" in window.front.question.question
    answer(window, "Stop and close")
    assert not window.isVisible()
    assert not list(tmp_path.glob("*.mp4"))
