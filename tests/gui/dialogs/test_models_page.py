"""The page of weights: what it tells, and fetching, stopping, taking over and verifying, against a server on this machine."""

from __future__ import annotations

import hashlib
import http.server
import re
import threading
from dataclasses import replace

import pytest
from helpers.choosers import FakeChooser
from helpers.desks import FakeEngine, studio
from PySide6.QtWidgets import QLabel

from pctalk_studio.app.dialogs.models import ModelsPage
from pctalk_studio.app.inspector.panel import InspectorPanel
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.core.errors import RenderError
from pctalk_studio.document.project import RenderSettings
from pctalk_studio.nets.catalogue import Catalogue, published_files
from pctalk_studio.nets.store import FileState, ModelStore

SIZE = 3_000_000


def content_of(name: str) -> bytes:
    return b"PK\x03\x04" + name.encode() * (SIZE // len(name))


class Handler(http.server.BaseHTTPRequestHandler):
    """Knows one thing of ranges, and holds the line in the middle of a file while it is told to."""

    asked: list[tuple[str, str]]
    go_on: threading.Event
    instead: list[bytes]

    def log_message(self, *args):
        pass

    def do_GET(self):
        name = self.path.lstrip("/")
        start = int(re.sub(r"\D", "", self.headers.get("Range", "0")))
        self.asked.append((name, self.headers.get("Range", "")))
        whole = self.instead[0] if self.instead else content_of(name)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.send_header("Content-Length", str(len(whole) - start))
        self.end_headers()
        middle = max(start, 2 * len(whole) // 3)
        try:
            self.wfile.write(whole[start:middle])
            self.wfile.flush()
            self.go_on.wait(10)
            self.wfile.write(whole[middle:])
        except OSError:
            pass  # whoever asked has gone


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False


@pytest.fixture
def line():
    """What the server was asked, and may do."""
    handler = type("Bound", (Handler,), {"asked": [], "go_on": threading.Event(), "instead": []})
    handler.go_on.set()
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        handler.address = f"http://127.0.0.1:{server.server_port}"
        yield handler
        handler.go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def store(line, tmp_path):
    files = []
    for file in published_files().files:
        whole = content_of(file.name)
        files.append(
            replace(file, bytes=len(whole), sha256=hashlib.sha256(whole).hexdigest(), address=f"{line.address}/{file.name}")
        )
    return ModelStore(tmp_path / "models", Catalogue(tuple(files)))


@pytest.fixture
def worker(kit):
    made = Worker(kit.editor.deliver)
    yield made
    made.close()


@pytest.fixture
def page(kit, worker, store, qtbot):
    made = ModelsPage(kit, worker, FakeChooser(), store)
    qtbot.addWidget(made, before_close_func=lambda each: each.gone())
    made.resize(1000, 800)
    made.show()
    return made


def human(store):
    return store.catalogue.of_set("human")


def states(store):
    return {store.verify(file).state for file in human(store)}


def texts(page):
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_it_tells_what_each_file_is_for_and_who_may_use_it_and_fetches_nothing_by_itself(page, store, line, qtbot):
    qtbot.wait(50)
    said = texts(page)
    for file in human(store):
        for text in (file.name, file.purpose, file.licence, file.users, "missing"):
            assert text in said
    assert str(store.folder) in said
    assert page.fetch.text() == "Fetch them (15 MB)"
    assert not page.verify.isEnabled()
    assert not page.bar.isVisible()
    assert line.asked == []
    assert not store.folder.exists()


def test_they_are_fetched_when_asked_for_and_it_tells_how_far_it_is(page, store, line, qtbot):
    seen = set()
    page.bar.valueChanged.connect(lambda value: seen.add((page.how_far.text().partition(":")[0], value)))
    page.fetch.click()
    assert page.stop.isVisible()
    assert not page.fetch.isEnabled()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=10000)
    assert states(store) == {FileState.GENUINE}
    assert [name for name, _ in line.asked] == [file.name for file in human(store)]
    assert len({value for _, value in seen if value > 0}) > 2
    assert not page.stop.isVisible()
    assert not page.fetch.isEnabled()
    assert page.verify.isEnabled()


def test_it_stops_and_goes_on_where_it_stopped(page, store, line, qtbot):
    line.go_on.clear()
    page.fetch.click()
    qtbot.waitUntil(lambda: page.bar.isVisible() and page.bar.value() > 500, timeout=5000)
    page.stop.click()
    line.go_on.set()
    qtbot.waitUntil(page.fetch.isEnabled, timeout=5000)
    first = human(store)[0]
    part = store.folder / (first.path + ".part")
    qtbot.waitUntil(lambda: "partly fetched" in texts(page), timeout=2000)
    had = part.stat().st_size
    assert 0 < had < SIZE
    page.fetch.click()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=10000)
    assert (first.name, f"bytes={had}-") in line.asked
    assert states(store) == {FileState.GENUINE}


def test_leaving_the_page_stops_it(page, store, line, worker, qtbot):
    line.go_on.clear()
    page.fetch.click()
    qtbot.waitUntil(lambda: page.bar.value() > 500, timeout=5000)
    page.gone()
    line.go_on.set()
    worker.close()
    assert len(line.asked) == 1
    assert not any(store.look(file).state is FileState.PRESENT for file in human(store))


def test_a_web_page_instead_of_weights_is_told_and_it_can_be_tried_again(page, kit, store, line, qtbot):
    line.instead.append(b"<!doctype html><title>Sign in</title>")
    with qtbot.waitSignal(kit.editor.told, timeout=5000) as heard:
        page.fetch.click()
    assert "sent something else" in heard.args[0].problem.text
    qtbot.waitUntil(page.fetch.isEnabled, timeout=2000)
    line.instead.clear()
    page.fetch.click()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=10000)


def test_a_folder_that_somebody_has_is_taken_over(page, kit, store, line, tmp_path, qtbot):
    for file in human(store):
        path = tmp_path / "comfy" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(file.name))
    damaged = tmp_path / "comfy" / human(store)[1].path
    damaged.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    page._chooser.answers = [tmp_path / "comfy", tmp_path / "comfy"]
    with qtbot.waitSignal(kit.editor.told, timeout=5000) as heard:
        page.take_over.click()
    assert "Git-LFS pointer" in heard.args[0].problem.text
    qtbot.waitUntil(lambda: page.fetch.text() == "Fetch them (3 MB)", timeout=2000)
    damaged.write_bytes(content_of(human(store)[1].name))
    page.take_over.click()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=5000)
    assert states(store) == {FileState.GENUINE}
    assert line.asked == []


def test_verifying_finds_what_size_alone_does_not_show(page, store, qtbot):
    page.fetch.click()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=10000)
    path = store.path_of(human(store)[0])
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    page.verify.click()
    qtbot.waitUntil(lambda: "not what it should be" in texts(page), timeout=5000)
    qtbot.waitUntil(lambda: texts(page).count("here, the published file") == len(human(store)) - 1, timeout=2000)
    assert "SHA-256 differs" in texts(page)
    assert page.fetch.text() == "Fetch them (3 MB)"
    page.fetch.click()
    qtbot.waitUntil(lambda: page.fetch.text() == "All are here", timeout=10000)
    assert states(store) == {FileState.GENUINE}


def test_an_engine_that_lacked_them_draws_as_soon_as_they_are_here(kit, page, store, qtbot):
    def neural():
        if states(store) != {FileState.GENUINE}:
            raise RenderError("Weights are missing; fetch them.")
        return FakeEngine()

    kit.editor.engines = {"mesh": FakeEngine, "liveportrait": neural}
    with qtbot.waitSignal(kit.editor.told, timeout=5000):
        kit.editor.open_studio(studio(replace(studio().project, render=RenderSettings(engine="liveportrait"))))
    desk = kit.editor.desk
    assert desk.stage is None
    page.fetch.click()
    qtbot.waitUntil(lambda: desk.stage is not None, timeout=10000)
    assert page.fetch.text() == "All are here"


def test_the_menu_and_the_inspector_lead_there(open_window, kit, qtbot):
    kit.actions["edit.models"].trigger()
    assert isinstance(open_window.front.page, ModelsPage)
    assert kit.actions["edit.models"] in open_window.menus.edit.actions()
    open_window.front.page.leave()
    sheet = open_window.findChild(InspectorPanel).render_settings
    assert not sheet.get.isHidden()
    sheet.get.click()
    assert isinstance(open_window.front.page, ModelsPage)


def test_the_inspector_stops_asking_for_them_when_they_have_come(open_window, kit, qtbot, monkeypatch):
    panel = open_window.findChild(InspectorPanel)
    assert not panel.render_settings.get.isHidden()
    monkeypatch.setattr("pctalk_studio.app.inspector.rendering.lacking_weights", lambda store: "")
    kit.editor.sources_changed.emit()
    qtbot.waitUntil(panel.render_settings.get.isHidden, timeout=2000)
