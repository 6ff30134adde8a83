"""Pages: preferences, keys, styles of one's own, and what a project begins with."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.choosers import FakeChooser
from helpers.desks import studio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QPixmap
from PySide6.QtTest import QTest

from pctalk_studio.analysis.face import FoundFace
from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.dialogs import new_project
from pctalk_studio.app.dialogs.faces import Seen
from pctalk_studio.app.dialogs.new_project import NewProject, NewProjectPage
from pctalk_studio.app.dialogs.page import Page
from pctalk_studio.app.dialogs.point_placer import NEEDED, PointPlacer
from pctalk_studio.app.dialogs.preferences import PreferencesPage
from pctalk_studio.app.dialogs.presets import PresetsPage
from pctalk_studio.app.dialogs.shortcuts import ShortcutsPage
from pctalk_studio.app.shell.memory import DISK_CHOICES, frame_disk, frame_memory
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import StyleAxes
from pctalk_studio.media.pictures import write_png
from pctalk_studio.render.frame_store import FrameState
from pctalk_studio.storage.presets import own_presets_path, read_presets

Key = Qt.Key
SAMPLE = resource_path("sample")


def shown(page, qtbot):
    qtbot.addWidget(page, before_close_func=lambda each: each.gone())
    page.resize(900, 700)
    page.show()
    return page


@pytest.fixture
def worker(kit):
    made = Worker(kit.editor.deliver)
    yield made
    made.close()


# -- pages in general ------------------------------------------------------------------------------------------------------


def test_escape_and_the_cross_leave_a_page(kit, qtbot):
    page = shown(Page(kit, "A page"), qtbot)
    with qtbot.waitSignal(page.left, timeout=500):
        QTest.keyClick(page, Key.Key_Escape)
    with qtbot.waitSignal(page.left, timeout=500):
        page.close_button.click()


# -- preferences -----------------------------------------------------------------------------------------------------------


def test_preferences_take_effect_and_are_kept(kit, worker, qtbot):
    page = shown(PreferencesPage(kit, worker), qtbot)
    page.memory.setCurrentIndex(2)
    page.memory.activated.emit(2)
    assert frame_memory(kit.settings) == kit.editor.frame_memory == 1024 << 20
    with qtbot.waitSignal(page.theme_chosen, timeout=500) as heard:
        page.theme.activated.emit(2)
    assert heard.args == ["light"]
    assert not page.reopen.isEnabled()


def written(desk):
    """All frames of the clip are on disk."""
    on_disk = desk.store.on_disk()
    return len(on_disk) > 10 and bool(on_disk.all())


def test_how_much_lies_on_disk_is_chosen_shown_and_removed(kit, worker, qtbot):
    page = shown(PreferencesPage(kit, worker), qtbot)
    assert frame_disk(kit.settings).budget_bytes == 2048 << 20
    page.disk.activated.emit(DISK_CHOICES.index(512))
    assert frame_disk(kit.settings) == kit.editor.frame_disk
    assert kit.editor.frame_disk.budget_bytes == 512 << 20
    kit.editor.open_studio(studio())
    desk = kit.editor.desk
    qtbot.waitUntil(lambda: written(desk), timeout=20000)
    assert kit.editor.frame_disk.bytes_used() > 0
    # An open project would keep its frames again at once.
    kit.editor.close_project()
    again = shown(PreferencesPage(kit, worker), qtbot)
    assert again.disk.currentText() == "512 MB"
    qtbot.waitUntil(again.clear.isEnabled, timeout=5000)
    again.clear.click()
    qtbot.waitUntil(lambda: kit.editor.frame_disk.bytes_used() == 0, timeout=5000)
    qtbot.waitUntil(lambda: again.on_disk.text() == "0 MB on disk" and not again.clear.isEnabled(), timeout=5000)
    again.disk.activated.emit(0)
    assert kit.editor.frame_disk is frame_disk(kit.settings) is None


def test_a_project_that_opens_again_shows_what_was_drawn_before(kit, qtbot):
    from pctalk_studio.app.timeline.cache_bar import CacheBar, brush_of
    from pctalk_studio.app.timeline.time_view import TimeView

    kit.editor.frame_disk = frame_disk(kit.settings)
    kit.editor.open_studio(studio())
    qtbot.waitUntil(lambda: written(kit.editor.desk), timeout=20000)
    kit.editor.frame_memory = 4 * 96 * 96 * 3
    kit.editor.open_studio(studio())
    desk = kit.editor.desk
    qtbot.waitUntil(lambda: desk.frame_count > 0 and (desk.frame_states() == FrameState.ON_DISK).sum() > 40, timeout=20000)
    assert not (desk.frame_states() == FrameState.STALE).any()
    view = TimeView()
    view.set_duration(desk.duration)
    view.set_width(400)
    bar = CacheBar(kit, view)
    qtbot.addWidget(bar)
    bar.resize(400, bar.height())
    image = bar.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(200, 380) for y in range(1, bar.height() - 1)}
    _, pattern = brush_of(FrameState.ON_DISK, kit.look.tokens)
    assert pattern.color().name() in seen
    assert len(seen) > 1, "told by colour alone"


def test_the_memory_is_what_the_next_project_gets(kit, qtbot):
    kit.editor.frame_memory = 256 << 20
    kit.editor.open_studio(studio())
    assert kit.editor.desk.store.budget == 256 << 20


def test_the_sound_can_be_opened_again(open_kit, worker, qtbot):
    page = shown(PreferencesPage(open_kit, worker), qtbot)
    with qtbot.waitSignal(open_kit.editor.told, timeout=3000) as heard:
        page.reopen.click()
    assert heard.args[0].problem.code == "no-sound-output"


# -- keys ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys_page(kit, qtbot):
    owner = Page(kit, "Owner")
    qtbot.addWidget(owner)
    for id_, text, keys in (("a.one", "First thing", ("F",)), ("a.two", "Second thing", ("Ctrl+G", "H"))):
        kit.actions.add(ActionSpec(id_, text, keys, "Things"), lambda: None, owner)
    page = shown(ShortcutsPage(kit), qtbot)
    page.owner = owner
    return page


def test_a_key_is_changed_and_whoever_had_it_loses_it_after_a_warning(keys_page, kit):
    keys_page.choose("a.one")
    assert not keys_page.use.isEnabled()
    keys_page.keys.setKeySequence(QKeySequence("H"))
    assert "Second thing" in keys_page.conflict.text()
    keys_page.use.click()
    assert kit.actions.keys("a.one") == ("H",)
    assert kit.actions.keys("a.two") == ("Ctrl+G",)
    assert kit.actions["a.one"].toolTip() == "First thing (H)"
    assert keys_page.conflict.text() == ""


def test_a_key_can_be_added_and_all_can_be_put_back(keys_page, kit):
    keys_page.choose("a.one")
    keys_page.keys.setKeySequence(QKeySequence("Ctrl+9"))
    keys_page.add.click()
    assert kit.actions.keys("a.one") == ("F", "Ctrl+9")
    keys_page.reset.click()
    assert kit.actions.keys("a.one") == ("F",)
    kit.actions.set_keys("a.two", ("Z",))
    keys_page.reset_all.click()
    assert kit.actions.keys("a.two") == ("Ctrl+G", "H")


def test_commands_are_found_by_name_and_by_key(keys_page):
    keys_page.search.setText("ctrl+g")
    assert [item.text(0) for item in keys_page._items() if not item.isHidden()] == ["Second thing"]
    keys_page.search.setText("first")
    assert [item.text(0) for item in keys_page._items() if not item.isHidden()] == ["First thing"]


# -- speaking styles -------------------------------------------------------------------------------------------------------


def test_styles_are_kept_renamed_exported_imported_and_deleted(open_kit, qtbot, tmp_path):
    editor, chooser = open_kit.editor, FakeChooser()
    page = shown(PresetsPage(open_kit, chooser), qtbot)
    editor.apply("set_style", style=StyleAxes(1.5, 1.0, 0.5))
    page.name.setText("Boom")
    page.keep.click()
    assert [each.name for each in read_presets(own_presets_path())] == ["Boom"]
    page.list.item(0).setText("Bang")
    assert [each.name for each in read_presets(own_presets_path())] == ["Bang"]
    chooser.answers = [tmp_path / "out.json"]
    page.give_out.click()
    page.delete.click()
    assert read_presets(own_presets_path()) == ()
    chooser.answers = [tmp_path / "out.json"]
    page.take_in.click()
    editor.apply("set_style", style=StyleAxes())
    page.apply.click()
    assert editor.project.style == StyleAxes(1.5, 1.0, 0.5)
    assert editor.project.style_preset == "Bang"


def test_a_name_that_is_taken_is_refused(open_kit, qtbot):
    page = shown(PresetsPage(open_kit, FakeChooser()), qtbot)
    for name in ("One", "Two"):
        page.name.setText(name)
        page.keep.click()
    with qtbot.waitSignal(open_kit.editor.told, timeout=500) as heard:
        page.list.item(0).setText("Two")
    assert "already" in heard.args[0].problem.text
    assert page.list.item(0).text() == "One"


# -- new projects ----------------------------------------------------------------------------------------------------------


def faces(count):
    return tuple(FoundFace(n + 1, (10 + 40 * n, 10, 40 + 40 * n, 50), 0.9) for n in range(count))


@pytest.fixture
def new_page(kit, qtbot, worker, tmp_path, monkeypatch):
    """A page that finds as many faces as the test says, and the picture in which it does."""
    picture = tmp_path / "many.png"
    write_png(picture, np.full((64, 160, 3), 90, np.uint8))
    found = {"count": 1}

    class Look:
        def __init__(self, path):
            self.path = path

        def __call__(self, control):
            return Seen.of(self.path, np.full((64, 160, 3), 90, np.uint8), faces(found["count"]))

    monkeypatch.setattr(new_project, "LookForFaces", Look)
    page = shown(NewProjectPage(kit, worker, FakeChooser()), qtbot)
    page.found, page.picture = found, picture
    return page


def test_one_face_and_a_recording_are_enough(new_page, qtbot):
    new_page.take(SAMPLE / "speech.flac")
    assert not new_page.begin.isEnabled()
    new_page.take(new_page.picture)
    qtbot.waitUntil(new_page.begin.isEnabled, timeout=3000)
    new_page.text.setPlainText(" A duck. ")
    with qtbot.waitSignal(new_page.begun, timeout=500) as heard:
        new_page.begin.click()
    assert heard.args == [NewProject(new_page.picture, SAMPLE / "speech.flac", "A duck.")]


def test_what_is_lacking_and_the_way_on_are_seen_however_small_the_window_is(new_page, qtbot):
    new_page.found["count"] = 3
    new_page.resize(600, 260)
    new_page.take(SAMPLE / "speech.flac")
    new_page.take(new_page.picture)
    qtbot.waitUntil(lambda: len(new_page.faces.buttons) == 3, timeout=3000)
    for widget in (new_page.begin, new_page._lacking):
        assert widget.visibleRegion().boundingRect() == widget.rect()
    new_page.faces.buttons[0].click()
    with qtbot.waitSignal(new_page.begun, timeout=500):
        QTest.mouseClick(new_page.begin, Qt.MouseButton.LeftButton)


def test_a_video_with_sound_is_enough(kit, qtbot, worker, tmp_path, monkeypatch):
    class Look:
        def __init__(self, path):
            self.path = path

        def __call__(self, control):
            view = np.full((64, 160, 3), 90, np.uint8)
            return Seen.of(self.path, view, faces(1), movie=True, sound=self.path.stem != "silent")

    monkeypatch.setattr(new_project, "LookForFaces", Look)
    page = shown(NewProjectPage(kit, worker, FakeChooser()), qtbot)
    talking, silent = tmp_path / "talking.mp4", tmp_path / "silent.mp4"
    page.take(silent)
    qtbot.waitUntil(lambda: page._seen is not None, timeout=3000)
    assert not page.begin.isEnabled()
    page.portrait.dropped.emit(talking)
    qtbot.waitUntil(page.begin.isEnabled, timeout=3000)
    assert page.choice == NewProject(talking)
    page.audio.dropped.emit(silent)
    assert page.choice == NewProject(talking, silent)


def test_of_several_faces_one_is_chosen(new_page, qtbot):
    new_page.found["count"] = 3
    new_page.take(SAMPLE / "speech.flac")
    new_page.take(new_page.picture)
    qtbot.waitUntil(lambda: len(new_page.faces.buttons) == 3, timeout=3000)
    assert new_page.faces.isVisible()
    assert not new_page.begin.isEnabled()
    new_page.faces.buttons[1].click()
    assert new_page.begin.isEnabled()
    assert new_page.choice.face == 2


def test_without_a_face_the_points_are_placed_by_hand(new_page, qtbot):
    new_page.found["count"] = 0
    new_page.take(SAMPLE / "speech.flac")
    new_page.take(new_page.picture)
    qtbot.waitUntil(new_page.placer.isVisible, timeout=3000)
    for number in range(len(NEEDED)):
        assert not new_page.begin.isEnabled()
        place = new_page.placer._frame().center().toPoint() + QPoint(30 * (number % 4) - 60, 30 * (number // 4))
        qtbot.mouseClick(new_page.placer, Qt.MouseButton.LeftButton, pos=place)
    assert new_page.begin.isEnabled()
    assert [name for name, _, _ in new_page.choice.points] == list(NEEDED)
    assert new_page.choice.face is None


def test_a_text_file_is_what_is_said_and_other_files_are_told(new_page, kit, qtbot, tmp_path):
    new_page.take(SAMPLE / "transcript.txt")
    assert new_page.choice.text.startswith("A duck swims")
    with qtbot.waitSignal(kit.editor.told, timeout=500) as heard:
        new_page.take(tmp_path / "thing.xyz")
    assert "thing.xyz" in heard.args[0].problem.text


def test_a_picture_that_cannot_be_read_is_told_and_not_taken(kit, qtbot, worker, tmp_path):
    page = shown(NewProjectPage(kit, worker, FakeChooser()), qtbot)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with qtbot.waitSignal(kit.editor.told, timeout=5000) as heard:
        page.take(broken)
    assert "broken.png" in heard.args[0].problem.text
    assert page.portrait.path is None


# -- points by hand --------------------------------------------------------------------------------------------------------


@pytest.fixture
def placer(kit, qtbot):
    made = PointPlacer(kit.look)
    qtbot.addWidget(made)
    picture = QPixmap(200, 100)
    picture.fill(Qt.GlobalColor.gray)
    made.resize(800, 400)
    made.show()
    made.show_picture(picture)
    return made


def test_a_click_lands_on_the_pixel_under_it(placer, qtbot):
    qtbot.mouseClick(placer, Qt.MouseButton.LeftButton, pos=QPoint(402, 202))
    ((name, x, y),) = placer.points
    assert name == NEEDED[0]
    scale = placer._scale()
    assert (x, y) == pytest.approx((100 + 2 / scale - 0.5, 50 + 2 / scale - 0.5), abs=0.6 / scale)


def test_points_are_dragged_nudged_and_taken_back(placer, qtbot):
    qtbot.mouseClick(placer, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    before = placer.points[0]
    qtbot.mousePress(placer, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(placer, QPoint(340, 200))
    qtbot.mouseRelease(placer, Qt.MouseButton.LeftButton, pos=QPoint(340, 200))
    moved = placer.points[0]
    assert len(placer.points) == 1
    assert moved[1] - before[1] == pytest.approx(40 / placer._scale(), abs=0.5)
    QTest.keyClick(placer, Key.Key_Left)
    assert placer.points[0][1] == pytest.approx(moved[1] - 1)
    assert placer.next_name == NEEDED[1]
    QTest.keyClick(placer, Key.Key_Backspace)
    assert placer.points == ()
    assert NEEDED[0] == placer.next_name


def test_points_count_in_pixels_of_the_picture_before_it_was_shrunk(placer, qtbot):
    picture = QPixmap(200, 100)
    picture.fill(Qt.GlobalColor.gray)
    placer.show_picture(picture, 4.0)
    qtbot.mouseClick(placer, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
    ((_, x, y),) = placer.points
    assert (x, y) == pytest.approx((400 - 0.5, 200 - 0.5), abs=2)
