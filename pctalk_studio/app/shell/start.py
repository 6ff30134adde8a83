"""The start of the window, and its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, Qt, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from pctalk_studio import APPLICATION
from pctalk_studio.app.actions import Actions
from pctalk_studio.app.editor import Editor
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look
from pctalk_studio.app.shell.commands import THEME
from pctalk_studio.app.shell.faults import Faults
from pctalk_studio.app.shell.interrupts import Interrupts
from pctalk_studio.app.shell.main_window import MainWindow
from pctalk_studio.app.shell.memory import frame_disk, frame_memory
from pctalk_studio.app.shell.theme import wear
from pctalk_studio.app.shell.window_first import WindowFirst
from pctalk_studio.core.display import check_display
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.user_folders import settings_folder
from pctalk_studio.preview.audio_output import OutputDevices
from pctalk_studio.session.easel import Engines
from pctalk_studio.session.notices import Told, problem_of
from pctalk_studio.storage.autosave import tidy

DONE, INTERRUPTED = 0, 130

_STARTED = "start/before"
"""Under which it is kept that the program was started once."""


def run_editor(path: Path | None, engines: Engines, devices: OutputDevices) -> int:
    """Show the window until it is closed.

    Parameters
    ----------
    path
        Project to open; None: what was left by a crash, the sample at the very first start, or where to begin.
    engines
        Makers of engines by name.
    devices
        Where sound can be heard.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    UsageError
        When there is no display.
    """
    check_display(sys.platform, os.environ)
    application = _application()
    settings = QSettings(str(settings_folder() / "settings.ini"), QSettings.Format.IniFormat)
    translators = _translators(application)
    look = Look(str(settings.value(THEME, "system")))
    wear(application, look)
    editor = Editor(engines, devices)
    editor.frame_memory, editor.frame_disk = frame_memory(settings), frame_disk(settings)
    kit = Kit(editor, look, Actions(settings), settings)
    # Faults happen on any thread; the bridge brings them to the window's.
    faults = Faults(lambda error: editor.deliver(lambda: editor.told.emit(Told(problem_of(error, logged=True)))))
    faults.install()
    first = WindowFirst(editor)
    window = MainWindow(kit)
    told: list[int] = []

    def interrupted(number: int) -> None:
        told.append(number)
        window.leave()

    interrupts = Interrupts(interrupted)
    window.show()
    # The window is on the screen before anything is read.
    QTimer.singleShot(0, window, lambda: begin(window, kit, path))
    try:
        application.exec()
    finally:
        interrupts.remove()
        faults.remove()
        first.end()
        settings.sync()
        for translator in translators:
            application.removeTranslator(translator)
    return INTERRUPTED if told else DONE


def begin(window: MainWindow, kit: Kit, path: Path | None) -> None:
    """Open what there is to open once the window is there."""
    first = kit.settings.value(_STARTED) is None
    kit.settings.setValue(_STARTED, "yes")
    if path is not None:
        window.files.open(path)
    elif window.pages.show_recovery():
        pass
    elif first:
        window.files.open_sample()
    window.cut_short.offer()
    tidy()


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    rounding = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(rounding)
    application = QApplication(sys.argv[:1])
    application.setApplicationName(APPLICATION)
    application.setApplicationDisplayName("PC-Talk Studio")
    application.setDesktopFileName(APPLICATION)
    return application


def _translators(application: QApplication) -> Sequence[QTranslator]:
    """Qt's own words and ours in the language of the system, as far as there are any."""
    folders = [Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))]
    with suppress(FileNotFoundError):  # there may be no translation
        folders.append(resource_path("translations"))
    made = []
    for name, folder in zip(("qtbase", "pctalk_studio"), folders, strict=False):
        translator = QTranslator(application)
        if translator.load(QLocale(), name, "_", str(folder)):
            application.installTranslator(translator)
            made.append(translator)
    return made
