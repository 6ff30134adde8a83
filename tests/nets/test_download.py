"""Fetching from a server on this machine: whole, in parts, and everything a server may get wrong."""

from __future__ import annotations

import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from pctalk_studio.core.errors import Cancelled, WeightsError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.nets import download
from pctalk_studio.nets.catalogue import ModelFile, published_files
from pctalk_studio.nets.download import fetch

CONTENT = b"PK\x03\x04" + bytes(range(256)) * 40_000
"""Ten blocks."""


@dataclass
class Behaviour:
    """What the server does, and what it was asked."""

    content: bytes = CONTENT
    etag: str | None = '"one"'
    ranges: bool = True
    status: int | None = None
    cut_at: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    behaviour: Behaviour

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        do = self.behaviour
        do.asked.append(dict(self.headers))
        if do.status is not None:
            return self.send_error(do.status)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and do.ranges and self.headers.get("If-Range", do.etag) == do.etag else 0
        if start > len(do.content) or (start and start == len(do.content)):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(do.content) - 1}/{len(do.content)}")
        if do.etag:
            self.send_header("ETag", do.etag)
        self.send_header("Content-Length", str(len(do.content) - start))
        self.end_headers()
        self.wfile.write(do.content[start : do.cut_at])
        return None


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that stops listening is what some tests are about."""


@pytest.fixture
def server() -> Iterator[tuple[Behaviour, str]]:
    behaviour = Behaviour()
    handler = type("Bound", (Handler,), {"behaviour": behaviour})
    with Server(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield behaviour, f"http://127.0.0.1:{running.server_port}/file.pth"
        running.shutdown()
        thread.join()


@pytest.fixture
def file(server) -> ModelFile:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return replace(published_files().files[0], address=server[1], bytes=len(CONTENT), sha256=digest)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "a" / "b" / "file.pth"


def left(target) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_whole_file_with_progress(file, target):
    heard: list[ProgressEvent] = []
    fetch(file, target, heard.append)
    assert target.read_bytes() == CONTENT
    assert left(target) == ["file.pth"]
    done = [event.done for event in heard if event.total == len(CONTENT)]
    assert done[0] < done[len(done) // 2]
    assert len(CONTENT) in done


def test_a_broken_connection_goes_on_where_it_stopped(server, file, target):
    server[0].cut_at = 3_000_000
    with pytest.raises(WeightsError, match="it goes on where it stopped"):
        fetch(file, target)
    assert not target.exists()
    assert (target.parent / "file.pth.part").stat().st_size == 3_000_000
    server[0].cut_at = None
    fetch(file, target)
    assert target.read_bytes() == CONTENT
    assert server[0].asked[-1]["Range"] == "bytes=3000000-"
    assert left(target) == ["file.pth"]


def test_whoever_listens_can_stop_it(server, file, target):
    def listen(event: ProgressEvent) -> None:
        if event.done > 2_000_000:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        fetch(file, target, listen)
    fetch(file, target)
    assert target.read_bytes() == CONTENT
    assert "Range" in server[0].asked[-1]


def test_a_server_without_ranges_sends_it_all_again(server, file, target):
    server[0].cut_at = 3_000_000
    with pytest.raises(WeightsError):
        fetch(file, target)
    server[0].cut_at, server[0].ranges = None, False
    fetch(file, target)
    assert target.read_bytes() == CONTENT


def test_a_file_that_has_changed_meanwhile_is_fetched_anew(server, file, target):
    unknown = replace(file, sha256=None, bytes=None)
    server[0].cut_at = 3_000_000
    with pytest.raises(WeightsError):
        fetch(unknown, target)
    server[0].content, server[0].etag, server[0].cut_at = b"PK\x03\x04" + b"new" * 2_000_000, '"two"', None
    fetch(unknown, target)
    assert target.read_bytes() == server[0].content


def test_halves_that_nothing_holds_together_are_not_joined(server, file, target):
    unknown = replace(file, sha256=None, bytes=None)
    server[0].etag, server[0].cut_at = None, 3_000_000
    with pytest.raises(WeightsError):
        fetch(unknown, target)
    server[0].cut_at = None
    fetch(unknown, target)
    assert "Range" not in server[0].asked[-1]
    assert target.read_bytes() == CONTENT


def test_too_much_of_an_earlier_try_is_thrown_away(server, file, target):
    target.parent.mkdir(parents=True)
    (target.parent / "file.pth.part").write_bytes(CONTENT + b"more")
    fetch(file, target)
    assert target.read_bytes() == CONTENT
    assert len(server[0].asked) == 2


def test_a_finished_try_is_only_verified(server, file, target):
    target.parent.mkdir(parents=True)
    (target.parent / "file.pth.part").write_bytes(CONTENT)
    fetch(file, target)
    assert target.read_bytes() == CONTENT
    assert server[0].asked == []


def test_a_wrong_hash_and_a_wrong_size_are_thrown_away(server, file, target):
    server[0].content = CONTENT[:-1] + b"?"
    with pytest.raises(WeightsError, match="another SHA-256"):
        fetch(file, target)
    server[0].content = CONTENT + b"?"
    with pytest.raises(WeightsError, match="bytes instead of"):
        fetch(file, target)
    assert not target.exists()
    assert "file.pth.part" not in left(target)


@pytest.mark.parametrize("page", [b"<!doctype html><title>Sign in</title>", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_page_or_pointer_is_never_taken_for_weights(server, file, target, page):
    server[0].content = page
    with pytest.raises(WeightsError, match=r"sent something else .* --hub\."):
        fetch(replace(file, sha256=None, bytes=None), target)
    assert not target.exists()


@pytest.mark.parametrize(("status", "said"), [(404, "answers 404"), (403, "answers 403"), (500, "answers 500")])
def test_what_the_server_refuses_is_said(server, file, target, status, said):
    server[0].status = status
    with pytest.raises(WeightsError, match=said):
        fetch(file, target)


def test_no_server_and_no_web_address(file, target):
    with pytest.raises(WeightsError, match=r"Cannot fetch .* see to the connection"):
        fetch(replace(file, address="http://127.0.0.1:9/file.pth"), target)
    with pytest.raises(WeightsError, match="no web address"):
        fetch(replace(file, address="file:///etc/passwd"), target)


def test_a_full_disk_is_told_before_it_is_full(file, target, monkeypatch):
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(WeightsError, match=r"needs 10 MiB, but only 0 MiB are free"):
        fetch(file, target)


def test_a_file_without_a_public_address_is_not_looked_for(tmp_path):
    file = replace(published_files().files[0], address="")
    with pytest.raises(WeightsError, match=r"no public address; ask its authors.*models import"):
        fetch(file, tmp_path / "weights.pth")
    assert not list(tmp_path.iterdir())
