"""From two files to a finished clip, as a person would go: run by test_journey.py in a process and on a display of its own.

Usage: journey.py PORTRAIT AUDIO TEXT FOLDER. Prints one line of JSON about what was edited.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.desks import NoDevices

from pctalk_studio.app.actions import Actions
from pctalk_studio.app.editor import Editor
from pctalk_studio.app.exporting.page import ExportPage
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look
from pctalk_studio.app.shell.main_window import MainWindow
from pctalk_studio.app.shell.theme import wear
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.cli.clip import engines
from pctalk_studio.core.threads import one_math_thread
from pctalk_studio.session.exporting import ExportState

LEFT = Qt.MouseButton.LeftButton

FINE = 8
"""Quality (crf) of the exported clips."""


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Let the window live until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not come within {seconds:.0f} s")
        QTest.qWait(20)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())


def type_into(slider: ValueSlider, text: str) -> None:
    """Type a value, as into any slider's field."""
    field = slider.field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


class Journey:
    """The window, and a hand."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.folder = folder
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        look = Look("dark")
        wear(application, look)
        self.editor = Editor(engines(), NoDevices())
        self.window = MainWindow(Kit(self.editor, look, Actions(settings), settings))
        self.window.resize(1600, 1000)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()

    def begin(self, portrait: Path, audio: Path, text: str) -> None:
        """A new project from two files and what is said."""
        self.window.pages.dropped([portrait, audio])
        page = self.window.front.page
        page.text.setFocus()
        QTest.keyClicks(page.text, text)
        until(page.begin.isEnabled, "a face in the portrait")
        click(page.begin)
        until(lambda: self.editor.desk is not None and self.editor.desk.stage is not None, "the project", 120)
        until(lambda: self.editor.desk.frame_count > 0, "its motion")

    def lane_point(self, name: str, seconds: float, share: float = 0.5) -> QPoint:
        canvas = self.window.timeline.canvas
        lane = next(lane for lane in canvas.lanes if lane.id == name)
        return QPoint(round(self.window.timeline.view.scale.x(seconds)), lane.top + round(lane.height * share))

    def silence_word(self, number: int) -> tuple[float, float]:
        """Click a word on the timeline, and type 0 for the size of its lips."""
        word = self.editor.project.speech.words[number]
        canvas = self.window.timeline.canvas
        click(canvas, self.lane_point("words", (word.start + word.end) / 2))
        assert self.editor.selection.words == {word.id}, "the word that was clicked is selected"
        until(lambda: self._slider("Size") is not None, "the inspector of the word", 5)
        slider = self._slider("Size")
        assert slider is not None
        type_into(slider, "0")
        assert self.editor.project.speech.words[number].style.scale == 0
        return word.start, word.end

    def _slider(self, name: str) -> ValueSlider | None:
        found = [each for each in self.window.findChildren(ValueSlider) if each.name.text() == name and each.isVisible()]
        return found[0] if found else None

    def move_and_take_back(self) -> None:
        """Drag the end of a phone, and undo it."""
        before = self.editor.project
        phone = before.speech.phones[len(before.speech.phones) // 2]
        canvas, held = self.window.timeline.canvas, Qt.KeyboardModifier.AltModifier
        start = self.lane_point("phones", phone.end)
        QTest.mousePress(canvas, LEFT, held, start)
        for step in range(1, 9):
            QTest.mouseMove(canvas, start + QPoint(step, 0))
            QTest.qWait(10)
        QTest.mouseRelease(canvas, LEFT, held, start + QPoint(8, 0))
        assert self.editor.project is not before, "the boundary moved"
        QTest.keyClick(self.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert self.editor.project == before, "one undo takes the drag back"

    def export(self, name: str) -> None:
        """Open the export page with its key, name a file, and wait for it."""
        QTest.keyClick(self.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        page = self.window.front.page
        assert isinstance(page, ExportPage)
        page.path.setFocus()
        page.path.selectAll()
        QTest.keyClicks(page.path, str(self.folder / name))
        # Fine, so that what differs between two clips is what was drawn, and not how it was coded.
        type_into(page.quality, str(FINE))
        click(page.start)
        exports = self.window.exporting.exports
        until(lambda: exports.items and all(item.state.ended for item in exports.items), f"the export of {name}", 180)
        assert exports.items[-1].state is ExportState.DONE, exports.items[-1]
        QTest.keyClick(page, Qt.Key.Key_Escape)

    def save(self) -> None:
        """Save under a name."""
        self.editor.save(self.folder / "journey.pctalk")
        until(lambda: not self.editor.desk.modified, "saving")


def main() -> None:
    """Go."""
    one_math_thread()
    portrait, audio, text, folder = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    application = QApplication([])
    journey = Journey(application, folder)
    journey.begin(portrait, audio, text)
    journey.export("before.mp4")
    start, end = journey.silence_word(int(sys.argv[5]))
    journey.move_and_take_back()
    journey.export("after.mp4")
    journey.save()
    journey.window.close()
    QTest.qWait(100)
    print(json.dumps({"start": start, "end": end}))  # noqa: T201


if __name__ == "__main__":
    main()
