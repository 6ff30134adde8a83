"""Every text that a person reads can be translated: with a translator that marks what goes through it, nothing is unmarked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.choosers import FakeChooser
from helpers.desks import WORDS, studio
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QPoint, QPointF, Qt, QTranslator
from PySide6.QtGui import QContextMenuEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from pctalk_studio.analysis.face import FoundFace
from pctalk_studio.app.dialogs.busy import BusyPage
from pctalk_studio.app.dialogs.earlier import EarlierPage
from pctalk_studio.app.dialogs.faces import FacePicker, Seen
from pctalk_studio.app.dialogs.point_placer import PointPlacer
from pctalk_studio.app.dialogs.recovery import RecoveryPage
from pctalk_studio.app.dialogs.relink import RelinkPage
from pctalk_studio.app.shell.main_window import MainWindow
from pctalk_studio.app.sidebar.panel import SidebarPanel
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.widgets.edit_names import TITLES
from pctalk_studio.app.widgets.phone_palette import PhonePalette
from pctalk_studio.app.widgets.phone_table import IPA
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.speech import ARPABET
from pctalk_studio.document.curves import Curve, Interpolation, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import BlinkEvent, Emotion, EmotionClip, HeadKeys, MediaReference, Project
from pctalk_studio.document.speech_track import WordStyle
from pctalk_studio.nets.catalogue import published_files
from pctalk_studio.session.selection import KeyRef, Selection
from pctalk_studio.storage.autosave import Recovery
from pctalk_studio.storage.backups import Backup

Role = Qt.ItemDataRole
OPEN, SHUT = "\u00ab", "\u00bb"


class Marked(QTranslator):
    """Marks every text that goes through translation."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"{OPEN}{source}{SHUT}"

    def isEmpty(self):
        return False


@pytest.fixture
def marked(qapp):
    made = Marked()
    QCoreApplication.installTranslator(made)
    yield
    QCoreApplication.removeTranslator(made)


@pytest.fixture
def painted(monkeypatch):
    """Texts that are drawn rather than set."""
    found = set()
    drawn, written = QPainter.drawText, Lettering.write_from

    def draw_text(painter, *arguments):
        found.update(each for each in arguments if isinstance(each, str))
        return drawn(painter, *arguments)

    def write_from(lettering, painter, x, y, text):
        found.add(text)
        return written(lettering, painter, x, y, text)

    monkeypatch.setattr(QPainter, "drawText", draw_text)
    monkeypatch.setattr(Lettering, "write_from", write_from)
    return found


def texts_of(widget: QWidget) -> set[str]:
    """What a person reads, or hears read, of a widget alone."""
    found = {widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.accessibleName(), widget.accessibleDescription()}
    found |= {action.text() for action in widget.actions()} | {action.toolTip() for action in widget.actions()}
    match widget:
        case QLabel() | QAbstractButton():
            found.add(widget.text())
        case QGroupBox():
            found.add(widget.title())
        case QLineEdit():
            found |= {widget.placeholderText()}
        case QPlainTextEdit():
            found |= {widget.placeholderText()}
        case QMenu():
            found |= {widget.title()}
        case QComboBox():
            found |= {widget.itemText(number) for number in range(widget.count())}
        case QAbstractItemView():
            found |= items_of(widget)
    return found


def items_of(view: QAbstractItemView) -> set[str]:
    """Texts of a list's or a tree's items, with what hangs under them."""
    found, waiting = set(), [QModelIndex()]
    model = view.model()
    flat = isinstance(model, QAbstractListModel)
    while model is not None and waiting:
        parent = waiting.pop()
        for row in range(model.rowCount(parent)):
            for column in range(1 if flat else model.columnCount(parent)):
                index = model.index(row, column, parent)
                found |= {str(index.data(role) or "") for role in (Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole)}
            if not flat:
                waiting.append(model.index(row, 0, parent))
    return found


def texts_in(root: QWidget) -> set[str]:
    """The same of a widget with all that is in it."""
    return set().union(*(texts_of(each) for each in (root, *root.findChildren(QWidget))))


_KEYS = (
    r"(Ctrl|Shift|Alt|Meta|Space|Return|Enter|Home|End|Left|Right|Up|Down|Del|Tab|Esc|Backspace"
    r"|Page Up|Page Down|Pg ?Up|Pg ?Down|F\d+|.)"
)
_IS_DATA = re.compile(
    "|".join(
        (
            r"PC-Talk Studio|A \| B|MP4, H\.26[45]|ProRes 4444|WebM, VP9|SIL",
            r"[\W\d_]*",  # numbers, times, glyphs of icons
            r"[/ ]*[\d:.,+–-]+ ?(s|ms|f|fps|Hz|kHz|MB|GB|%|°|E|x|px)?",
            r"\S+\.(png|wav|jpg|flac|pctalk|mp4)",
            rf"{_KEYS}(\+{_KEYS})*(, {_KEYS}(\+{_KEYS})*)*",
        )
    )
)
"""Texts that are the same in every language."""

_SAID_BELOW = re.compile(r"LivePortrait draws with networks whose weights are not on this machine.*")
"""Why an engine cannot be chosen: a sentence of the rooms below the window."""

_WORDS = (
    {text for text, _ in WORDS}
    | set(ARPABET)
    | set(IPA.values())
    | {f"{label}{stress}" for label in ARPABET for stress in (0, 1, 2)}
)
_SHOWN_PHONE = re.compile(r"[A-Z]{1,2}[012]?(,|  /| /)\s?\S+")


def plain(texts) -> list[str]:
    """Those that nobody can translate, though they are no data."""
    unmarked = [text for text in texts if OPEN not in text and text.strip()]
    known = (_IS_DATA, _SHOWN_PHONE, _SAID_BELOW)
    return sorted(each for each in unmarked if each not in _WORDS and not any(some.fullmatch(each) for some in known))


def crowded() -> Project:
    """A project with one of everything."""
    return replace(
        Project(),
        emotions=(
            EmotionClip(Emotion.SAD, id=901, start=0.4, end=1.2),
            EmotionClip(Emotion.CONTEMPT, id=902, start=0.2, end=9.0),
        ),
        blinks=(BlinkEvent(903, 0.8),),
        head_keys=HeadKeys(yaw=Curve(0.0, (Key(0.5, 1.0, Interpolation.BEZIER), Key(1.5, 2.0), Key(99.0, 1.0)))),
    )


@pytest.fixture
def said(kit):
    """Sentences of the rooms below the window, which speak English to everyone."""
    found = set()
    kit.editor.told.connect(lambda told: found.add(told.problem.text))
    return found


@pytest.fixture
def window(marked, kit, qtbot, said):
    made = MainWindow(kit)
    made.files.chooser = FakeChooser()
    qtbot.addWidget(made, before_close_func=lambda each: each.leave())
    made.resize(1400, 900)
    made.show()
    return made


@pytest.fixture
def opened(window, kit, qtbot):
    kit.editor.open_studio(studio(crowded()))
    qtbot.waitUntil(lambda: kit.editor.desk.frame_count > 0 and kit.editor.desk.stage is not None, timeout=10000)
    return window


def shown(widget, qtbot):
    qtbot.addWidget(widget)
    widget.resize(800, 800)
    widget.show()
    widget.grab()
    return texts_in(widget)


def test_the_window_with_nothing_open(window, painted, said):
    QApplication.processEvents()
    window.grab()
    assert plain((texts_in(window) | painted) - said) == []


def test_whatever_is_selected(opened, kit, qtbot, painted, said):
    editor = kit.editor
    words, phones = editor.project.speech.words, editor.project.speech.phones
    assert editor.apply("add_marker", time=0.5)
    (marker,) = editor.project.markers
    key, other = (KeyRef(CurveName.YAW, None, time) for time in (0.5, 1.5))
    seen = set()
    for chosen in (
        Selection(),
        Selection.of(words=[words[0].id]),
        Selection.of(words=[word.id for word in words]),
        Selection.of(phones=[phones[1].id]),
        Selection.of(phones=[phones[1].id, phones[2].id]),
        Selection.of(emotions=[901]),
        Selection.of(emotions=[901, 902]),
        Selection.of(blinks=[903]),
        Selection.of(markers=[marker.id]),
        Selection.of(keys=[key]),
        Selection.of(keys=[key, other]),
        Selection.of(words=[words[0].id], blinks=[903]),
    ):
        editor.select(chosen)
        qtbot.wait(10)
        opened.grab()
        seen |= texts_in(opened)
    texts = {" ".join(word.text for word in words)}  # the transcript
    assert plain((seen | painted) - said - texts) == []


def test_what_was_done(opened, kit, qtbot, painted, said):
    editor = kit.editor
    word = editor.project.speech.words[1]
    assert editor.apply("set_lip_scale", scale=0.5)
    assert editor.apply("set_word_style", word_ids=[word.id], style=WordStyle(open=1.5))
    assert editor.apply("set_range", start=0.2, end=1.0)
    opened.findChild(SidebarPanel).problems.beyond.remove.click()
    editor.undo()
    qtbot.wait(20)
    steps = items_of(opened.findChild(SidebarPanel).history.list)
    assert f"{OPEN}Set word style{SHUT}" in steps
    assert f"{OPEN}Set range{SHUT}" in kit.actions["edit.undo"].text()
    texts = {" ".join(each.text for each in editor.project.speech.words)}
    assert plain((texts_in(opened) | painted) - said - texts) == []


def test_every_edit_has_a_title():
    assert set(TITLES) == {"Open", *(name.replace("_", " ").capitalize() for name in EDITS)}


@pytest.mark.parametrize("page", ["new", "keys", "preferences", "presets", "models", "export"])
def test_pages_of_an_open_project(opened, kit, qtbot, painted, said, page):
    if page == "export":
        kit.actions["export.open"].trigger()
    else:
        getattr(opened.pages, f"show_{page}")()
    qtbot.wait(50)
    opened.grab()
    assert opened.front.page is not None
    texts = {" ".join(word.text for word in kit.editor.project.speech.words)}
    texts |= {text for file in published_files().files for text in (file.name, file.purpose)}
    assert plain((texts_in(opened) | painted) - said - texts) == []


def test_pages_of_what_went_wrong_or_takes_its_time(opened, kit, qtbot, painted, tmp_path):
    recovery = Recovery(tmp_path / "left.pctalk", None, "left.pctalk", 1.7e9)
    busy = BusyPage(kit, "1", "2")
    for stage in ("face", "speech"):
        busy.show_progress(ProgressEvent(stage, 1, 3))
    missing = MediaReference("/gone/portrait.png", "0" * 32)
    assert kit.editor.apply("set_media", media=replace(kit.editor.project.media, portrait=missing))
    relink = RelinkPage(kit, opened.worker, FakeChooser())
    qtbot.waitUntil(relink.search.isEnabled, timeout=5000)
    earlier = [EarlierPage(kit, Path("3.pctalk"), states) for states in ((), (Backup(tmp_path / "4.pctalk", 1.7e9),))]
    seen = set().union(*(shown(each, qtbot) for each in (RecoveryPage(kit, [recovery]), busy, relink, *earlier)))
    assert plain(seen | painted) == []
    relink.gone()


def test_pickers_and_palettes(opened, kit, qtbot, painted, said):
    picture = np.zeros((64, 64, 3), np.uint8)
    faces = tuple(FoundFace(number, (0, 0, 30, 30), 0.9) for number in (1, 2))
    picker = FacePicker()
    picker.show_faces(Seen(Path("two.png"), (64, 64), picture, faces, (picture, picture)))
    placer = PointPlacer(kit.look)
    placer.show_picture(QPixmap(200, 200))
    palette = PhonePalette(kit.look, "AH", 1, opened)
    seen = set().union(*(shown(each, qtbot) for each in (picker, placer, palette)))
    for command in ("paint.fill", "view.palette"):
        kit.actions[command].trigger()
        qtbot.wait(20)
    seen |= texts_in(opened)
    texts = {" ".join(word.text for word in kit.editor.project.speech.words)}
    assert plain((seen | painted) - said - texts) == []


def test_menus_of_the_timeline(opened, kit, qtbot):
    seen, canvas = set(), opened.timeline.canvas
    opened.timeline.view.fit()
    for row in canvas.rows:
        for share in (0.1, 0.35, 0.5, 0.8):
            at = QPoint(round(canvas.width() * share), (row.top + row.bottom) // 2)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
            QApplication.sendEvent(canvas, event)
            menu = QApplication.activePopupWidget()
            if menu is not None:
                seen |= texts_in(menu)
                menu.close()
    assert len(seen) > 30
    assert plain(seen) == []


def test_what_lies_under_the_pointer(opened, kit):
    canvas = opened.timeline.canvas
    seen = set()
    canvas.hovered.connect(seen.add)
    for row in canvas.rows:
        for x in range(10, canvas.width(), 40):
            canvas.hover_at(QPointF(x, (row.top + row.bottom) / 2))
    assert len(seen) > 20
    # Names, values and moments, one after the other.
    measures = re.compile(r"[-\d.:]+ ?(- [-\d.]+ ?)?(s|ms|f|°|E|x|%)?|/.+/")
    parts = {measures.sub("", part).strip() for text in seen for part in re.split(r"\s{2,}", text)}
    assert plain(parts) == []
