"""The export page: what is chosen is what is made, in the background, while one goes on editing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pctalk_studio.app.exporting.exports import Exports
from pctalk_studio.app.exporting.page import ExportPage
from pctalk_studio.export.formats import FORMATS
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.session.export_choice import Part
from pctalk_studio.session.exporting import ExportState
from pctalk_studio.session.selection import Selection


@pytest.fixture
def exports(open_kit):
    made = Exports(open_kit.editor)
    yield made
    assert made.close() == ()


@pytest.fixture
def page(open_kit, exports, qtbot):
    made = ExportPage(open_kit, exports)
    qtbot.addWidget(made)
    made.resize(700, 900)
    made.show()
    return made


def choose(box, label: str) -> None:
    index = box.findText(label)
    assert index >= 0, [box.itemText(i) for i in range(box.count())]
    box.setFocus()
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_fields_end_below_one_another(page, qtbot):
    qtbot.wait(1)
    fields = (page.format, page.part, page.quality.field, page.browse)
    assert len({field.mapTo(page, field.rect().topRight()).x() for field in fields}) == 1


def test_a_click_exports_the_clip_while_one_goes_on_editing(page, exports, open_kit, qtbot, tmp_path):
    target = tmp_path / "clip.mp4"
    page.path.setText(str(target))
    with qtbot.waitSignal(exports.finished, timeout=10_000) as done:
        QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
        assert open_kit.editor.apply("set_lip_scale", scale=0.2)
    assert done.args[0].order.path == target
    assert MovieReader(target).facts.frames == open_kit.editor.desk.frame_count
    row = page.queue.row(1)
    assert row.state.text().startswith("done")
    assert not row.stop.isVisible()
    QTest.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    assert not exports.items
    assert page.queue.empty.isVisibleTo(page)


def test_the_selection_is_exported_at_the_chosen_size_and_rate(page, exports, open_kit, qtbot, tmp_path):
    editor = open_kit.editor
    words = editor.project.speech.words
    editor.select(Selection.of(words=[words[1].id, words[2].id]))
    qtbot.waitUntil(lambda: page.part.findText("Selection") >= 0, timeout=2000)
    choose(page.format, "Animated GIF")
    choose(page.part, "Selection")
    choose(page.side, "512 px longest side")
    choose(page.rate, "50")
    seconds = words[2].end - words[1].start
    count = round(seconds * 50)
    assert f"{count} frames" in page.facts.text()
    assert "512 x 512" in page.facts.text()
    page.path.setText(str(tmp_path / "part.gif"))
    with qtbot.waitSignal(exports.finished, timeout=10_000):
        page.start.click()
    facts = MovieReader(tmp_path / "part.gif").facts
    assert facts.size == (512, 512)
    assert abs(facts.frames - count) <= 1


def test_the_name_follows_the_format(page):
    page.path.setText("/somewhere/shot.mp4")
    choose(page.format, "PNG pictures")
    assert Path(page.path.text()).name == "shot.####.png"
    choose(page.format, "ProRes 4444")
    assert Path(page.path.text()).name == "shot.mov"
    assert not page.quality.isVisible()
    choose(page.format, "WebM, VP9")
    assert page.quality.isVisible()
    assert page.choice.format is FORMATS["webm"]


def test_transparency_is_offered_only_where_there_is_some(page):
    choose(page.format, "ProRes 4444")
    assert not page.alpha.isEnabled()
    assert "no transparent parts" in page.alpha_note.text()


def test_what_cannot_be_written_is_told(page, exports, open_kit, qtbot, tmp_path):
    page.path.setText(str(tmp_path / "nowhere" / "a.mp4"))
    with qtbot.waitSignal(open_kit.editor.told, timeout=1000) as told:
        page.start.click()
    assert "does not exist" in told.args[0].problem.text
    page.path.setText(str(tmp_path / "a.avi"))
    with qtbot.waitSignal(open_kit.editor.told, timeout=1000) as told:
        page.start.click()
    assert "should end in .mp4" in told.args[0].problem.text
    assert not exports.items


def test_pause_and_cancel_from_the_row(page, exports, qtbot, tmp_path):
    page.path.setText(str(tmp_path / "a.webm"))
    choose(page.format, "WebM, VP9")
    choose(page.side, "720 px longest side")
    page.start.click()
    row = page.queue.row(1)
    row.hold.click()
    qtbot.waitUntil(lambda: exports.items[0].state is ExportState.PAUSED, timeout=5000)
    assert row.go_on.isVisibleTo(page)
    row.stop.click()
    qtbot.waitUntil(lambda: exports.items[0].state is ExportState.CANCELLED, timeout=5000)
    assert not list(tmp_path.glob("*.webm"))
    assert row.state.text() == "cancelled"


def test_in_and_out_are_offered_when_set(page, open_kit, qtbot):
    assert page.part.count() == 1
    open_kit.editor.apply("set_range", start=0.4, end=1.2)
    qtbot.waitUntil(lambda: page.part.findText("In to out") >= 0, timeout=2000)
    choose(page.part, "In to out")
    assert page.choice.part is Part.IN_OUT
    assert "20 frames" in page.facts.text()


def test_pixels_are_those_of_the_preview(page, exports, open_kit, qtbot, tmp_path):
    desk = open_kit.editor.desk
    choose(page.format, "PNG pictures")
    page.path.setText(str(tmp_path / "a.####.png"))
    with qtbot.waitSignal(exports.finished, timeout=10_000):
        page.start.click()
    from pctalk_studio.media.pictures import read_picture

    desk.transport.seek(7)
    qtbot.waitUntil(lambda: desk.picture(7) is not None, timeout=5000)
    assert np.array_equal(read_picture(tmp_path / "a.0007.png").rgb, desk.picture(7))


def test_a_page_that_is_gone_hears_nothing_more(exports, open_kit, qtbot):
    page = ExportPage(open_kit, exports)
    page.deleteLater()
    del page
    qtbot.wait(50)
    with qtbot.captureExceptions() as raised:
        open_kit.editor.apply("set_lip_scale", scale=0.4)
        open_kit.editor.select(Selection.of(words=[1]))
        exports.changed.emit()
        qtbot.wait(50)
    assert not raised
