"""Makes the README's pictures from the running program: ``python tests/gui/screenshots.py resources/screenshots``.

Each picture is taken in a process of its own, since the scale of the screen is fixed when Qt starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

SIZE = (1600, 1000)
"""Of the window, logical pixels."""

SHOTS: dict[str, tuple[str, int]] = {
    "dark": ("dark", 1),
    "light": ("light", 1),
    "dark-200": ("dark", 2),
    "painting": ("dark", 1),
    "curves": ("dark", 1),
    "export": ("light", 1),
}
"""Theme and scale of each picture."""


def until(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Let the window live until something is so."""
    from PySide6.QtTest import QTest

    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("the window did not get there")
        QTest.qWait(30)


def take(name: str, out: Path) -> None:
    """Bring the window into a state and take its picture."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from helpers.desks import NoDevices
    from PIL import Image
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from pctalk_studio.app.actions import Actions
    from pctalk_studio.app.editor import Editor
    from pctalk_studio.app.kit import Kit
    from pctalk_studio.app.look import Look
    from pctalk_studio.app.shell.main_window import MainWindow
    from pctalk_studio.app.shell.theme import wear
    from pctalk_studio.cli.clip import engines

    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        look = Look(SHOTS[name][0])
        wear(application, look)
        editor = Editor(engines(), NoDevices())
        window = MainWindow(Kit(editor, look, Actions(settings), settings))
        window.resize(*SIZE)
        window.show()
        window.files.open_sample()
        until(lambda: editor.desk is not None and editor.desk.stage is not None and editor.desk.frame_count > 0)
        window.front.messages.clear("no-sound-output")
        globals()[f"stage_{name.partition('-')[0]}"](window, editor)
        until(lambda: editor.desk.scheduler.at_rest and editor.desk.up_to_date)
        wait(1.0)
        while window.front.messages.message is not None:
            window.front.messages.dismiss()
        wait(0.3)
        window.grab().save(str(Path(folder) / "shot.png"))
        Image.open(Path(folder) / "shot.png").convert("RGB").save(out / f"{name}.webp", quality=88, method=6)
        window.leave()


def wait(seconds: float) -> None:
    """Let the window live."""
    from PySide6.QtTest import QTest

    QTest.qWait(round(seconds * 1000))


def stage_dark(window, editor) -> None:
    """A styled word and emotion clips, the word selected."""
    from pctalk_studio.document.curves import Key
    from pctalk_studio.document.edits.keys import CurveName
    from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion
    from pctalk_studio.session.selection import Selection

    for time_, value in ((0.5, 1.0), (0.9, 1.35), (1.6, 0.8), (2.4, 1.1)):
        editor.apply("set_key", curve=CurveName.LIP_SCALE, key=Key(time_, value))
    upper = frozenset({EmotionRegion.BROWS, EmotionRegion.EYES})
    editor.apply("add_emotion", clip=EmotionClip(Emotion.SAD, 0.7, regions=upper, start=0.4, end=2.2, fade_in=1.0))
    editor.apply("add_blink", time=1.1)
    word = editor.project.speech.words[1]
    editor.select(Selection.of(words=[word.id]))
    editor.desk.transport.seek_seconds((word.start + word.end) / 2)
    wait(1.0)


stage_light = stage_dark


def stage_painting(window, editor) -> None:
    """A smile painted about the corners of the mouth, the brush over a cheek."""
    from PySide6.QtCore import QPoint
    from PySide6.QtTest import QTest

    from pctalk_studio.app.viewport.canvas import ViewportCanvas
    from pctalk_studio.document.masks import Brush, Dab, FaceMask
    from pctalk_studio.session.selection import Selection

    clip = editor.project.emotions[0]
    editor.apply("set_mask", clip=clip.id, mask=FaceMask.empty())
    dabs = [Dab(0.12 + 0.03 * step, 0.62 - 0.02 * step) for step in range(10)]
    editor.apply("paint_stroke", clip=clip.id, brush=Brush(radius=0.35, hardness=0.3, strength=1.0, mirror=True), dabs=dabs)
    editor.select(Selection.of(emotions=[clip.id]))
    editor.set_paint_tool(replace(editor.paint_tool, active=True))
    editor.desk.transport.seek_seconds(((clip.start or 0) + (clip.end or 3)) / 2)
    until(lambda: editor.desk.scheduler.at_rest and editor.desk.up_to_date)
    canvas = window.findChild(ViewportCanvas)
    left, top, width, height = canvas.view.box
    cheek = QPoint(round(left + 0.4 * width), round(top + 0.54 * height))
    QTest.mouseMove(canvas, cheek - QPoint(2, 0))
    QTest.mouseMove(canvas, cheek)


def stage_curves(window, editor) -> None:
    """Keys of the head's turn with tangents, near enough to see them."""
    from pctalk_studio.document.curves import Handle, Interpolation, Key
    from pctalk_studio.document.edits.keys import CurveName
    from pctalk_studio.session.selection import KeyRef, Selection

    stage_dark(window, editor)
    bezier = Interpolation.BEZIER
    for key in (
        Key(0.5, 0.0, bezier),
        Key(1.2, 5.0, bezier, Handle(-0.25, -0.6), Handle(0.25, 0.6)),
        Key(2.0, -3.0, bezier, Handle(-0.3, 0.0), Handle(0.3, 0.0)),
        Key(2.9, 0.0),
    ):
        editor.apply("set_key", curve=CurveName.YAW, key=key)
    for lane in window.timeline.canvas.lanes:
        if lane.id in ("markers", "sound", "word_style", "performances"):
            lane.set_visible(False)
        if lane.id == "head":
            lane.set_height(110)
            head = lane
    editor.select(Selection.of(keys=[KeyRef(CurveName.YAW, None, 1.2)]))
    editor.desk.transport.seek_seconds(1.6)
    window.timeline.view.show(0.2, 3.0)
    wait(0.2)
    assert window.timeline.canvas.visibleRegion().boundingRect().bottom() >= head.top + head.height, "all of the curve is seen"
    wait(0.8)


def stage_export(window, editor) -> None:
    """The export page with a range, and a queue that has worked."""
    from pctalk_studio.session.export_choice import Part

    stage_dark(window, editor)
    editor.apply("set_range", start=0.3, end=2.6)
    window.exporting.open()
    page = window.front.page
    page.part.set_value(Part.IN_OUT)
    page.part.chosen.emit(Part.IN_OUT)
    with tempfile.TemporaryDirectory() as folder:
        page.path.setText(str(Path(folder) / "duck.mp4"))
        page.add()
        until(lambda: not window.exporting.busy)
        page.path.setText("clips/duck.mp4")


def main() -> None:
    """Take all pictures, or the one that is named."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        take(sys.argv[2], out)
        return
    for name, (_, scale) in SHOTS.items():
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
        subprocess.run([sys.executable, __file__, str(out), name], env=environment, check=True)


if __name__ == "__main__":
    main()
